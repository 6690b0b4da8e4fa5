"""Share of records that bear each tag, where the labelled records are of another time or place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, Labels, check_clusters, read_codes, read_vector
from cxlink.stats.clustered_ols import RANK_TOLERANCE
from cxlink.stats.errors import EstimationError
from cxlink.stats.prevalence import Prevalence, average, clip_shares, count_bearers, refuse_tags
from cxlink.stats.tag_draws import read_table, read_tags

LEAST_SIGNAL = 0.1
"""How much more often a tag, or a mix of tags, must be predicted where it is than where it is not."""

LEAST_SIGNAL_ERRORS = 4.0
"""The same in standard errors: below, an interval linear in the errors of the labelled sample does not hold."""


@dataclass(frozen=True, slots=True)
class AdjustedCount:
    """Shares where the labelled records are of another time or place.

    Parameters
    ----------
    prevalence : Prevalence
        Shares.
    false_share : ndarray of float64, shape (n_tags,)
        Mean prediction of each tag on records without any tag.
    matrix : ndarray of float64, shape (n_tags, n_tags)
        Row j, column k: by how much tag k on a record raises the mean prediction of tag j. For a single tag this is
        recall plus specificity less one.
    least_signal : float
        Smallest singular value of `matrix`: 1 for perfect predictions, 0 where they cannot tell some mixes apart.
    """

    prevalence: Prevalence
    false_share: Floats
    matrix: Floats
    least_signal: float


def adjusted_count(
    truth: npt.ArrayLike,
    predicted: npt.ArrayLike,
    cluster: npt.ArrayLike,
    target: npt.ArrayLike,
    target_cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> AdjustedCount:
    """Estimate shares among records of another time or place than the labelled ones.

    Parameters
    ----------
    truth : array_like of bool or 0/1, shape (n_labelled, n_tags)
        True tags of the labelled records; a record may bear any number of them.
    predicted : array_like of float, shape (n_labelled, n_tags)
        Their predicted tags (0 or 1) or probabilities.
    cluster : array_like, shape (n_labelled,)
        Their customers.
    target : array_like of float, shape (n_rows, n_tags)
        Predicted tags or probabilities, the same, of the records in question.
    target_cluster : array_like, shape (n_rows,)
        Their customers, by the same names: who is in both samples is known to be.
    weights : array_like of float, shape (n_labelled,), optional
        One over the probability with which the labelled record was drawn.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    AdjustedCount
        The shares that lead to the target's mean predictions. Mean predictions are taken as a sum: a share of false
        tags, and what each true tag adds to the prediction of each tag, its own and those it is mistaken for. With
        records of one tag at most this is exact; for one tag in all it is the estimator of Rogan and Gladen. What each
        tag adds must be the same in both samples, while the mix of tags may differ.

    Raises
    ------
    EstimationError
        If an array is not as it should be; fewer than ten labelled customers bear a tag or have a record without it; a
        tag follows from the others; or predictions cannot tell some tags, or mixes of tags, apart: the mean prediction
        differs by less than 0.1, or by less than four of its standard errors (``error.columns`` names the tags).

    Notes
    -----
    With ``B = (a, M)`` the weighted least-squares coefficients of predictions on (1, truth) and q the target's mean
    prediction, the share solves ``a + M share = q``. Its influence is ``M^-1`` times that of q less that of B at
    (1, share). A labelled customer's part in B is what B loses without the customer (the jackknife): with few labels
    the derivative alone is too small. Intervals use Student's quantile for the labelled customers that bear the tag.

    References
    ----------
    .. [1] Rogan and Gladen (1978), American Journal of Epidemiology 107:71-76.
    .. [2] Forman (2008), Data Mining and Knowledge Discovery 17:164-206, for classes.
    """
    true = read_tags("truth", truth)
    table = read_table("predicted", predicted, true.shape)
    wanted = read_table("target", target)
    n_labelled, n_tags = true.shape
    if wanted.shape[1] != n_tags:
        raise EstimationError(f"target has {wanted.shape[1]} columns, expected {n_tags}")
    weight = np.ones(n_labelled)
    if weights is not None:
        weight = read_vector("weights", weights, n_labelled, EstimationError)
        if np.any(weight < 0):
            raise EstimationError("weights must not be negative")
    own = read_codes("cluster", cluster, n_labelled, EstimationError)
    others = read_codes("target_cluster", target_cluster, wanted.shape[0], EstimationError)
    used = weight > 0
    if not used.any():
        raise EstimationError("all weights are zero")
    bearers = count_bearers(true[used], own[1][used])
    check_clusters(others[1], EstimationError)
    ids, places = _unite(own[0], others[0])
    line = _fit_line(true, table, weight, own[1], own[0].size)
    least = line.check_signal()
    q = average(wanted, np.ones(wanted.shape[0]), places[own[0].size :][others[1]], ids.size)
    inverse = np.linalg.inv(line.matrix)
    share = inverse @ (np.asarray(q.beta) - line.false_share)
    moved = np.array(q.influence)
    moved[places[: own[0].size]] -= line.influence_at(share)
    return AdjustedCount(
        clip_shares(share, moved @ inverse.T, ids, bearers, level), line.false_share, line.matrix, least
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Mean predictions as ``false_share + matrix @ truth``, with each cluster's part in the coefficients."""

    false_share: Floats
    matrix: Floats
    parts: npt.NDArray[np.float64]

    def influence_at(self, share: Floats) -> Floats:
        """Influence of each cluster on the mean prediction at some shares, shape (n_clusters, n_tags)."""
        result: Floats = np.einsum("cij,i->cj", self.parts, np.append(1.0, share))
        return result

    def check_signal(self) -> float:
        """Refuse tags, or mixes of tags, which predictions cannot tell apart."""
        left, values, right = np.linalg.svd(self.matrix)
        moves = np.einsum("cij,i,j->c", self.parts[:, 1:], right[-1], left[:, -1])
        error = float(np.sqrt(moves @ moves))
        least = float(values[-1])
        if least < LEAST_SIGNAL or least < LEAST_SIGNAL_ERRORS * error:
            size = np.abs(right[-1])
            refuse_tags(
                size >= 0.5 * size.max(),
                "predictions hardly tell whether records bear them, or which of them: the mean prediction moves by "
                f"{least:.3f}, standard error {error:.3f}",
            )
        return least


