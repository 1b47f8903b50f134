"""Write docs/refusals.md: every refusal, what people are told, and where it arises.

python -m tools.refusals    write it anew; tests/test_documents.py says when that is due
"""

from __future__ import annotations

import ast
from pathlib import Path

from linli.kernel.errors import Refusal

ROOT = Path(__file__).resolve().parents[1]
PACKAGE, PAGE = ROOT / "src" / "linli", ROOT / "docs" / "refusals.md"
DRAWN, TOLD = PACKAGE / "kernel" / "errors.py", PACKAGE / "doors" / "site" / "words.py"
HEAD = """# Refusals

A refusal says which rule said no; nothing was changed. Programs get `{"code", "description", "field"}` (`interfaces/api.md`), people the
sentence in their language. Where several rules hold, the one that stands first here is told. `%(…)s` is a number that comes with it.

Written by `python -m tools.refusals` from `kernel/errors.py`, `doors/site/words.py` and the places that refuse.

| code | what people are told | where it arises |
|---|---|---|
"""


def _named(path: Path) -> set[Refusal]:
    """Return the refusals that a file names: as Refusal.X in Python, as a quoted code in SQL."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return {refusal for refusal in Refusal if f"'{refusal.value}'" in text}
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    names = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "Refusal"}
    return {refusal for refusal in Refusal if refusal.name in names}


def where() -> dict[Refusal, list[str]]:
    """Return the rooms, doors and journeys that name each refusal, in order."""
    found: dict[Refusal, dict[str, None]] = {refusal: {} for refusal in Refusal}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]):
        if path in {DRAWN, TOLD} or "tests" in path.parts:
            continue
        for refusal in _named(path):
            found[refusal]["/".join(path.relative_to(PACKAGE).with_suffix("").parts[:2])] = None
    return {refusal: list(places) for refusal, places in found.items()}


def sentences() -> dict[Refusal, str]:
    """Return what people are told, read from the table's text: importing it would want settings and a data folder."""
    pairs = (
        pair for node in ast.walk(ast.parse(TOLD.read_text(encoding="utf-8"))) if isinstance(node, ast.Dict)
        for pair in zip(node.keys, node.values, strict=True)
    )  # fmt: skip
    told = {}
    for key, value in pairs:
        match key, value:
            case ast.Attribute(attr=name), ast.Call(args=[ast.Constant(value=str(text))]):
                told[Refusal[name]] = text
    return told


def page() -> str:
    """Return the page as it should stand."""
    found, told = where(), sentences()
    rows = [f"| `{refusal}` | {told[refusal]} | {', '.join(found[refusal]) or '— nothing refuses with it yet'} |" for refusal in Refusal]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
