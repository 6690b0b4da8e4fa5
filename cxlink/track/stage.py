"""The stage: each change that was made, what it did, and what had been told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Exposed, Forecast, Linked, Message, TrackedChange, TrackedOutcome, Tracking
from cxlink.settings import ChangeSettings, Settings
from cxlink.track.forecasts import check_forecast, latest_forecast, sum_up
from cxlink.track.outcomes import SURE, Reached, track_incidents, track_leaving, track_revenue, track_score
from cxlink.track.panel import ChangePanel, build_panel

MIN_MONTHS = 3
MIN_GROUPS = 30
MIN_GROUPS_A_SIDE = 5
KPI_UNITS = {"nps": "NPS points", "csat": "CSAT points", "ces": "CES points"}


def track_changes(
    linked: Linked, settings: Settings, *, kpi: str, forecasts: tuple[Forecast, ...]
) -> Tracking | NotEstimable:
    """Judge the changes that were made.

    Parameters
    ----------
    linked : Linked
        Timelines, and whom each change reached.
    settings : Settings
        The changes, and the currency.
    kpi : str
        Of the run: ``nps``, ``csat`` or ``ces``.
    forecasts : tuple of Forecast
        As told in earlier runs.

    Returns
    -------
    Tracking or NotEstimable
        Refused where no change has a start.
    """
    made = [(place, change) for place, change in enumerate(settings.changes) if change.started_on is not None]
    if not made:
        return NotEstimable("no change under [[changes]] has a started_on", "started_on of a change that was made")
    if linked.churn_refusal is not None:
        return linked.churn_refusal
    tracked = tuple(
        _track(linked, change, linked.exposed[place] if linked.exposed else None, settings, kpi, forecasts)
        for place, change in made
    )
    return Tracking(tracked, sum_up(tracked), tuple(message for one in tracked for message in _messages(one)))


def _track(
    linked: Linked,
    change: ChangeSettings,
    exposed: Exposed | None,
    settings: Settings,
    kpi: str,
    forecasts: tuple[Forecast, ...],
) -> TrackedChange:
    if change.started_on is None:
        raise ValueError("only a change that was made is tracked")
    flag = np.ones(len(linked.customers), dtype=np.int8) if exposed is None else exposed.flag
    panel = build_panel(linked, change.started_on, flag >= 0, ramp_months=change.ramp_months)
    own = flag[panel.customer] == 1
    told = latest_forecast(forecasts, change.name, change.started_on)
    groups = _count_groups(panel, exposed)
    base = TrackedChange(
        name=change.name,
        component=change.component,
        cause=change.cause,
        started_on=change.started_on,
        exposed=change.exposed,
        customers=int(own.sum()),
        others=int((~own).sum()),
        groups=groups,
        months_before=panel.n_before,
        months_after=panel.n_after,
        ramp_months=change.ramp_months,
        outcomes=(),
        forecast_as_of=None if told is None else told.as_of,
        checks=(),
        refusal=_refusal(linked, change, panel, own),
    )
    if base.refusal is not None:
        return replace(base, checks=check_forecast(told, (), base.refusal))
    forbidden = _forbidden(panel, exposed, own, groups)
    one_by_one = exposed is None or exposed.by_customer or forbidden is not None
    cluster = panel.customer if exposed is None or one_by_one else exposed.group[panel.customer]
    reached = Reached(own, cluster, "customer" if one_by_one else "group of customers", forbidden)
    outcomes: tuple[TrackedOutcome, ...] = (
        track_incidents(linked, panel, reached, (change.component, change.cause)),
        track_leaving(panel, reached),
        track_revenue(linked, panel, reached, settings.project.currency),
        track_score(linked, panel, reached, kpi, KPI_UNITS[kpi]),
    )
    checks = check_forecast(told, outcomes, None)
    return replace(base, outcomes=outcomes, checks=checks, refusal=forbidden)


def _refusal(linked: Linked, change: ChangeSettings, panel: ChangePanel, own: np.ndarray) -> NotEstimable | None:
    if change.component not in linked.components:
        there = ", ".join(linked.components) or "none"
        return NotEstimable("no incident of its component is known", f"one of the components there: {there}")
    for n, side in ((panel.n_before, "before"), (panel.n_after, "after")):
        if n < MIN_MONTHS:
            later = "later months" if side == "after" else "exports that reach further back"
            what = "it worked in full" if side == "after" and change.ramp_months else "its start"
            return NotEstimable(f"{n} whole months {side} {what} are observed, needs {MIN_MONTHS}", later)
    if not own.any():
        return NotEstimable("nobody meets the condition", "a condition that those meet who were reached")
    return None


def _forbidden(panel: ChangePanel, exposed: Exposed | None, own: np.ndarray, groups: int) -> NotEstimable | None:
    """Why a difference in differences would be no effect, however many customers there are."""
    if exposed is None or own.all():
        return NotEstimable(
            "everybody was reached at once: what the change did cannot be told from what else these months brought",
            "customers who were not reached, or reached later",
        )
    sides = [len(np.unique(exposed.group[panel.customer[side]])) for side in (own, ~own)]
    if not exposed.by_customer and (groups < MIN_GROUPS or min(sides) < MIN_GROUPS_A_SIDE):
        return NotEstimable(
            f"customers were reached together by {', '.join(exposed.columns)}, {sides[0]} of {groups} groups: what else"
            " happened to a group cannot be told from the change",
            f"{MIN_GROUPS} groups, {MIN_GROUPS_A_SIDE} of them on each side, or customers reached one by one",
        )
    return None


def _count_groups(panel: ChangePanel, exposed: Exposed | None) -> int:
    if exposed is None or exposed.by_customer:
        return len(panel.customer)
    return len(np.unique(exposed.group[panel.customer]))


def _messages(one: TrackedChange) -> Iterator[Message]:
    if one.refusal is not None:
        few = one.outcomes and one.exposed is not None
        yield Message(
            "CX593" if few else "CX592",
            "warning",
            "track",
            f"{one.name}: no effect can be told: {one.refusal.reason}.",
            f"Needs {one.refusal.needs}.",
        )
    apart = [outcome.name for outcome in one.outcomes if outcome.trend is not None and outcome.trend < SURE]
    if apart and one.refusal is None:
        yield Message(
            "CX594",
            "warning",
            "track",
            f"{one.name}: those reached and the others went apart before it already ({', '.join(apart)}).",
            "Read what followed as a description, not as an effect.",
        )
    if one.forecast_as_of is None:
        yield Message(
            "CX595",
            "info",
            "track",
            f"{one.name}: no forecast had been told before it began.",
            "Name changes under [[changes]] before they are made, and commit .cxlink/forecasts.json.",
        )
