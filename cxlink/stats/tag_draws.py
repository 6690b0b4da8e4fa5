"""Measures of predicted tags in each draw of customers, all draws at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, check_clusters, read_codes, read_weights
from cxlink.stats.errors import EstimationError

NO_SCORES = "no scores were given"
NEVER_TRUE = "no labelled record bears the tag"
NEVER_PREDICTED = "no labelled record is predicted to bear the tag"

DRAWN_AT_ONCE = 2_000_000
"""Records times draws held in memory by one average precision."""


@dataclass(frozen=True, slots=True)
class TagRows:
    """Labelled records with a weight above zero.

    Parameters
    ----------
    truth, predicted : ndarray of bool, shape (n_rows, n_tags)
        Whether each record bears each tag, and whether it is predicted to.
    score : ndarray of float64, shape (n_rows, n_tags), or None
        The higher, the likelier the tag.
    weights : ndarray of float64, shape (n_rows,)
        Above zero.
    codes : ndarray of int, shape (n_rows,)
        Customer of each record, counted from zero.
    """

    truth: Flags
    predicted: Flags
    score: Floats | None
    weights: Floats
    codes: Integers

    def as_one_tag(self) -> TagRows:
        """Each pair of record and tag as a row of its own.

        Returns
        -------
        TagRows
            With one column, the tags of a record below one another.
        """
        k = self.truth.shape[1]
        score = None if self.score is None else self.score.reshape(-1, 1)
        truth, predicted = self.truth.reshape(-1, 1), self.predicted.reshape(-1, 1)
        return TagRows(truth, predicted, score, np.repeat(self.weights, k), np.repeat(self.codes, k))


@dataclass(frozen=True, slots=True)
class Draws:
    """A measure of each tag in each draw.

    Parameters
    ----------
    values : ndarray of float64, shape (n_draws, n_tags)
        NaN where it divides by zero.
    reason : str
        What is missing where it does.
    trials : ndarray of float64, shape (n_tags,)
        Kish's number of equally weighted customers behind it; for what mixes two shares, those of the recall.
    is_share : bool, default False
        Whether it is a share of records.
    """

    values: Floats
    reason: str
    trials: Floats
    is_share: bool = False


def read_tags(name: str, values: npt.ArrayLike, shape: tuple[int, ...] | None = None) -> Flags:
    """Check that `values` is a table of records and tags, 0 or 1.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like of bool or 0/1, shape (n_rows, n_tags)
        Whether each record bears each tag.
    shape : tuple of int, optional
        Shape it must have. None: any, with at least one row and one column.

    Returns
    -------
    ndarray of bool, shape (n_rows, n_tags)
        True for 1.

    Raises
    ------
    EstimationError
        If the shape differs or a value is neither 0 nor 1.
    """
    table = read_table(name, values, shape)
    flags: Flags = np.equal(table, 1.0)
    if not np.all(flags | (table == 0.0)):
        raise EstimationError(f"{name} must be 0 or 1")
    return flags


def read_table(name: str, values: npt.ArrayLike, shape: tuple[int, ...] | None = None) -> Floats:
    """Check that `values` is a finite table with one row a record and one column a tag.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows, n_tags)
        Numbers or booleans.
    shape : tuple of int, optional
        Shape it must have. None: any, with at least one row and one column.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_tags)
        The same numbers.

    Raises
    ------
    EstimationError
        If the shape differs or a value is missing or infinite (``error.columns`` names it).
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or 0 in table.shape:
        raise EstimationError(f"{name} has shape {table.shape}, expected one row a record and one column a tag")
    if shape is not None and table.shape != shape:
        raise EstimationError(f"{name} has shape {table.shape}, expected {shape}")
    wrong = tuple(int(j) for j in np.flatnonzero(~np.isfinite(table).all(axis=0)))
    if wrong:
        raise EstimationError(f"{name} has missing or infinite numbers in columns {', '.join(map(str, wrong))}", wrong)
    return table


def read_tag_rows(
    truth: npt.ArrayLike,
    predicted: npt.ArrayLike,
    cluster: npt.ArrayLike,
    score: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
) -> TagRows:
    """Check labelled records, and leave out those of weight zero.

    Parameters
    ----------
    truth, predicted, cluster, score, weights : array_like
        As for :func:`cxlink.stats.tag_accuracy.estimate_tag_accuracy`.

    Returns
    -------
    TagRows
        Records in use.

    Raises
    ------
    EstimationError
        If an array is not as it should be, all weights are zero, or one customer is left.
    """
    true = read_tags("truth", truth)
    found = read_tags("predicted", predicted, true.shape)
    scores = None if score is None else read_table("score", score, true.shape)
    codes = read_codes("cluster", cluster, true.shape[0], EstimationError)[1]
    given = read_weights(weights, true.shape[0], EstimationError)
    weight = np.ones(true.shape[0]) if given is None else given
    used = weight > 0
    if not used.any():
        raise EstimationError("all weights are zero")
    check_clusters(codes[used], EstimationError)
    codes = np.unique(codes[used], return_inverse=True)[1]
    return TagRows(true[used], found[used], None if scores is None else scores[used], weight[used], codes)


