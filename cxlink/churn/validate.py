"""Would the model have told who leaves? Fitted on what was known on an earlier day, and followed up from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cxlink.churn.design import LEVEL, Z
from cxlink.churn.fit import Refused, build_hazards, fit_main
from cxlink.churn.future import (
    HORIZONS,
    MONTH_DAYS,
    Prospects,
    cumulative_hazard,
    draw_of,
    gather_prospects,
    prospects_of,
    risk_of_leaving,
)
from cxlink.churn.landmark import Outcomes, cut_at, outcomes_after
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import HazardModel, Linked, RiskGroup, TestResult, Validation
from cxlink.parallel import in_order
from cxlink.stats import (
    EstimationError,
    a_calibration,
    auc_at_horizon,
    bootstrap_clusters,
    brier_score,
    calibration_curve,
    calibration_line,
    calibration_table,
    observed_over_expected,
    uno_concordance,
)

EPOCH = date(1970, 1, 1)
LEAST_LEAVERS = 20
RATIO_DRAWS = 100
METHOD = "out of time, {months} months from {landmark}; percentile bootstrap of customers, the fit held fixed"
MEASURES = (
    "brier",
    "scaled_brier",
    "auc",
    "observed_over_expected",
    "calibration_slope",
    "ici",
    "concordance",
)


@dataclass(frozen=True, slots=True)
class _Followed:
    """Predictions from a landmark, and what came of them; horizon in days."""

    months: int
    landmark: date
    horizon: float
    risk: np.ndarray
    hazard: np.ndarray
    outcomes: Outcomes

    @property
    def stop(self) -> np.ndarray:
        """Days followed; who is still there on the last day is so beyond it."""
        outcomes = self.outcomes
        last = (outcomes.cause == 0) & (outcomes.days >= self.horizon)
        followed: np.ndarray = outcomes.days + 0.5 * last
        return followed


def validate_churn(
    linked: Linked,
    *,
    exposure_days: int,
    n_replicates: int,
    rng: np.random.Generator,
    longest_only: bool = False,
    threads: int = 1,
) -> tuple[Validation, ...]:
    """Score the customers of earlier days by what was known then, and compare.

    Parameters
    ----------
    linked : Linked
        Timelines whose churn is not refused.
    exposure_days : int
        How long an incident counts.
    n_replicates : int
        Bootstrap draws behind each interval.
    rng : Generator
        The source of chance.
    longest_only : bool, default False
        Whether the longest horizon that can be judged is enough.
    threads : int, default 1
        How many may work at once; the result does not depend on it.

    Returns
    -------
    tuple of Validation
        For 3, 6 and 12 months, as far back as the exports reach. Attributes are those exported: where they changed
        since, the predictions look better than they were.
    """
    found: list[Validation] = []
    for months in reversed(HORIZONS):
        found.insert(0, _validate(linked, months, exposure_days, n_replicates, rng, threads))
        if longest_only and isinstance(found[0].measures["auc"], Estimate):
            return (found[0],)
    return tuple(found)


def _validate(
    linked: Linked,
    months: int,
    exposure_days: int,
    n_replicates: int,
    rng: np.random.Generator,
    threads: int,
) -> Validation:
    horizon = round(months * MONTH_DAYS)
    day = linked.to_day - horizon
    if day <= linked.from_day:
        return _unknown(months, day, 0, 0, NotEstimable("the exports do not reach back so far", "older data"))
    known = cut_at(linked, day)
    outcomes = outcomes_after(linked, known)
    leavers = int(((outcomes.cause == 1) & (outcomes.days <= horizon)).sum())
    main = fit_main(known, exposure_days=exposure_days)
    if isinstance(main, Refused):
        return _unknown(months, day, len(outcomes.customer), leavers, main.reason)
    if leavers < LEAST_LEAVERS:
        refusal = NotEstimable(f"{leavers} customers left within it, needs {LEAST_LEAVERS}", "more customers")
        return _unknown(months, day, len(outcomes.customer), leavers, refusal)
    weights = rng.standard_exponential((min(n_replicates, RATIO_DRAWS), len(linked.customers)))
    weights /= weights.mean(axis=1, keepdims=True)
    customers, influence = main.fitted.influence
    draws = main.fitted.design.spread(main.fitted.fit.beta + (weights[:, customers] - 1.0) @ influence)
    model = build_hazards(known, main, draws, weights, threads=threads)
    prospects = gather_prospects(known, main, exposure_days, weights)
    followed = _Followed(
        months,
        EPOCH + timedelta(days=day),
        float(horizon),
        risk_of_leaving(prospects, model, (months,))[:, 0],
        cumulative_hazard(prospects, model, outcomes.days.astype(float)),
        outcomes,
    )
    measures = _measure(followed, n_replicates, rng, threads)
    measures["observed_over_expected"] = _ratio(followed, prospects, model, weights)
    ordered = {name: measures[name] for name in MEASURES}
    return Validation(
        months=months,
        landmark=followed.landmark,
        customers=len(outcomes.customer),
        leavers=leavers,
        measures=ordered,
        a_calibration=_a_calibration(followed),
        groups=_group(followed),
    )


def _measure(followed: _Followed, n_replicates: int, rng: np.random.Generator, threads: int) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for names, units, statistic in _statistics(followed):
        found |= _interval(followed, names, units, statistic, n_replicates, rng, threads)
    return found


def _statistics(
    followed: _Followed,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Callable[[np.ndarray], np.ndarray]]]:
    risk, stop, cause, horizon = followed.risk, followed.stop, followed.outcomes.cause, followed.horizon

    def brier(weights: np.ndarray) -> np.ndarray:
        score = brier_score(risk, stop, cause, horizon, weights)
        return np.array([score.score, score.scaled])

    def auc(weights: np.ndarray) -> np.ndarray:
        return np.array([auc_at_horizon(risk, stop, cause, horizon, weights)])

    def slope(weights: np.ndarray) -> np.ndarray:
        return np.array([calibration_line(risk, stop, cause, horizon, weights).slope])

    def ici(weights: np.ndarray) -> np.ndarray:
        return np.array([calibration_curve(risk, stop, cause, horizon, weights).ici])

    def concordance(weights: np.ndarray) -> np.ndarray:
        return np.array([uno_concordance(risk, stop, cause, horizon, weights)])

    yield ("brier", "scaled_brier"), ("squared error", "share"), brier
    yield ("auc",), ("probability",), auc
    yield ("calibration_slope",), ("slope",), slope
    yield ("ici",), ("probability",), ici
    yield ("concordance",), ("probability",), concordance


def _interval(
    followed: _Followed,
    names: tuple[str, ...],
    units: tuple[str, ...],
    statistic: Callable[[np.ndarray], np.ndarray],
    n_replicates: int,
    rng: np.random.Generator,
    threads: int,
) -> Mapping[str, Answer]:
    customers, n = followed.outcomes.customer, len(followed.risk)
    try:
        drawn = bootstrap_clusters(
            statistic,
            customers,
            rng,
            n_replicates=n_replicates,
            level=LEVEL,
            over=lambda work, slices: in_order(work, slices, threads + 1),
        )
    except EstimationError as error:
        return dict.fromkeys(names, NotEstimable(error.reason, "more customers who left"))
    events = int((followed.outcomes.cause == 1).sum())
    method = METHOD.format(months=followed.months, landmark=followed.landmark)
    return {
        name: Estimate(
            float(drawn.point[k]),
            float(min(drawn.low[k], drawn.point[k])),
            float(max(drawn.high[k], drawn.point[k])),
            LEVEL,
            unit,
            n,
            events,
            method,
        )
        for k, (name, unit) in enumerate(zip(names, units, strict=True))
    }


def _ratio(followed: _Followed, prospects: Prospects, model: HazardModel, weights: np.ndarray) -> Answer:
    """Observed over expected; each draw weighs the customers of the fit and of the follow-up alike."""
    stop, cause, horizon = followed.stop, followed.outcomes.cause, followed.horizon
    try:
        point = observed_over_expected(followed.risk, stop, cause, horizon).ratio
        drawn = []
        for number, draw in enumerate(weights):
            drawn_prospects = prospects_of(prospects, number)
            risk = risk_of_leaving(drawn_prospects, draw_of(model, number), (followed.months,))[:, 0]
            own = draw[followed.outcomes.customer]
            drawn.append(observed_over_expected(risk, stop, cause, horizon, own).ratio)
    except EstimationError as error:
        return NotEstimable(error.reason, "more customers who left")
    # draws are skewed and few: the interval is normal on the log scale
    half = Z * float(np.log(drawn).std(ddof=1))
    events = int((cause == 1).sum())
    method = f"out of time, {followed.months} months from {followed.landmark}; fit and follow-up drawn together"
    return Estimate(
        point,
        float(point * np.exp(-half)),
        float(point * np.exp(half)),
        LEVEL,
        "ratio",
        len(followed.risk),
        events,
        method,
    )


def _a_calibration(followed: _Followed) -> TestResult | NotEstimable:
    left = (followed.outcomes.cause == 1) & (followed.outcomes.days <= followed.horizon)
    try:
        test = a_calibration(followed.hazard, left)
    except EstimationError as error:
        return NotEstimable(error.reason, "more customers who left")
    return TestResult(test.statistic, test.degrees_of_freedom, test.p_value)


def _group(followed: _Followed) -> tuple[RiskGroup, ...]:
    try:
        table = calibration_table(followed.risk, followed.stop, followed.outcomes.cause, followed.horizon)
    except EstimationError:
        return ()
    columns = (table.n_rows, table.predicted, table.observed, table.std_error)
    return tuple(RiskGroup(int(n), float(p), float(o), float(e)) for n, p, o, e in zip(*columns, strict=True))


def _unknown(months: int, day: int, customers: int, leavers: int, refusal: NotEstimable) -> Validation:
    landmark = EPOCH + timedelta(days=day)
    return Validation(months, landmark, customers, leavers, dict.fromkeys(MEASURES, refusal), refusal, ())
