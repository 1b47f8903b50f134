"""Text that people typed, made safe to keep and to show."""

from __future__ import annotations

import unicodedata

# Marks that reorder or hide text: a name must read the way it is stored.
BIDI_AND_HIDDEN = frozenset(
    chr(c) for c in [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070), 0xFEFF, 0x061C, 0x180E]
)


def clean(text: str, *, length_max: int, lines: bool = False) -> str:
    """Return `text` in NFC without control, bidi or zero-width marks, blanks folded, cut at nothing.

    Raises ValueError where the cleaned text is longer than `length_max` characters: cutting would change what was said.
    Rare characters (CJK extensions) stay. `lines` keeps line breaks.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text):
        if char in BIDI_AND_HIDDEN:
            continue
        if char in "\r\n\t\v\f\u2028\u2029\x85":
            kept.append("\n" if lines and char == "\n" else " ")
        elif unicodedata.category(char) not in {"Cc", "Cs", "Cf", "Cn"}:
            kept.append(char)
    rows = (" ".join(row.split()) for row in "".join(kept).split("\n"))
    result = "\n".join(rows).strip()
    if len(result) > length_max:
        raise ValueError(f"text longer than {length_max} characters")
    return result
