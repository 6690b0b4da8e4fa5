"""How right predicted tags are, tag by tag and on the whole, on records whose true tags are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError
from cxlink.stats.resampling import MOST_FAILED, draw_cluster_weights
from cxlink.stats.tag_draws import NO_SCORES, Draws, TagRows, draw_means, draw_scores, read_tag_rows

NO_PROBABILITIES = "the scores are not said to be probabilities"
NO_SPREAD = "the same in every draw of customers: too few of them for an interval"


@dataclass(frozen=True, slots=True)
class Measured:
    """A number between 0 and 1, and its interval."""

    point: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why the labelled records do not give a number."""

    reason: str


Measure: TypeAlias = Measured | NotMeasured


@dataclass(frozen=True, slots=True)
class Scores:
    """How well tags are found.

    Parameters
    ----------
    precision : Measured or NotMeasured
        Share of the records predicted to bear the tag that do.
    recall : Measured or NotMeasured
        Share of the records that bear the tag which are predicted to.
    f1 : Measured or NotMeasured
        Harmonic mean of both.
    average_precision : Measured or NotMeasured
        Precision averaged over the records that bear the tag, in falling order of the score.
    """

    precision: Measure
    recall: Measure
    f1: Measure
    average_precision: Measure


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores taken as probabilities are from shares of truth.

    Parameters
    ----------
    error : float
        Expected calibration error: mean distance of mean score and share of truth over bins of the score.
    by_chance : float
        What perfectly calibrated scores would show as `error` in this sample on average, its records being independent.
        Chance makes the error larger, never smaller, so no interval is drawn around it.
    """

    error: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class TagScores:
    """Accuracy of one tag.

    Parameters
    ----------
    scores : Scores
        How well it is found.
    brier : Measured or NotMeasured
        Mean squared distance of probability and truth.
    calibration : Calibration or NotMeasured
        Whether the probabilities are right as such.
    n_true, n_predicted : int
        Labelled records that bear the tag, and that are predicted to.
    """

    scores: Scores
    brier: Measure
    calibration: Calibration | NotMeasured
    n_true: int
    n_predicted: int


@dataclass(frozen=True, slots=True)
class TagAccuracy:
    """Accuracy of predicted tags.

    Parameters
    ----------
    tags : tuple of TagScores
        In the order of the columns.
    micro : Scores
        Of all pairs of record and tag together.
    macro : Scores
        Plain means over the tags whose own number is measured.
    n_macro : tuple of int
        Tags behind each number of `macro`, in its order.
    subset_accuracy : Measured or NotMeasured
        Share of records whose tags are all right.
    n, n_clusters : int
        Labelled records with a weight above zero, and their customers.
    level : float
        Coverage the intervals aim at.
    """

    tags: tuple[TagScores, ...]
    micro: Scores
    macro: Scores
    n_macro: tuple[int, ...]
    subset_accuracy: Measure
    n: int
    n_clusters: int
    level: float


def estimate_tag_accuracy(
    truth: npt.ArrayLike,
    predicted: npt.ArrayLike,
    cluster: npt.ArrayLike,
    score: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    *,
    rng: np.random.Generator,
    probabilities: bool = False,
    n_replicates: int = 500,
    level: float = 0.95,
    n_bins: int = 10,
) -> TagAccuracy:
    """Compare predicted tags with true ones.

    Parameters
    ----------
    truth : array_like of bool or 0/1, shape (n_rows, n_tags)
        Whether each labelled record bears each tag; a record may bear any number of them.
    predicted : array_like of bool or 0/1, shape (n_rows, n_tags)
        Whether it is predicted to.
    cluster : array_like, shape (n_rows,)
        Customer of each record.
    score : array_like of float, shape (n_rows, n_tags), optional
        The higher, the likelier the tag.
    weights : array_like of float, shape (n_rows,), optional
        One over the probability with which the record was drawn to be labelled. None: all the same.
    rng : Generator
        Source of randomness for the intervals.
    probabilities : bool, default False
        Whether `score` is a probability, so that Brier score and calibration error make sense.
    n_replicates : int, default 500
        Draws of customers.
    level : float, default 0.95
        Coverage of the intervals.
    n_bins : int, default 10
        Bins of the calibration error, equally wide from 0 to 1.

    Returns
    -------
    TagAccuracy
        Intervals are symmetric in log odds, with the standard error of a bootstrap of customers and Student's quantile
        for the customers behind the measure (Kish's number of them where they count unequally): percentiles of the
        draws end too early near 0 and 1. A precision, a recall or a subset accuracy of exactly 0 or 1 is so in every
        draw; its other end is then the exact binomial one for so many customers. Another measure without any spread,
        or what divides by zero in the sample or in more than one draw in twenty, is `NotMeasured`.

    Raises
    ------
    EstimationError
        If shapes differ, a tag is neither 0 nor 1, a score is missing, infinite or no probability, there are fewer than
        two customers, or an option is out of range.

    References
    ----------
    .. [1] Davis and Goadrich (2006), ICML 23:233-240, on precision and recall along the score.
    .. [2] Naeini, Cooper and Hauskrecht (2015), AAAI 29:2901-2907, for the calibration error.
    .. [3] Kish (1965), Survey Sampling, section 11.7, for the number of equally weighted customers.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [0, 0], [0, 0]] * 20)
    >>> predicted = np.array([[1, 0], [0, 1], [0, 1], [1, 0], [1, 0], [0, 0]] * 20)
    >>> found = estimate_tag_accuracy(truth, predicted, np.arange(120), rng=np.random.default_rng(1))
    >>> round(found.tags[0].scores.precision.point, 2), found.tags[0].scores.average_precision
    (0.67, NotMeasured(reason='no scores were given'))
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    if n_replicates < 2 or n_bins < 1:
        raise EstimationError("n_replicates must be 2 or more, n_bins 1 or more")
    rows = read_tag_rows(truth, predicted, cluster, score, weights)
    probability = _read_probabilities(rows) if probabilities else None
    n_clusters = int(rows.codes.max()) + 1
    # The first draw is the sample itself.
    draws = np.vstack([np.ones((1, n_clusters)), *draw_cluster_weights(rng, n_clusters, n_replicates)])
    each = draw_scores(rows, draws)
    no_answer = NotMeasured(NO_SCORES if score is None else NO_PROBABILITIES)
    squares = None if probability is None else draw_means(rows, np.square(probability - rows.truth), draws)
    tags = tuple(
        TagScores(
            scores=Scores(*(_measure(values, j, level) for values in each)),
            brier=no_answer if squares is None else _measure(squares, j, level),
            calibration=no_answer if probability is None else _calibrate(rows, probability[:, j], j, n_bins),
            n_true=int(rows.truth[:, j].sum()),
            n_predicted=int(rows.predicted[:, j].sum()),
        )
        for j in range(rows.truth.shape[1])
    )
    means = [_average(values, level) for values in each]
    right = np.all(rows.truth == rows.predicted, axis=1)[:, None]
    return TagAccuracy(
        tags=tags,
        micro=Scores(*(_measure(values, 0, level) for values in draw_scores(rows.as_one_tag(), draws))),
        macro=Scores(*(mean for mean, _ in means)),
        n_macro=tuple(n_tags for _, n_tags in means),
        subset_accuracy=_measure(replace(draw_means(rows, right, draws), is_share=True), 0, level),
        n=rows.codes.size,
        n_clusters=n_clusters,
        level=level,
    )


