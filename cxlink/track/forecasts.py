"""Forecasts told before a change, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Forecast, ForecastCheck, ForecastFigure, TrackedChange, TrackedOutcome, TrackRecord

UNCLEAR = NotEstimable("those reached and the others went apart before the change already", "a fairer comparison")


def latest_forecast(forecasts: Sequence[Forecast], change: str, started_on: date) -> Forecast | None:
    """Find what was told last before a change began.

    Parameters
    ----------
    forecasts : sequence of Forecast
        Of all changes.
    change : str
        Its name.
    started_on : date
        Its first day.

    Returns
    -------
    Forecast or None
        What was told with data of the start or later is no forecast.
    """
    told = [one for one in forecasts if one.change == change and one.as_of < started_on]
    return max(told, key=lambda one: one.as_of, default=None)


def check_forecast(
    told: Forecast | None, outcomes: Sequence[TrackedOutcome], refusal: NotEstimable | None
) -> tuple[ForecastCheck, ...]:
    """Set a forecast beside what came.

    Parameters
    ----------
    told : Forecast or None
        Before the change.
    outcomes : sequence of TrackedOutcome
        What came.
    refusal : NotEstimable or None
        Why none is known.

    Returns
    -------
    tuple of ForecastCheck
        Of reduction and experience. Customers, revenue and net value were told of all customers over a whole horizon,
        and are not what a comparison of some customers over some months shows.
    """
    if told is None:
        return ()
    by_name = {one.name: one for one in outcomes}
    found = []
    if told.reduction is not None:
        found.append(_check("reduction", told.reduction, _came(by_name.get("incidents"), refusal)))
    if told.experience is not None:
        found.append(_check("experience", told.experience, _came(by_name.get("score"), refusal)))
    return tuple(found)


def _came(outcome: TrackedOutcome | None, refusal: NotEstimable | None) -> Answer:
    if outcome is None:
        return refusal or NotEstimable("it was not looked at", "a run")
    if outcome.grade == "D" and isinstance(outcome.effect, Estimate):
        return UNCLEAR
    return outcome.effect


def _check(name: Literal["reduction", "experience"], told: ForecastFigure, came: Answer) -> ForecastCheck:
    if isinstance(came, NotEstimable):
        return ForecastCheck(name, told, came, None, None, None)
    ratio = None if told.point == 0 else came.point / told.point
    apart = came.high < told.low or came.low > told.high
    return ForecastCheck(name, told, came, told.low <= came.point <= told.high, apart, ratio)


def sum_up(changes: Sequence[TrackedChange]) -> TrackRecord:
    """Count how often forecasts held.

    Parameters
    ----------
    changes : sequence of TrackedChange
        With their checks.

    Returns
    -------
    TrackRecord
        Over all figures of which something came.
    """
    known = [check for one in changes for check in one.checks if check.held is not None]
    ratios = [check.ratio for check in known if check.ratio is not None]
    mean = sum(ratios) / len(ratios) if ratios else None
    held, apart = sum(bool(check.held) for check in known), sum(bool(check.contradicted) for check in known)
    return TrackRecord(len(known), held, apart, mean)
