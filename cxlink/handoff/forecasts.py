"""What a change was forecast to do, as it was told then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ForecastFigure:
    """A figure with its interval; all finite, low to high."""

    point: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of one change on one day.

    Parameters
    ----------
    change : str
        Name under ``[[changes]]``.
    as_of : date
        Cut-off of the run that told it.
    seed : int
        Of that run.
    version : str
        Of cxlink.
    horizon_months : int
        How far it looks.
    reduction : ForecastFigure or None
        Share of the component's incidents that it was to take away; negative: more of them.
    experience : ForecastFigure or None
        Points of the KPI.
    customers_kept : ForecastFigure or None
        Over the horizon, of the customers active on the day.
    revenue_kept, npv : ForecastFigure or None
        Likewise, in the project's currency.
    """

    change: str
    as_of: date
    seed: int
    version: str
    horizon_months: int
    reduction: ForecastFigure | None = None
    experience: ForecastFigure | None = None
    customers_kept: ForecastFigure | None = None
    revenue_kept: ForecastFigure | None = None
    npv: ForecastFigure | None = None
