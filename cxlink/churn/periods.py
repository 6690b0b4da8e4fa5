"""Whether a component's hazard ratio is one number, or another one for new customers than for old ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import chdtrc

from cxlink.churn.design import Design, Fitted, fit_design, hazard_ratio
from cxlink.churn.gates import MIN_EXPOSED_EVENTS
from cxlink.churn.rows import RiskRows
from cxlink.handoff import PeriodRatio, PeriodRatios

PERIOD_STARTS = (0, 90, 365)
LABELS = ("first 3 months", "months 4 to 12", "after the first year")
MEMBERS = {
    **{label: (place,) for place, label in enumerate(LABELS)},
    "first year": (0, 1),
    "time after the first 3 months": (1, 2),
}
"""Which of the periods a label stands for."""
_LABEL_OF = {members: label for label, members in MEMBERS.items()}


def fit_periods(rows: RiskRows, design: Design, components: tuple[str, ...]) -> tuple[PeriodRatios, ...]:
    """Fit the model again with each component's exposure split by tenure.

    Parameters
    ----------
    rows : RiskRows
        The rows at risk, cut at `PERIOD_STARTS`.
    design : Design
        The main model's, whose first columns are the components'.
    components : tuple of str
        Their names.

    Returns
    -------
    tuple of PeriodRatios
        Of components whose leavers are known in two periods or more; periods with fewer than ten exposed leavers are
        put together with the one after, the last one with the one before.

    Raises
    ------
    CoxError
        Where the model cannot be fitted so.
    """
    period = np.searchsorted(PERIOD_STARTS, rows.start, side="right") - 1
    groups = {place: _groups(rows, place, period) for place in range(len(components)) if design.kept[place]}
    split = {place: group for place, group in groups.items() if len(set(group)) > 1}
    if not split:
        return ()
    columns, owners = [], []
    for place, group in split.items():
        for number in sorted(set(group))[1:]:
            columns.append(rows.exposed[:, place] & (np.array(group)[period] == number))
            owners.append((place, number))
    wide = replace(
        design,
        columns=np.column_stack([design.columns, np.array(columns, dtype=float).T]),
        names=(*design.names, *(f"{components[place]} {number}" for place, number in owners)),
        kept=np.concatenate([design.kept, np.ones(len(columns), dtype=bool)]),
    )
    fitted = fit_design(wide, rows)
    found = (_ratios(rows, fitted, place, group, owners, components, period) for place, group in split.items())
    return tuple(ratios for ratios in found if ratios is not None)


def _groups(rows: RiskRows, place: int, period: np.ndarray) -> tuple[int, ...]:
    """Group of each period, so that every group holds enough exposed leavers."""
    events = np.bincount(period[rows.voluntary & rows.exposed[:, place]], minlength=len(PERIOD_STARTS))
    group, current, held = [], 0, 0
    for number, count in enumerate(events):
        group.append(current)
        held += int(count)
        if held >= MIN_EXPOSED_EVENTS and number < len(events) - 1:
            current, held = current + 1, 0
    if held < MIN_EXPOSED_EVENTS and current > 0:
        group = [min(number, current - 1) for number in group]
    return tuple(group)


def _ratios(
    rows: RiskRows,
    fitted: Fitted,
    place: int,
    group: tuple[int, ...],
    owners: list[tuple[int, int]],
    components: tuple[str, ...],
    period: np.ndarray,
) -> PeriodRatios | None:
    first_extra = len(fitted.beta) - len(owners)
    extras = [first_extra + k for k, (owner, _) in enumerate(owners) if owner == place]
    if not fitted.design.kept[[place, *extras]].all():
        return None
    moved, spread = fitted.beta[extras], fitted.covariance[np.ix_(extras, extras)]
    statistic = float(moved @ np.linalg.solve(spread, moved))
    in_group = np.array(group)[period]
    n = len(np.unique(rows.customer))
    found = []
    for number in sorted(set(group)):
        taken = [place] if number == 0 else [place, extras[number - 1]]
        error = float(np.sqrt(fitted.covariance[np.ix_(taken, taken)].sum()))
        events = int((rows.voluntary & rows.exposed[:, place] & (in_group == number)).sum())
        ratio = hazard_ratio(float(fitted.beta[taken].sum()), error, n, events)
        found.append(PeriodRatio(_label(group, number), ratio))
    return PeriodRatios(components[place], tuple(found), statistic, float(chdtrc(len(extras), statistic)))


def _label(group: tuple[int, ...], number: int) -> str:
    return _LABEL_OF[tuple(k for k, own in enumerate(group) if own == number)]
