"""Ratings of touchpoints beside the score: shares of its variance, and which hurt more than they please."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked, RatedTouchpoint, RatingDrivers
from cxlink.handoff.drivers import RatingClass
from cxlink.impact.driver_rows import DriverRows
from cxlink.impact.experience import LEVEL
from cxlink.impact.rating_rows import RatingRows, build_rating_rows, find_cuts
from cxlink.stats import EstimationError
from cxlink.stats.asymmetry import Asymmetry, AsymmetryAtCuts, classify_attributes
from cxlink.stats.relative_importance import RelativeImportance, relative_importance
from cxlink.stats.score_levels import estimate_mean

CUSTOMERS_A_COLUMN = 10
"""Customers that the shares of variance need for each column of ratings."""

LEAST_DRAWS = 199
"""For ranks: ten draws must lie beyond the interval's end, as for those of the components."""

ALIKE = 0.25
"""Of what lies between a low and a high rating: within so much around nothing, penalty and reward are called alike."""

SHARE = "share of variance averaged over all orders (LMG), draws by weighted customers; description"
PARTS = "low and high ratings against those between, all touchpoints at once; clustered by customer; description"
BALANCE = "sum of the two; its interval holds for all touchpoints at once; description"
MEAN = "mean rating, clustered by customer"


@dataclass(frozen=True, slots=True)
class _Balance:
    low_rating: Answer
    high_rating: Answer
    balance: Answer
    kind: RatingClass
    stable: bool | None


def describe_ratings(
    linked: Linked, data: DriverRows, weights: np.ndarray, rng: np.random.Generator
) -> RatingDrivers | NotEstimable:
    """Describe how ratings go with a KPI.

    Parameters
    ----------
    linked : Linked
        Its responses, with columns ``rating_<component>``.
    data : DriverRows
        The answers of one KPI.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        Draws orders where there are more than twelve touchpoints.

    Returns
    -------
    RatingDrivers or NotEstimable
        Nothing of it is an effect.
    """
    rows = build_rating_rows(linked, data)
    if isinstance(rows, NotEstimable):
        return rows
    customers = np.unique(rows.cluster)
    refusal = _refuse(rows, len(customers))
    if refusal is not None:
        return refusal
    drawn = weights[:, customers]
    try:
        rows, found = _share_out(rows, drawn, rng)
    except EstimationError as error:
        return NotEstimable(f"no shares of variance: {error.reason}", "more ratings")
    cuts = find_cuts(rows.marks)
    balances = _weigh_both_sides(rows, drawn, cuts, data.unit)
    ranked = len(weights) >= LEAST_DRAWS
    touchpoints = [_touchpoint(rows, place, found, balances[place], ranked=ranked) for place in range(len(rows.names))]
    low, high = (None, None) if isinstance(cuts, NotEstimable) else cuts
    return RatingDrivers(
        answers=len(rows.value),
        customers=len(customers),
        unrated=rows.unrated,
        r2=found.r2,
        r2_others=found.r2_covariates,
        low=low,
        high=high,
        touchpoints=tuple(sorted(touchpoints, key=lambda one: (-_point(one.share), one.component))),
        left_out=rows.left_out,
    )


def _point(answer: Answer) -> float:
    return answer.point if isinstance(answer, Estimate) else 0.0


def _refuse(rows: RatingRows, customers: int) -> NotEstimable | None:
    if np.ptp(rows.value) == 0:
        return NotEstimable("all answers that rate something are the same", "more answers")
    needs = CUSTOMERS_A_COLUMN * rows.columns.shape[1]
    if customers < needs:
        return NotEstimable(f"{customers} customers rated {len(rows.names)} touchpoints, needs {needs}", "more ratings")
    return None


def _share_out(rows: RatingRows, drawn: np.ndarray, rng: np.random.Generator) -> tuple[RatingRows, RelativeImportance]:
    """Share out the variance, without the columns that others make up."""
    while True:
        try:
            found = relative_importance(
                rows.columns,
                rows.value,
                rows.groups,
                rows.cluster,
                drawn,
                covariates=rows.covariates if rows.covariates.shape[1] else None,
                rng=rng,
                level=LEVEL,
            )
        except EstimationError as error:
            if not error.columns:
                raise
            rows = _without(rows, error.columns[-1])
        else:
            return rows, found


def _without(rows: RatingRows, column: int) -> RatingRows:
    """Leave out a column; with its last one the touchpoint goes too."""
    group = int(rows.groups[column])
    kept = np.arange(len(rows.groups)) != column
    rows = replace(rows, columns=rows.columns[:, kept], groups=rows.groups[kept])
    if (rows.groups == group).any():
        return rows
    why = NotEstimable("its ratings cannot be told from those of others", "ratings that differ")
    names = tuple(name for place, name in enumerate(rows.names) if place != group)
    if not names:
        raise EstimationError("no rating can be told from attributes, tenure and calendar")
    return replace(
        rows,
        names=names,
        marks=np.delete(rows.marks, group, axis=1),
        groups=np.where(rows.groups > group, rows.groups - 1, rows.groups),
        left_out=(*rows.left_out, (rows.names[group], why)),
    )


