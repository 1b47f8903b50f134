"""The translation catalogue: `python -m tools.messages collect|missing|compile|check`.

collect   gathers every text of pages, code and data; keeps English that is there, makes traditional Chinese with OpenCC and the table
          TRADITIONAL; says what is new and what is gone, with file and line
missing   lists every text that lacks English, as file:line; nothing is written
compile   writes the .mo files the running site reads
check     exits 1 and names every text without English, every text that is not marked for translation, every translation that lost a
          placeholder or is still Chinese, and a catalogue that `collect` would change

After a merge: `collect`, write English into locale/en for what it names, `compile`, `check`.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
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
    "gettext": None, "_": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
MARK = "from linli.kernel.words import mark"  # where this stands, `mark` is a keyword too; elsewhere the name means something else
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")  # characters and full-width punctuation
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|<[^>]+>")
# TOML keys whose values are words shown to people.
TOML_WORDS = ("name", "short", "title", "item", "describe", "words", "zh")

# Where OpenCC (s2hk) goes wrong or keeps a word that Hong Kong, Macau and Taiwan do not say: after the conversion, left becomes right.
TRADITIONAL: tuple[tuple[str, str], ...] = (
    # A character with two traditional forms, the wrong one chosen.
    ("籤的", "簽的"), ("衝正", "沖正"), ("隻用", "只用"), ("本里", "本裏"), ("迴音", "回音"), ("天后", "天後"), ("複核", "覆核"), ("占比", "佔比"),
    # Forms of the Hong Kong list that hardly anybody types; these are read everywhere.
    ("説", "說"), ("羣", "群"), ("温", "溫"), ("兑", "兌"), ("户", "戶"),
    # Quotation marks.
    ("“", "「"), ("”", "」"),
    # Words of the mainland.
    ("登錄", "登入"), ("短信", "短訊"), ("打印", "列印"), ("憑證文件", "憑證檔案"), ("存成文件", "存成檔案"), ("存下文件", "存下檔案"),
    ("接口", "介面"), ("哈希", "雜湊"), ("聯網", "連線"), ("刷新", "重新整理"), ("回車", "Enter"), ("演示", "示範"), ("大屏", "大螢幕"),
    ("設備", "裝置"), ("聯繫", "聯絡"), ("收藏這個頁面", "把這個頁面加入書籤"), ("早上好", "早安"), ("上午好", "早安"), ("中午好", "午安"),
    ("下午好", "午安"), ("文件夾", "資料夾"), ("程序", "程式"), ("鍾走完", "鐘走完"), ("上鍾最緊", "上鐘最緊"),
)  # fmt: skip

# Chinese in a door that is no text for people of one language: (end of the file's name, string).
NOT_WORDS: tuple[tuple[str, str], ...] = (
    ("doors/demo/views.py", "李奶奶"), ("doors/demo/views.py", "小王"), ("doors/demo/views.py", "陈工"), ("doors/demo/views.py", "何姐"),
    ("doors/demo/views.py", "林处"), ("doors/demo/views.py", "冯厅"), ("doors/demo/views.py", "李晓梅"), ("doors/demo/views.py", "老周"),  # names
    ("doors/site/settings.py", "简体中文"), ("doors/site/settings.py", "繁體中文"),  # a language is called by its own name
    ("doors/api/v1.py", "Linli 邻里"),  # the product's name
    ("templates/site/desk.html", "邻"), ("templates/site/page.html", "邻"),  # the sign
)  # fmt: skip
BILINGUAL = ("doors/site/templates/500.html",)  # says everything in both languages at once: nothing else works at that moment
COMMANDS = "doors/commands/"  # the command line speaks English

Message = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A text where it stands."""

    file: str
    line: int
    message: Message
    context: str | None

    @property
    def text(self) -> str:
        """Return the text, or the singular of a plural."""
        return self.message if isinstance(self.message, str) else self.message[0]

    @property
    def where(self) -> str:
        """Return file:line."""
        return f"{self.file}:{self.line}"


