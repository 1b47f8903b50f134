"""The translation catalogue: `python -m tools.messages collect|compile|check`.

collect   gathers every text of pages and code; keeps English that is there, makes traditional Chinese with OpenCC
compile   writes the .mo files the running site reads
check     exits 1 and names every text that lacks English, or a catalogue that `collect` would change
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import opencc
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "linli"
LOCALE = SOURCE / "doors" / "site" / "locale"
LANGUAGES = ("en", "zh_Hant")
KEYWORDS = {
    "gettext": None, "_": None, "gettext_lazy": None, "gettext_noop": None, "mark": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff]")
# TOML keys whose values are words shown to people.
TOML_WORDS = ("name", "short", "title", "item", "describe", "words", "zh")

Message = str | tuple[str, ...]


def _toml_words(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _toml_words(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _toml_words(inner, key)
    elif isinstance(value, str) and HAN.search(value) and key in (*TOML_WORDS, "checklist"):
        yield value


def found() -> Iterator[tuple[str, int, Message, str | None]]:
    """Yield (file, line, message, context) of every text in the package."""
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" in name or "/migrations/" in name:
            continue
        if path.suffix == ".html":
            code = templatize(path.read_text("utf-8"), origin=name)
        elif path.suffix == ".py":
            code = path.read_text("utf-8")
        elif path.suffix == ".toml" and path.parent.name == "data" and path.stem == "catalogue":
            for text in _toml_words(tomllib.loads(path.read_text("utf-8"))):
                yield name, 1, text, None
            continue
        else:
            continue
        for line, message, _, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            yield name, line, message, context


def fresh() -> Catalog:
    """Return a catalogue of everything found, without translations."""
    catalogue = Catalog(charset="utf-8")
    for name, _, message, context in found():
        catalogue.add(message, locations=[(name, 0)], context=context)
    return catalogue


def _kept(language: str) -> Catalog | None:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else None


def _traditional(converter: opencc.OpenCC, message: Message) -> Message:
    return tuple(converter.convert(m) for m in message) if isinstance(message, tuple) else converter.convert(message)


def merged(language: str) -> Catalog:
    """Return today's catalogue of a language."""
    kept, converter = _kept(language), opencc.OpenCC("s2hk")
    result = Catalog(locale=language, charset="utf-8", project="linli", header_comment="# Linli", fuzzy=False)
    for message in fresh():
        if not message.id:
            continue
        old = kept.get(message.id, message.context) if kept else None
        text = old.string if old is not None and old.string and any(old.string) else ""
        if language == "zh_Hant" and not text:
            text = _traditional(converter, message.id[0] if isinstance(message.id, tuple) else message.id)
            text = (text,) if isinstance(message.id, tuple) else text
        result.add(message.id, text, locations=sorted({(name, 0) for name, _ in message.locations}), context=message.context)
    return result


def rendered(catalogue: Catalog) -> bytes:
    """Return the .po text of a catalogue, the same bytes for the same content."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes for the same content
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=False, include_lineno=False, width=100)
    return out.getvalue()


def collect() -> int:
    """Write both catalogues."""
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered(merged(language)))
    return 0


def compile_all() -> int:
    """Write the .mo files."""
    for language in LANGUAGES:
        catalogue = _kept(language)
        if catalogue is not None:
            with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("wb") as file:
                write_mo(file, catalogue)
    return 0


def missing() -> list[str]:
    """Return every text without English."""
    kept = _kept("en")
    result = []
    for message in fresh():
        old = kept.get(message.id, message.context) if kept and message.id else None
        if message.id and HAN.search(str(message.id)) and not (old is not None and old.string and all(old.string)):
            result.append(message.id[0] if isinstance(message.id, tuple) else message.id)
    return result


def check() -> int:
    """Name what is missing or stale."""
    lacking = missing()
    for text in lacking:
        print(f"no English: {text!r}")
    stale = [
        language for language in LANGUAGES if (LOCALE / language / "LC_MESSAGES" / "django.po").read_bytes() != rendered(merged(language))
    ]
    for language in stale:
        print(f"catalogue {language} is stale: run `python -m tools.messages collect`")
    return 1 if lacking or stale else 0


if __name__ == "__main__":
    commands = {"collect": collect, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]]())