def _read_probabilities(rows: TagRows) -> Floats:
    if rows.score is None:
        raise EstimationError("probabilities: no scores were given")
    if np.any((rows.score < 0.0) | (rows.score > 1.0)):
        raise EstimationError("score must lie between 0 and 1 to be a probability")
    return rows.score


def _measure(draws: Draws, j: int, level: float) -> Measure:
    """Point and interval of one column."""
    from scipy import special

    point, drawn = float(draws.values[0, j]), draws.values[1:, j]
    if np.isnan(point):
        return NotMeasured(draws.reason)
    known = drawn[~np.isnan(drawn)]
    n_failed = drawn.size - known.size
    if n_failed > MOST_FAILED * drawn.size:
        return NotMeasured(f"{n_failed} of {drawn.size} draws of customers fail: {draws.reason}")
    trials, half = float(draws.trials[j]), (1.0 - level) / 2.0
    spread = float(known.std(ddof=1))
    # Rounding may leave a share of one a hair below it.
    if spread > 1e-12 and 1e-12 < point < 1.0 - 1e-12:
        reach = -float(special.stdtrit(max(trials - 1.0, 1.0), half)) * spread / (point * (1.0 - point))
        low, high = special.expit(special.logit(point) + np.array([-reach, reach]))
        return Measured(point, float(low), float(high))
    if spread > 1e-12 or not draws.is_share:
        return NotMeasured(NO_SPREAD)
    unseen = 1.0 - half ** (1.0 / trials)
    return Measured(0.0, 0.0, unseen) if point < 0.5 else Measured(1.0, 1.0 - unseen, 1.0)


def _average(draws: Draws, level: float) -> tuple[Measure, int]:
    """Mean over the tags that are measured, and their number."""
    measured = [j for j in range(draws.values.shape[1]) if isinstance(_measure(draws, j, level), Measured)]
    if not measured:
        return NotMeasured(f"of no tag: {draws.reason}"), 0
    mean = draws.values[:, measured].mean(axis=1, keepdims=True)
    fewest = draws.trials[measured].min(keepdims=True)
    return _measure(Draws(mean, draws.reason, fewest), 0, level), len(measured)


def _calibrate(rows: TagRows, probability: Floats, j: int, n_bins: int) -> Calibration:
    weight = rows.weights / rows.weights.sum()
    place = np.minimum((probability * n_bins).astype(np.intp), n_bins - 1)
    distance = np.bincount(place, weight * (rows.truth[:, j] - probability), n_bins)
    variance = np.bincount(place, np.square(weight) * probability * (1.0 - probability), n_bins)
    # The mean size of a normal deviate is the root of 2 / pi.
    by_chance = np.sqrt(2.0 / np.pi) * np.sqrt(variance).sum()
    return Calibration(float(np.abs(distance).sum()), float(by_chance))
