"""Read the committed output of the R scripts."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

HERE = Path(__file__).parent
REAL_DATA = Path(os.environ.get("CXLINK_REAL_DATA", HERE.parents[1].parent / "shared" / "data"))

Floats = npt.NDArray[np.float64]


def read_table(path: Path) -> dict[str, npt.NDArray[np.str_]]:
    """Columns of a CSV file, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    return {name: np.array([row[i].strip() for row in rows]) for i, name in enumerate(header)}


def numbers(table: dict[str, npt.NDArray[np.str_]], *names: str) -> Floats:
    """Some columns as numbers, shape (n_rows, n_names), or (n_rows,) for one."""
    columns = np.column_stack([table[name].astype(np.float64) for name in names])
    return columns[:, 0] if len(names) == 1 else columns


def read_reference(name: str, **case: object) -> dict[str, Floats]:
    """R's numbers of one case, by quantity; covariances are in R's column order."""
    table = read_table(HERE / name)
    keep = np.ones(table["value"].size, dtype=bool)
    for key, value in case.items():
        keep &= table[key] == str(value)
    assert keep.any(), f"{name} has no case {case}"
    values, quantities = table["value"][keep].astype(np.float64), table["quantity"][keep]
    return {str(quantity): values[quantities == quantity] for quantity in np.unique(quantities)}


def read_real(name: str) -> dict[str, npt.NDArray[np.str_]]:
    """A published data set that is not committed here; skips the test where it is absent."""
    path = REAL_DATA / "survival" / name
    if not path.is_file():
        pytest.skip(f"{name} is not in {REAL_DATA / 'survival'}; set CXLINK_REAL_DATA")
    return read_table(path)
