"""What recent gaps to a promise do to leaving, beside the incidents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.churn.design import METHOD, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import Window
from cxlink.churn.fit import MainFit
from cxlink.churn.gates import MIN_CLUSTERS, MIN_EXPOSED_EVENTS, check_size
from cxlink.churn.periods import PERIOD_STARTS
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import GapRatios, Linked
from cxlink.stats import CoxError

MOST_TOUCHPOINTS = 250_000
"""Each cuts a spell twice; where there are more, the model is fitted to every second, third... customer."""

JOINT = f"{METHOD}; mean of recent gaps, jointly with incidents, not corrected by labels"
UNNAMED = NotEstimable("the values name no measure, and may be of several", "events.measure")
COLUMNS = 3
"""Of a measure: late, early, and whether there was a touchpoint at all."""

_SPAN = 10_000_000


@dataclass(frozen=True, slots=True)
class RecentGaps:
    """Mean gaps of the touchpoints before each row, of one measure.

    Parameters
    ----------
    late, early : ndarray
        (n_rows,) units beyond the promise and before it, on average; 0 without a touchpoint.
    touched : ndarray
        (n_rows,) bool: there was a touchpoint.
    """

    late: np.ndarray
    early: np.ndarray
    touched: np.ndarray


def fit_gap_ratios(linked: Linked, main: MainFit, exposure_days: int) -> tuple[GapRatios, ...]:
    """Join the churn model with the recent gaps of every measure.

    Parameters
    ----------
    linked : Linked
        Timelines with promises.
    main : MainFit
        The main model: its windows and the columns that could be fitted.
    exposure_days : int
        How long a touchpoint counts, from the day after.

    Returns
    -------
    tuple of GapRatios
        One a component and measure that the export names.
    """
    promises = linked.promises
    if promises is None or promises.empty:
        return ()
    pairs = [pair for pair in list_pairs(promises) if pair[1]]
    if not pairs:
        return ()
    step = -(-len(promises) // MOST_TOUCHPOINTS)
    rows = _cut_rows(linked, main, promises, pairs, exposure_days, step)
    gaps = [_recent(linked, rows, _of_pair(promises, pair), exposure_days) for pair in pairs]
    return _fit(linked, main, rows, pairs, gaps, JOINT if step == 1 else f"{JOINT}; one customer in {step}")


def list_pairs(promises: pd.DataFrame) -> list[tuple[str, str]]:
    """Components and measures, in order.

    Parameters
    ----------
    promises : DataFrame
        As :class:`cxlink.handoff.Linked` describes.

    Returns
    -------
    list of (str, str)
        Component and measure.
    """
    return sorted(set(zip(promises["component"], promises["measure"], strict=True)))


def _of_pair(promises: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    return promises.loc[(promises["component"] == pair[0]) & (promises["measure"] == pair[1])]


def _cut_rows(
    linked: Linked,
    main: MainFit,
    promises: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    exposure_days: int,
    step: int,
) -> RiskRows:
    """Rows of the main model, cut as well where a touchpoint begins or ceases to count."""
    # no component of an export can bear such a name
    names = [f"\0{place}" for place in range(len(pairs))]
    touched = [
        _of_pair(promises, pair)[["customer", "promised_day"]]
        .rename(columns={"promised_day": "incident_day"})
        .assign(component=name)
        for pair, name in zip(pairs, names, strict=True)
    ]
    columns = ["customer", "component", "incident_day"]
    incidents = pd.concat([linked.incidents[columns], *(frame[columns] for frame in touched)], ignore_index=True)
    chosen = linked.customers["at_risk"] & (linked.customers["customer"] % step == 0)
    cut = replace(linked, incidents=incidents, customers=linked.customers.assign(at_risk=chosen))
    windows = (*main.windows, *(Window(name, exposure_days) for name in names))
    return build_rows(cut, windows, band_edges=np.union1d(main.edges, PERIOD_STARTS))


def _recent(linked: Linked, rows: RiskRows, promises: pd.DataFrame, exposure_days: int) -> RecentGaps:
    acquired = linked.customers["acquired_day"].to_numpy()[rows.customer]
    return recent_gaps(promises, rows.customer, rows.start + acquired, exposure_days)


def recent_gaps(promises: pd.DataFrame, customer: np.ndarray, day: np.ndarray, window_days: int) -> RecentGaps:
    """Mean gaps of the touchpoints in the days before a day.

    Parameters
    ----------
    promises : DataFrame
        Of one measure, with customer, promised_day and gap.
    customer, day : ndarray
        (n,) whom to look up, and before which day.
    window_days : int
        How many days before count.

    Returns
    -------
    RecentGaps
        Of the days ``day - window_days .. day - 1``.
    """
    keys = promises["customer"].to_numpy() * _SPAN + promises["promised_day"].to_numpy()
    order = np.argsort(keys, kind="stable")
    keys, gap = keys[order], promises["gap"].to_numpy()[order]
    first = np.searchsorted(keys, customer * _SPAN + day - window_days, side="left")
    last = np.searchsorted(keys, customer * _SPAN + day, side="left")
    count = last - first

    def mean(values: np.ndarray) -> np.ndarray:
        so_far = np.concatenate([[0.0], np.cumsum(values)])
        seen = np.concatenate([[0], np.cumsum(values > 0)])
        # what rounding leaves of a sum of none is no gap
        total = np.where(seen[last] > seen[first], so_far[last] - so_far[first], 0.0)
        means: np.ndarray = total / np.maximum(count, 1)
        return means

    return RecentGaps(mean(np.maximum(gap, 0.0)), mean(np.maximum(-gap, 0.0)), count > 0)


def _fit(
    linked: Linked,
    main: MainFit,
    rows: RiskRows,
    pairs: Sequence[tuple[str, str]],
    gaps: Sequence[RecentGaps],
    method: str,
) -> tuple[GapRatios, ...]:
    n_components = len(linked.components)
    columns = [column for one in gaps for column in (one.late, one.early, one.touched.astype(float))]
    refusals = [_refusal(rows, column) for column in columns]
    exposures = np.column_stack([rows.exposed[:, :n_components], *columns])
    kept = np.concatenate([main.fitted.design.kept[:n_components], [refusal is None for refusal in refusals]])
    names = (*linked.components, *(f"gap {place}" for place in range(len(columns))), *linked.covariate_names)
    design = build_design(rows, linked.covariates, exposures, names, kept)
    events = int(rows.voluntary.sum())
    too_many = check_size(events, int(kept.sum()) + len(linked.covariate_names))
    try:
        fitted = None if too_many is not None else fit_design(design, rows)
    except CoxError as error:
        fitted, too_many = (
            None,
            NotEstimable(f"no churn model with gaps: {error.reason}", "a longer observed window"),
        )
    n = len(np.unique(rows.customer))

    def ratio(place: int, column: np.ndarray, refusal: NotEstimable | None) -> Answer:
        if refusal is not None or too_many is not None or fitted is None:
            return refusal or too_many or UNNAMED
        if not fitted.design.kept[place]:
            return NotEstimable("it cannot be told from the other columns of the model", "gaps of other sizes")
        return hazard_ratio(
            fitted.beta[place], fitted.error[place], n, int((rows.voluntary & (column > 0)).sum()), method
        )

    found = []
    for number, (component, measure) in enumerate(pairs):
        at = COLUMNS * number
        incident: Answer = NotEstimable("it has no incidents", "incidents of this component")
        if component in linked.components:
            place = linked.components.index(component)
            incident = ratio(place, rows.exposed[:, place], main.refusals[component])
        late, early = (ratio(n_components + at + k, columns[at + k], refusals[at + k]) for k in range(2))
        found.append(GapRatios(component, measure, late, early, incident))
    return tuple(found)


def _refusal(rows: RiskRows, column: np.ndarray) -> NotEstimable | None:
    met = column > 0
    leavers = int((rows.voluntary & met).sum())
    if leavers < MIN_EXPOSED_EVENTS:
        return NotEstimable(f"{leavers} leavers with such a touchpoint, needs {MIN_EXPOSED_EVENTS}", "a longer window")
    customers = len(np.unique(rows.customer[met]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers with such a touchpoint, needs {MIN_CLUSTERS}", "more customers")
    if np.ptp(column) == 0:
        return NotEstimable("it is the same on every day at risk", "gaps of other sizes")
    return None