def draw_scores(rows: TagRows, draws: Floats) -> tuple[Draws, Draws, Draws, Draws]:
    """Precision, recall, F1 and average precision in each draw.

    Parameters
    ----------
    rows : TagRows
        Labelled records.
    draws : ndarray of float64, shape (n_draws, n_clusters)
        How often each customer was drawn.

    Returns
    -------
    tuple of Draws
        In this order.
    """
    both, true, found = (
        _sum_by_cluster(rows, flags) for flags in (rows.truth & rows.predicted, rows.truth, rows.predicted)
    )
    n_both, n_true, n_found = draws @ both, draws @ true, draws @ found
    trials = _count_trials(true)
    if rows.score is None:
        ranked = Draws(np.full(n_true.shape, np.nan), NO_SCORES, trials)
    else:
        columns = zip(rows.score.T, rows.truth.T, strict=True)
        drawn = np.column_stack([_average_precision(rows, *column, draws) for column in columns])
        ranked = Draws(drawn, NEVER_TRUE, trials)
    return (
        Draws(_ratio(n_both, n_found), NEVER_PREDICTED, _count_trials(found), is_share=True),
        Draws(_ratio(n_both, n_true), NEVER_TRUE, trials, is_share=True),
        Draws(np.where(n_true > 0, _ratio(2.0 * n_both, n_true + n_found), np.nan), NEVER_TRUE, trials),
        ranked,
    )


def draw_means(rows: TagRows, values: npt.NDArray[np.generic], draws: Floats) -> Draws:
    """Mean of some columns over records in each draw.

    Parameters
    ----------
    rows : TagRows
        Labelled records.
    values : ndarray, shape (n_rows, n_columns)
        Numbers or booleans.
    draws : ndarray of float64, shape (n_draws, n_clusters)
        How often each customer was drawn.

    Returns
    -------
    Draws
        Never NaN.
    """
    total = _sum_by_cluster(rows, np.ones((rows.codes.size, 1)))
    trials = np.repeat(_count_trials(total), values.shape[1])
    return Draws(_ratio(draws @ _sum_by_cluster(rows, values), draws @ total), "no labelled record", trials)


def _average_precision(rows: TagRows, score: Floats, truth: Flags, draws: Floats) -> Floats:
    """Sum over thresholds of the precision there times the recall gained there; equal scores are one threshold."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), score.size - 1)
    case_weights, codes, true = rows.weights[order, None], rows.codes[order], truth[order]
    # Precision matters only where recall is gained: at thresholds that a record with the tag is at.
    gains = np.diff(np.cumsum(true)[last], prepend=0) > 0
    result = []
    for batch in np.array_split(draws, max(1, len(draws) * score.size // DRAWN_AT_ONCE)):
        weight = np.take(np.ascontiguousarray(batch.T), codes, axis=0) * case_weights
        found = np.cumsum(weight, axis=0)[last[gains]]
        right = np.cumsum(weight[true], axis=0)[np.cumsum(true)[last[gains]] - 1]
        gained = np.diff(right, axis=0, prepend=0.0)
        precision = np.divide(right, found, out=np.zeros_like(right), where=found > 0)
        total = right[-1] if len(right) else np.zeros(len(batch))
        result.append(_ratio((precision * gained).sum(axis=0), total))
    return np.concatenate(result)


def _sum_by_cluster(rows: TagRows, values: npt.NDArray[np.generic]) -> Floats:
    n_clusters = int(rows.codes.max()) + 1
    return np.column_stack([np.bincount(rows.codes, rows.weights * column, n_clusters) for column in values.T])


def _ratio(above: Floats, below: Floats) -> Floats:
    """NaN where `below` is zero."""
    bottom = np.broadcast_to(below, above.shape)
    result: Floats = np.divide(above, bottom, out=np.full(above.shape, np.nan), where=bottom > 0)
    return result


def _count_trials(total: Floats) -> Floats:
    """Kish's number of customers behind each share; `total` has shape (n_clusters, n_tags)."""
    return _ratio(np.square(total.sum(axis=0)), np.square(total).sum(axis=0))
