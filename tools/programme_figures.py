"""Writes the programme's figures: `python -m tools.programme_figures REGISTER.csv` → sight/programme/data/figures.toml.

The register has one row per number of the report of 2025: id, section, subject in two languages, kind, scope, year, comparator, value, unit,
base year, area and a remark. Only facts are kept: numbers become whole numbers with their decimal places, of the remark stay what a row
restates and whether its bound is strict.
"""

from __future__ import annotations

import csv
import re
import sys
from decimal import Decimal
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src" / "linli" / "sight" / "programme" / "data" / "figures.toml"
HEAD = """# Every number of the 2025 report, one line each, made by tools/programme_figures.py from its register: do not edit by hand.
# value is a whole number, to be divided by ten to the power of decimals; s is the report's section; strict: the bound itself is not enough.

"""


def scaled(text: str) -> tuple[int, int]:
    """Return a written number as a whole number and its decimal places: "66.16" is (6616, 2)."""
    number = Decimal(text)
    places = max(0, -int(number.as_tuple().exponent))
    return int(number.scaleb(places)), places


def line(row: dict[str, str]) -> str:
    """Return one row of the register as a line of TOML."""
    value, decimals = scaled(row["value"])
    same = re.search(r"restates (F\d{3})", row["note"])
    fields = [
        ("id", row["id"]), ("s", row["section"]), ("zh", row["subject_zh"]), ("en", row["subject_en"]), ("kind", row["kind"]),
        ("scope", row["scope"]), ("year", row["year"]), ("is", row["comparator"]),
    ]  # fmt: skip
    written = [f'{name} = "{_safe(text)}"' for name, text in fields]
    written += [f"value = {value}", f"decimals = {decimals}", f'unit = "{row["unit"]}"', f'area = "{row["area"]}"']
    written += [f'base = "{row["base_year"]}"'] if row["base_year"] else []
    written += [f'same = "{same[1]}"'] if same else []
    written += ["strict = true"] if row["note"].startswith("strict") else []
    return "{ " + ", ".join(written) + " },"


def _safe(text: str) -> str:
    if '"' in text or "\\" in text or not text.isprintable():
        raise ValueError(f"cannot be written as it is: {text!r}")
    return text


def main() -> None:
    """Read the register named on the command line and write the data file."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    TARGET.write_text(HEAD + "figure = [\n" + "".join(f"  {line(row)}\n" for row in rows) + "]\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
