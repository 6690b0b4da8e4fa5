"""Many rows cut into parts, so that what is made of a part stays in the processor's cache."""

from __future__ import annotations


def cut(n_rows: int, size: int) -> list[slice]:
    """Cut rows into parts.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    size : int
        Rows of a part.

    Returns
    -------
    list of slice
        In the order of the rows; the last may be shorter.
    """
    return [slice(begin, min(begin + size, n_rows)) for begin in range(0, n_rows, size)]
