"""What a run tells of planned changes goes into the record as it was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Asked, ChangeEffect, Changes, Forecast, ForecastFigure
from cxlink.track import forecasts_of, read_forecasts, record_forecast

UNTOLD = NotEstimable("no gross margin is given", "[finance] gross_margin")
ASKED = Asked("courier", "delivery", "", "fewer", 0.2, 0.3, 0.4, 1500.0, 0.0, 0.0, 0.0, 3, 1.0, "", 0.0, 0.0)


def figure(point: float) -> Estimate:
    return Estimate(point, point - 1, point + 2, 0.95, "EUR", 10, 5, "as drawn")


def told(asked: Asked) -> Forecast:
    effect = ChangeEffect(
        asked, figure(9), figure(0.5), figure(5), figure(100), UNTOLD, figure(7), npv=UNTOLD, payoff=UNTOLD
    )
    (found,) = forecasts_of(Changes((effect,)), as_of=date(2025, 12, 31), seed=4, version="0", horizon_months=12)
    return found


def test_figures_go_over_as_told_and_what_cannot_be_told_stays_out(tmp_path: Path) -> None:
    found = told(ASKED)
    assert found.reduction == ForecastFigure(0.3, 0.2, 0.4)
    assert found.customers_kept == ForecastFigure(5, 4, 7)
    assert found.npv is None
    record_forecast(tmp_path / "forecasts.json", [found])
    assert read_forecasts(tmp_path / "forecasts.json") == (found,)


def test_a_share_of_another_whole_is_not_compared_with_incidents() -> None:
    assert told(replace(ASKED, cause="late")).reduction is None
    assert told(replace(ASKED, kind="recovery")).reduction is None
