"""Documents say what is so: settings, commands and refusals are compared with the code, links and pictures with what lies there."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from tools import refusals

from linli.doors.commands.main import COMMANDS, Command, main
from linli.doors.site.config import Config
from linli.doors.site.words import SENTENCES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
PICTURES_BYTES_MAX = 300_000


def sections(name: str) -> dict[str, str]:
    """Return the text below each second heading of a document."""
    parts = re.split(r"^## (.+)$", (DOCS / name).read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_setting_is_explained_and_nothing_else() -> None:
    assert set(sections("settings.md")) == {f"LINLI_{name.upper()}" for name in Config.model_fields}


@pytest.mark.parametrize(
    "name", [name for name, field in Config.model_fields.items() if field.default not in (PydanticUndefined, None, "")]
)
def test_a_settings_default_is_the_one_told(name: str) -> None:
    default = Config.model_fields[name].default
    told = str(default).lower() if isinstance(default, bool) else str(default)
    assert f"`{told}`" in sections("settings.md")[f"LINLI_{name.upper()}"]


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the actions and long options of a command, its subcommands' too."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield name
                yield from options(child)
        yield from (text for text in action.option_strings if text.startswith("--") and text != "--help")


def section_of(command: str) -> str:
    return "".join(text for head, text in sections("commands.md").items() if f"{head} ".startswith(f"linli {command} "))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_helps_and_is_explained(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    name = command.name
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"linli {name}" in capsys.readouterr().out
    parser = argparse.ArgumentParser()
    import_module(f"linli.doors.commands.{command.module}").arguments(parser)
    heads = " ".join(head for head in sections("commands.md") if f"{head} ".startswith(f"linli {name} "))
    text = heads + section_of(name)
    assert heads
    assert [word for word in options(parser) if word not in text] == []


def test_no_command_is_explained_that_is_not_there() -> None:
    assert {head.split()[1] for head in sections("commands.md")} == {command.name for command in COMMANDS}


def test_the_page_of_refusals_is_fresh() -> None:
    assert refusals.sentences() == SENTENCES
    assert refusals.PAGE.read_text("utf-8") == refusals.page(), "write it anew: python -m tools.refusals"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_pictures_are_small_and_used() -> None:
    pictures = sorted((DOCS / "pictures").glob("*"))
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert pictures
    assert [picture.name for picture in pictures if f"pictures/{picture.name}" not in text] == []
    assert sum(picture.stat().st_size for picture in pictures) <= PICTURES_BYTES_MAX
