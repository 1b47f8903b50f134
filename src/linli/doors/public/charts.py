"""Charts of a white paper as SVG text: a line with its band, and values with their intervals. Whole numbers in, the same picture for page and PDF.

Colours are classes: the page's stylesheet fills them for light, dark and print; `inked` writes the colours of paper into the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP = 360, 40, 12, 12
LINE_HEIGHT, FOOT = 170, 26
ROW, HEAD, NAMES_MAX, VALUE_WIDTH = 26, 8, 156, 46
TICKS = 4
STEPS = (1, 2, 5)

INK = (
    "<style>.grid{stroke:#e3dbcc;stroke-width:1}.axis{fill:#586163;font-size:11px}.band{fill:#dfece7}.line{fill:none;stroke:#14584d;"
    "stroke-width:2.5;stroke-linejoin:round}.dot{fill:#14584d}.span{stroke:#14584d;stroke-width:7;stroke-opacity:.28;stroke-linecap:round}"
    ".name{fill:#23292a;font-size:12px}.val{fill:#23292a;font-size:12px}.weak .dot{fill:#e9a13b}.weak .span{stroke:#e9a13b;stroke-opacity:.45}</style>"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its interval, in parts per million, under a label; `weak`: drawn in the lamp's colour, said in the table too."""

    label: str
    value: int | None
    low: int | None = None
    high: int | None = None
    weak: bool = False


def inked(svg: str) -> str:
    """Return a chart with the colours of paper in it, for programs that know no stylesheet of ours."""
    head, _close, rest = svg.partition(">")
    return f"{head}>{INK}{rest}"


def _scale(marks: Sequence[Mark], *, top: int | None = None) -> tuple[int, int, int]:
    """Return the lowest, the highest value and the step of an axis: round numbers around everything that is drawn."""
    values = [v for m in marks for v in (m.value, m.low, m.high) if v is not None]
    low, high = min(values), max(values)
    step = _step(max(1, high - low))
    low, high = low // step * step, -(-high // step) * step
    if top is not None:
        high = min(high, max(top, *values))
    return low, max(high, low + step), step


def _step(span: int) -> int:
    size = 1
    while True:
        for part in STEPS:
            if part * size * TICKS >= span:
                return part * size
        size *= 10


def _said(ppm: int, step: int) -> str:
    return f"{ppm / 10_000:.0f}" if step % 10_000 == 0 else f"{ppm / 10_000:.1f}"


def _svg(height: int, inner: str, alt: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(alt)}">{inner}</svg>'


def line(marks: Sequence[Mark], alt: str) -> str:
    """Return a line through values with the band of their intervals; '' where fewer than two have a value."""
    known = [(n, m) for n, m in enumerate(marks) if m.value is not None]
    if len(known) < 2:
        return ""
    low, high, step = _scale([m for _n, m in known], top=1_000_000)
    wide, tall = WIDTH - LEFT - RIGHT, LINE_HEIGHT - TOP - FOOT

    def x(n: int) -> int:
        return LEFT + n * wide // max(1, len(marks) - 1)

    def y(value: int) -> int:
        return TOP + (high - value) * tall // (high - low)

    parts = []
    for tick in range(low, high + 1, step):
        parts.append(
            f'<path class="grid" d="M{LEFT} {y(tick)}H{WIDTH - RIGHT}"/><text class="axis" x="{LEFT - 6}" y="{y(tick) + 4}" text-anchor="end">{_said(tick, step)}</text>'
        )
    edges = [(x(n), y(m.high)) for n, m in known if m.high is not None] + [
        (x(n), y(m.low)) for n, m in reversed(known) if m.low is not None
    ]
    if edges:
        parts.append(f'<path class="band" d="{_path(edges)}Z"/>')
    points = [(x(n), y(m.value)) for n, m in known if m.value is not None]
    parts.append(
        f'<path class="line" d="{_path(points)}"/>' + "".join(f'<circle class="dot" cx="{a}" cy="{b}" r="3.5"/>' for a, b in points)
    )
    for n, m in enumerate(marks):
        if n in {0, len(marks) - 1} or (len(marks) > 4 and n == (len(marks) - 1) // 2):
            anchor = "start" if n == 0 else "end" if n == len(marks) - 1 else "middle"
            at = LEFT - 14 if n == 0 else WIDTH - 2 if n == len(marks) - 1 else x(n)
            parts.append(f'<text class="axis" x="{at}" y="{LINE_HEIGHT - 6}" text-anchor="{anchor}">{escape(m.label)}</text>')
    return _svg(LINE_HEIGHT, "".join(parts), alt)


def _path(points: Sequence[tuple[int, int]]) -> str:
    return "".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(points))


def intervals(marks: Sequence[Mark], alt: str) -> str:
    """Return values as dots with their intervals as bars, one below the other, on one axis; '' where none has a value."""
    known = [m for m in marks if m.value is not None]
    if not known:
        return ""
    low, high, step = _scale(known, top=1_000_000)
    names = min(NAMES_MAX, max(_width(m.label) for m in marks) + 2)
    left, wide = names + 8, WIDTH - names - VALUE_WIDTH - 20
    bottom = HEAD + ROW * len(marks)

    def x(value: int) -> int:
        return left + (value - low) * wide // (high - low)

    parts = [
        f'<path class="grid" d="M{x(tick)} {HEAD}V{bottom}"/><text class="axis" x="{x(tick)}" y="{bottom + 16}" text-anchor="middle">{_said(tick, step)}</text>'
        for tick in range(low, high + 1, step)
    ]
    for n, m in enumerate(marks):
        middle = HEAD + ROW * n + ROW // 2
        row = f'<text class="name" x="{names}" y="{middle + 4}" text-anchor="end">{escape(_short(m.label))}</text>'
        if m.value is None:
            row += f'<text class="axis" x="{WIDTH - 2}" y="{middle + 4}" text-anchor="end">—</text>'
        else:
            if m.low is not None and m.high is not None:
                row += f'<path class="span" d="M{x(m.low)} {middle}H{max(x(m.high), x(m.low) + 1)}"/>'
            row += f'<circle class="dot" cx="{x(m.value)}" cy="{middle}" r="4"/><text class="val" x="{WIDTH - 2}" y="{middle + 4}" text-anchor="end">{m.value / 10_000:.1f}</text>'
        parts.append(f'<g class="{"weak" if m.weak else "row"}">{row}</g>')
    return _svg(bottom + 22, "".join(parts), alt)


def _width(label: str) -> int:
    # A Chinese character is about twice as wide as a Latin letter.
    return sum(12 if ord(letter) > 0x2E80 else 7 for letter in label)


def _short(label: str) -> str:
    """Return a label as long as there is room for; the table has it whole."""
    kept = label
    while _width(kept) > NAMES_MAX:
        kept = kept[:-1]
    return kept if kept == label else f"{kept[:-1]}…"
