"""Why an estimator returned nothing."""

from __future__ import annotations


class EstimationError(ValueError):
    """The data cannot identify what was asked.

    Parameters
    ----------
    reason : str
        What is wrong, in plain words, with column and row indices counted from zero; never a value of the data.
    columns : tuple of int
        Columns of the design matrix at fault; empty when the fault lies elsewhere.
    """

    def __init__(self, reason: str, columns: tuple[int, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.columns = columns


class CoxError(EstimationError):
    """A Cox model cannot be fitted to these rows."""