def _toml_words(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _toml_words(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _toml_words(inner, key)
    elif isinstance(value, str) and HAN.search(value) and key in (*TOML_WORDS, "checklist"):
        yield value


def _of_toml(name: str, source: str) -> Iterator[Found]:
    for text in _toml_words(tomllib.loads(source)):
        yield Found(name, source[: source.find(f'"{text}"')].count("\n") + 1, text, None)


def _sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" not in name and "/migrations/" not in name:
            yield name, path


@cache
def found() -> tuple[Found, ...]:
    """Return every text in the package, in order of file and line; read once."""
    return tuple(_found())


def _found() -> Iterator[Found]:
    for name, path in _sources():
        if path.suffix == ".toml" and path.parent.name == "data" and (path.stem == "catalogue" or path.parent.parent.name == "programme"):
            yield from _of_toml(name, path.read_text("utf-8"))
        if path.suffix not in {".html", ".py"}:
            continue
        code = path.read_text("utf-8")
        keywords = KEYWORDS | {"mark": None} if MARK in code else KEYWORDS
        code = templatize(code, origin=name) if path.suffix == ".html" else code
        for line, message, _, context in extract("python", io.BytesIO(code.encode()), keywords):
            yield Found(name, line, message, context)


def fresh() -> Catalog:
    """Return a catalogue of everything found, without translations."""
    catalogue = Catalog(charset="utf-8")
    for text in found():
        catalogue.add(text.message, locations=[(text.file, 0)], context=text.context)
    return catalogue


def kept(language: str) -> Catalog:
    """Return the catalogue of a language as it is stored; an empty one where there is none."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2hk")


def traditional(text: str) -> str:
    """Return simplified Chinese in traditional characters and words."""
    text = str(_converter().convert(text))
    for wrong, right in TRADITIONAL:
        text = text.replace(wrong, right)
    return text


def translation(catalogue: Catalog, message: Message, context: str | None) -> tuple[str, ...]:
    """Return the translated forms of a message, none where one is missing or empty."""
    old = catalogue.get(message, context)
    forms = () if old is None else (old.string,) if isinstance(old.string, str) else tuple(old.string)
    return forms if all(forms) else ()


def merged(language: str) -> Catalog:
    """Return today's catalogue of a language."""
    stored = kept(language)
    result = Catalog(locale=language, charset="utf-8", project="linli", header_comment="# Linli", fuzzy=False)
    for message in fresh():
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        if language == "zh_Hant":
            text = traditional(message.id[0] if plural else message.id)
            string: Message = (text,) if plural else text
        else:
            forms = translation(stored, message.id, message.context)
            string = forms if plural else "".join(forms)
        result.add(message.id, string, locations=sorted({(name, 0) for name, _ in message.locations}), context=message.context)
    return result


def rendered(catalogue: Catalog) -> bytes:
    """Return the .po text of a catalogue, the same bytes for the same content."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes for the same content
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=False, include_lineno=False, width=100)
    return out.getvalue()


def collect() -> int:
    """Write both catalogues and say what is new and what is gone."""
    before, now = kept("en"), fresh()
    for text in _without(before):
        print(f"new: {text.where}: {text.text!r}")
    for message in before:
        if message.id and now.get(message.id, message.context) is None:
            print(f"gone: {message.id!r}, in English {message.string!r}")
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered(merged(language)))
    return 0


def compile_all() -> int:
    """Write the .mo files."""
    for language in LANGUAGES:
        with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("wb") as file:
            write_mo(file, kept(language))
    return 0


def _without(english: Catalog) -> list[Found]:
    """Return the texts without English, each where it stands first."""
    seen: dict[tuple[Message, str | None], Found] = {}
    for text in found():
        if text.message and HAN.search(text.text) and not translation(english, text.message, text.context):
            seen.setdefault((text.message, text.context), text)
    return list(seen.values())


def missing() -> list[Found]:
    """Return every text without English, each where it stands first."""
    return _without(kept("en"))


def _code_strings(name: str, source: str) -> Iterator[Found]:
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings say nothing to a visitor
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value) and id(node) not in said:
            yield Found(name, node.lineno, node.value, None)


def _page_strings(name: str, source: str) -> Iterator[Found]:
    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n")

    source = re.sub(r"\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}", blank, source, flags=re.DOTALL)
    source = re.sub(r"\{%\s*translate .*?%\}|\{#.*?#\}|_\(([\"']).*?\1\)", "", source)
    for number, line in enumerate(source.split("\n"), 1):
        for match in re.finditer(rf"(?:{HAN.pattern})+", line):
            yield Found(name, number, match.group(), None)


def unmarked() -> list[Found]:
    """Return Chinese in the doors that is not marked for translation: a visitor in another language would see it as it is."""
    marked = {form for text in found() if text.message for form in ((text.message,) if isinstance(text.message, str) else text.message)}
    result: list[Found] = []
    for name, path in _sources():
        if "/doors/" not in name or COMMANDS in name or name.endswith(BILINGUAL) or path.suffix not in {".py", ".html"}:
            continue
        strings = _code_strings if path.suffix == ".py" else _page_strings
        result += [s for s in strings(name, path.read_text("utf-8")) if s.text not in marked]
    return [s for s in result if not any(s.file.endswith(file) and s.text == text for file, text in NOT_WORDS)]


def placeholders(text: str) -> list[str]:
    """Return the placeholders and tags of a text, sorted."""
    return sorted(PLACEHOLDER.findall(text))


def broken() -> list[str]:
    """Return what is wrong with translations that are there: other placeholders than the source, or English that is still Chinese."""
    result = []
    for language in LANGUAGES:
        catalogue = kept(language)
        for message in catalogue:
            forms = translation(catalogue, message.id, message.context) if message.id else ()
            for number, form in enumerate(forms):
                source = message.id if isinstance(message.id, str) else message.id[-1]
                # "once" for one time: a singular may do without its number, a plural may not.
                once = language == "en" and len(forms) == 2 and number == 0
                allowed = [placeholders(source)] + [[p for p in placeholders(source) if p != "%(n)s"]] * once
                if placeholders(form) not in allowed:
                    result.append(f"{language}: other placeholders: {source!r} → {form!r}")
                if language == "en" and HAN.search(form):
                    result.append(f"en: still Chinese: {form!r}")
    return result


def check() -> int:
    """Name what is missing, unmarked, broken or stale."""
    faults = [f"{text.where}: no English: {text.text!r}" for text in missing()]
    faults += [f"{text.where}: not marked for translation: {text.text!r}" for text in unmarked()]
    faults += broken()
    for language in LANGUAGES:
        if (LOCALE / language / "LC_MESSAGES" / "django.po").read_bytes() != rendered(merged(language)):
            faults.append(f"catalogue {language} is stale: run `python -m tools.messages collect`")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def tell_missing() -> int:
    """List every text without English."""
    for text in missing():
        print(f"{text.where}: {text.text!r}")
    return 0


if __name__ == "__main__":
    commands = {"collect": collect, "missing": tell_missing, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]]())