def _fit_line(true: Flags, predicted: Floats, weight: Floats, codes: Integers, n_clusters: int) -> _Line:
    """Weighted least squares of every column of predictions on all true tags, and again without each customer."""
    design: Floats = np.column_stack((np.ones(true.shape[0]), true.astype(np.float64)))
    _check_told_apart(design[weight > 0])
    weighted = design * weight[:, None]
    gram = np.zeros((n_clusters, design.shape[1], design.shape[1]))
    cross = np.zeros((n_clusters, design.shape[1], true.shape[1]))
    np.add.at(gram, codes, weighted[:, :, None] * design[:, None, :])
    np.add.at(cross, codes, weighted[:, :, None] * predicted[:, None, :])
    try:
        coefficients = np.linalg.solve(gram.sum(axis=0), cross.sum(axis=0))
        without = np.linalg.solve(gram.sum(axis=0) - gram, cross.sum(axis=0) - cross)
    except np.linalg.LinAlgError as fault:
        raise EstimationError("a single labelled customer alone tells some of the tags apart") from fault
    return _Line(coefficients[0], coefficients[1:].T, coefficients - without)


def _check_told_apart(design: Floats) -> None:
    """Refuse a tag that follows from those before it."""
    triangle = np.zeros((design.shape[1], design.shape[1]))
    reduced = np.linalg.qr(design / np.linalg.norm(design, axis=0), mode="r")
    triangle[: len(reduced)] = reduced
    refuse_tags(
        np.abs(np.diag(triangle))[1:] < RANK_TOLERANCE,
        "they follow from the others in all labelled records; where each record has exactly one tag, leave one out: "
        "its share is what the others leave",
    )


def _unite(first: Labels, second: Labels) -> tuple[Labels, Integers]:
    """Customers of both samples, and the place of each of the first and of the second among them."""
    if (first.dtype.kind in "US") != (second.dtype.kind in "US"):
        raise EstimationError("cluster and target_cluster name customers by different kinds of labels")
    ids, places = np.unique(np.concatenate((first, second)), return_inverse=True)
    return ids, places.astype(np.intp, copy=False)
