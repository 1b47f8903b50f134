"""Every refusal carries what its sentence says: a sentence with a missing number would be an error page instead of an answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.doors.site.words import SENTENCES
from linli.kernel.errors import Refusal

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "linli"
OWN = {"field", "row"}  # parameters of Refused itself


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield (where, refusal, facts) of every place that names a refusal while making one."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused" and node.args):
                continue
            code = node.args[0]
            if isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name) and code.value.id == "Refusal":
                facts = frozenset(word.arg or "**" for word in node.keywords) - OWN
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", code.attr, facts


def wanted(refusal: Refusal) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", SENTENCES[refusal]))


def test_every_refusal_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Refusal)


@pytest.mark.parametrize(("where", "name", "facts"), [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in raised()])
def test_a_refusal_carries_what_its_sentence_says(where: str, name: str, facts: frozenset[str]) -> None:
    assert "**" in facts or wanted(Refusal[name]) <= facts, f"{where} leaves out {wanted(Refusal[name]) - facts}"
