"""What this run tells of planned changes, as forecasts to be held against what comes."""

from __future__ import annotations

from datetime import date

from cxlink.estimate import Answer, Estimate
from cxlink.handoff import Asked, Changes, Forecast, ForecastFigure


def forecasts_of(
    changes: Changes, *, as_of: date, seed: int, version: str, horizon_months: int
) -> tuple[Forecast, ...]:
    """Turn what planned changes would bring into forecasts.

    Parameters
    ----------
    changes : Changes
        Of the run; those that began before the cut-off are not among them.
    as_of : date
        Cut-off.
    seed : int
        Of the run.
    version : str
        Of cxlink.
    horizon_months : int
        How far it looks.

    Returns
    -------
    tuple of Forecast
        One a change; figures that cannot be told are None.
    """
    return tuple(
        Forecast(
            change=effect.asked.name,
            as_of=as_of,
            seed=seed,
            version=version,
            horizon_months=horizon_months,
            reduction=_reduction(effect.asked),
            experience=_figure(effect.experience),
            customers_kept=_figure(effect.customers_kept),
            revenue_kept=_figure(effect.revenue_kept),
            npv=_figure(effect.npv),
        )
        for effect in changes.effects
    )


def _reduction(asked: Asked) -> ForecastFigure | None:
    """Share of the component's incidents among those reached, which is what is measured later on."""
    if asked.cause or asked.kind == "recovery":
        return None
    return ForecastFigure(asked.likely, asked.low, asked.high)


def _figure(answer: Answer) -> ForecastFigure | None:
    return ForecastFigure(answer.point, answer.low, answer.high) if isinstance(answer, Estimate) else None
