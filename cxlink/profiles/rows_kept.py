"""Which rows of an export are data: counted as the loader will count them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cxlink.profiles.file_cells import FileCells


def kept_rows(
    raw: FileCells,
    keep: Mapping[str, Sequence[str]],
    exclude: Mapping[str, Sequence[str]],
    *,
    fold_by: str | None,
    required: Sequence[str],
) -> list[int]:
    """List the rows that count.

    Parameters
    ----------
    raw : FileCells
        A file.
    keep, exclude : mapping of str to sequence of str
        Words by the export's column.
    fold_by : str or None
        The column whose repeated value marks line items.
    required : sequence of str
        Headers of columns that a row must fill.

    Returns
    -------
    list of int
        Their indices; a word in neither list of a column that has both is kept here and held back later.
    """
    items = _line_items(raw, fold_by, required)
    rows = [row for row in range(raw.n_rows) if row not in items]
    for header in dict.fromkeys([*keep, *exclude]):
        kept, dropped = _folded(keep.get(header, ())), _folded(exclude.get(header, ()))
        column = raw.columns[header]
        has_both = header in keep and header in exclude
        rows = [
            row
            for row in rows
            if (word := str(column[row]).strip().casefold()) not in dropped
            and (has_both or header not in keep or word in kept)
        ]
    return rows


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words)


def _line_items(raw: FileCells, fold_by: str | None, required: Sequence[str]) -> frozenset[int]:
    if fold_by is None:
        return frozenset()
    column = [str(cell).strip() for cell in raw.columns[fold_by]]
    cells = [raw.columns[header] for header in required if header != fold_by]
    return frozenset(
        row
        for row in range(1, raw.n_rows)
        if column[row] and column[row] == column[row - 1] and all(not str(cell[row]).strip() for cell in cells)
    )