def _weigh_both_sides(
    rows: RatingRows, drawn: np.ndarray, cuts: tuple[float, float] | NotEstimable, unit: str
) -> Mapping[int, _Balance]:
    """Contrast low and high ratings of each touchpoint, or say why not."""
    places = range(len(rows.names))
    if isinstance(cuts, NotEstimable):
        return dict.fromkeys(places, _refused(cuts))
    covariates = rows.covariates if rows.covariates.shape[1] else None
    try:
        found = classify_attributes(
            rows.marks, rows.value, rows.cluster, drawn, low=cuts[0], high=cuts[1], covariates=covariates, level=LEVEL
        )
    except EstimationError as error:
        return dict.fromkeys(places, _refused(NotEstimable(error.reason, "more ratings of each kind")))
    left_out = dict(found.preset.left_out)
    told = {int(attribute): number for number, attribute in enumerate(found.preset.attributes)}
    return {
        place: _balance(found, told[place], rows, place, unit)
        if place in told
        else _refused(NotEstimable(left_out[place], "more ratings of each kind"))
        for place in places
    }


def _refused(why: NotEstimable) -> _Balance:
    return _Balance(why, why, why, "undetermined", None)


def _balance(found: Asymmetry, number: int, rows: RatingRows, place: int, unit: str) -> _Balance:
    preset = found.preset
    n_clusters = int(np.count_nonzero(preset.influence.any(axis=(1, 2))))
    rated = ~np.isnan(rows.marks[:, place])
    customers, answers = len(np.unique(rows.cluster[rated])), int(rated.sum())
    n_columns = 2 * len(preset.attributes)
    factor = n_clusters / max(n_clusters - n_columns, 1)
    quantile = float(stdtrit(max(n_clusters - n_columns, 1), 0.5 + LEVEL / 2))

    def side(part: int, point: float) -> Estimate:
        half = quantile * float(np.sqrt(factor * np.square(preset.influence[:, part, number]).sum()))
        return Estimate(point, point - half, point + half, LEVEL, unit, customers, answers, PARTS)

    at, low, high = (float(ends[number]) for ends in (preset.contrasts, preset.low, preset.high))
    return _Balance(
        side(0, float(preset.penalties[number])),
        side(1, float(preset.rewards[number])),
        Estimate(at, low, high, LEVEL, unit, customers, answers, BALANCE),
        _classify(preset, number),
        _stable(found, number),
    )


def _classify(found: AsymmetryAtCuts, number: int) -> RatingClass:
    """Penalty or reward where the balance is not nothing, alike where it is nearly so for sure."""
    kind = found.kinds[number]
    if kind != "undetermined":
        return kind
    between = float(found.rewards[number] - found.penalties[number])
    if found.penalties[number] < 0.0 < found.rewards[number] and max(-found.low[number], found.high[number]) < (
        ALIKE * between
    ):
        return "both alike"
    return "undetermined"


def _stable(found: Asymmetry, number: int) -> bool | None:
    attribute = found.preset.attributes[number]
    kind = _classify(found.preset, number)
    elsewhere = [
        _classify(at, int(np.flatnonzero(at.attributes == attribute)[0]))
        for _, _, at in found.shifted
        if not isinstance(at, str) and attribute in at.attributes
    ]
    return all(one == kind for one in elsewhere) if elsewhere else None


def _touchpoint(
    rows: RatingRows, place: int, found: RelativeImportance, balance: _Balance, *, ranked: bool
) -> RatedTouchpoint:
    rated = ~np.isnan(rows.marks[:, place])
    customers, answers = len(np.unique(rows.cluster[rated])), int(rated.sum())
    share, low, high = (float(ends[place]) for ends in (found.shares, found.low, found.high))
    return RatedTouchpoint(
        component=rows.names[place],
        answers=answers,
        customers=customers,
        mean=_mean(rows, place),
        share=Estimate(share, min(low, share), max(high, share), LEVEL, "share of variance", customers, answers, SHARE),
        rank_best=int(found.best_rank[place]) if ranked else None,
        rank_worst=int(found.worst_rank[place]) if ranked else None,
        low_rating=balance.low_rating,
        high_rating=balance.high_rating,
        balance=balance.balance,
        kind=balance.kind,
        stable=balance.stable,
    )


def _mean(rows: RatingRows, place: int) -> Answer:
    rated = ~np.isnan(rows.marks[:, place])
    try:
        found = estimate_mean(rows.marks[rated, place], rows.cluster[rated], level=LEVEL)
    except EstimationError as error:
        return NotEstimable(error.reason, "more ratings")
    return Estimate(found.point, found.low, found.high, LEVEL, "rating", found.n_clusters, found.n, MEAN)
