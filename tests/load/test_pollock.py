"""The Pollock files: each equal to its clean version but for rows held back by name, or refused with a reason."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cxlink.engine.interface import Engine
from cxlink.errors import DataError, Faults
from cxlink.load.files import Wanted, read_file
from cxlink.load.records import Rejected
from cxlink.load.sources import SourceFile
from cxlink.settings import SourceSettings

Row = tuple[str, ...]
NAMES = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"]
COUNTS = {"equal": 8, "held back": 188, "refused": 5, "told": 1}


def clean_rows(path: Path, n_header: int) -> list[Row]:
    """Rows of a clean version, below its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(_text(cell) for cell in row) for row in csv.reader(file) if row][n_header:]


def _text(cell: str) -> str:
    """The clean versions write line breaks in their own way."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def read(engine: Engine, path: Path, names: list[str]) -> tuple[list[Row], list[Rejected], int]:
    """Rows of a polluted file, what is held back, and how often the header repeats, which is told."""

    def choose(header: tuple[str, ...]) -> list[str]:
        missing = [name for name in names if name not in header]
        if missing:
            raise DataError("CX102", path.name, f"no column {missing[0]}.", "Map it.")
        return names

    raw = read_file(
        engine,
        SourceFile(path, path.name),
        SourceSettings(path=["x"]),
        Wanted(frozenset(names), frozenset(names), "DATE", choose),
    )
    raw = raw if raw.stored is None else raw.stored()
    cells = ", ".join(raw.cells[name] for name in names)
    frame = engine.frame(f"SELECT {cells} FROM {raw.relation} ORDER BY row")
    rows = [tuple(_text(cell) for cell in row) for row in frame.itertuples(index=False, name=None)]
    return rows, raw.rejected, raw.n_repeated_headers


def outcome(engine: Engine, folder: Path, path: Path) -> str:
    """What becomes of a polluted file; anything that differs in silence is a fault."""
    parameters = json.loads((folder / "parameters" / f"{path.name}_parameters.json").read_text())
    clean = clean_rows(folder / "clean" / path.name, parameters["header_lines"])
    try:
        rows, rejected, n_headers = read(engine, path, parameters["column_names"] or NAMES)
    except (DataError, Faults):
        return "refused"
    if rows == clean:
        return "equal"
    if n_headers and rows[: len(clean)] == clean:
        return "told"  # the clean version ends where the header repeats; we read on, and say so
    left = Counter(rows)
    left.subtract(clean)
    made_up = [row for row, n in left.items() if n > 0]
    lost = sum(-n for n in left.values() if n < 0)
    return "held back" if not made_up and 0 < lost <= len(rejected) else f"silent: {len(made_up)} made up, {lost} lost"


def test_no_polluted_file_differs_in_silence(real_data: Callable[[str], Path], engine: Engine) -> None:
    folder = real_data("messy_csv") / "pollock"
    found = {path.name: outcome(engine, folder, path) for path in sorted((folder / "polluted").iterdir())}
    counts = Counter(found.values())
    assert not {name: what for name, what in found.items() if what.startswith("silent")}
    assert counts == COUNTS
