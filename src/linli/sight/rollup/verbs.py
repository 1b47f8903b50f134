"""Keep a cube: written beside the old one and put in its place at once, so that a reader sees one or the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from linli.kernel.step import Step
from linli.sight.rollup import files
from linli.sight.rollup.core import CELL_TOP, DIMENSIONS, MONTHS, Cells, Cube, Tree
from linli.sight.rollup.files import About, Progress


def new_cells(folder: Path, communities: int) -> Cells:
    """Return empty cells in a file of a folder that does not count yet, to be filled and then given to `keep`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o755)
    shape = (communities, MONTHS, len(DIMENSIONS), 2)
    cells: Cells = np.lib.format.open_memmap(folder / files.CELLS, mode="w+", dtype=np.uint16, shape=shape)
    return cells


def tell(folder: Path, progress: Progress) -> None:
    """Leave word in a folder that does not count yet of how far it has come; a reader sees the old word or the new one."""
    written = folder / f"{files.PROGRESS}.part"
    written.write_text(json.dumps({name: getattr(progress, name) for name in Progress.__slots__}))
    written.replace(folder / files.PROGRESS)


def keep(
    s: Step, folder: Path, target: Path, *, tree: Tree, cube: Cube, seed: int, last_month: str, left_out: str, added_up_us: int
) -> About:
    """Write codes, totals and description beside the cells in `folder`, then put it in the place of `target`; return the description.

    Raises ValueError where a cell is larger than the cube says, or has more hits than n.
    """
    if int(cube.cells.max(initial=0)) != cube.cell_max or cube.cell_max > CELL_TOP:
        raise ValueError("the cube's largest cell is not the one it names")
    if (cube.cells[..., 0] > cube.cells[..., 1]).any():
        raise ValueError("more hits than n")
    np.save(folder / files.CODES, tree.codes)
    for digits, sums in cube.totals.items():
        np.save(folder / files.totals_file(digits), sums)
    about = About(
        True, seed, MONTHS, last_month, len(tree.codes), cube.cell_max, left_out, added_up_us,
        {path.name: files.sha256(path) for path in sorted(folder.glob("*.npy"))},
    )  # fmt: skip
    (folder / files.PROGRESS).unlink(missing_ok=True)
    (folder / files.DESCRIPTION).write_bytes(about.packed())
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    folder.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return about
