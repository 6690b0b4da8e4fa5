"""``.cxlink/forecasts.json``: what is recorded is read, and what is damaged is left as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.errors import DataError
from cxlink.handoff import Forecast, ForecastFigure
from cxlink.track import read_forecasts, record_forecast

ONE = Forecast(
    "courier", date(2025, 6, 30), 7, "0.1.0", 12, ForecastFigure(0.3, 0.2, 0.4), npv=ForecastFigure(5, -1, 9)
)
OTHER = replace(ONE, change="billing", seed=8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".cxlink" / "forecasts.json"


def test_what_is_recorded_is_read(path: Path) -> None:
    assert read_forecasts(path) == ()
    record_forecast(path, [ONE])
    record_forecast(path, [OTHER])
    assert read_forecasts(path) == (OTHER, ONE)
    assert [file.name for file in path.parent.iterdir()] == ["forecasts.json"]


def test_the_bytes_do_not_depend_on_the_order(path: Path, tmp_path: Path) -> None:
    record_forecast(path, [ONE, OTHER])
    record_forecast(tmp_path / "other.json", [OTHER])
    record_forecast(tmp_path / "other.json", [ONE])
    assert path.read_bytes() == (tmp_path / "other.json").read_bytes()
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_day_has_one_forecast_of_a_change(path: Path) -> None:
    record_forecast(path, [ONE])
    record_forecast(path, [replace(ONE, seed=9), replace(ONE, as_of=date(2025, 7, 31))])
    assert [(one.as_of.month, one.seed) for one in read_forecasts(path)] == [(6, 9), (7, 7)]


numbers = st.floats(-1e12, 1e12)
figures = st.none() | st.tuples(numbers, numbers, numbers).map(lambda ends: ForecastFigure(ends[0], *sorted(ends[1:])))


@settings(max_examples=40, deadline=None)
@given(name=st.text(min_size=1).filter(lambda text: text.isprintable()), figure=figures, day=st.dates())
def test_any_forecast_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, figure: ForecastFigure | None, day: date
) -> None:
    file = tmp_path_factory.mktemp("any") / "forecasts.json"
    record_forecast(file, [replace(ONE, change=name, as_of=day, revenue_kept=figure)])
    (found,) = read_forecasts(file)
    assert (found.change, found.as_of) == (name, day)
    if figure is None:
        assert found.revenue_kept is None
    else:
        assert found.revenue_kept is not None
        assert found.revenue_kept.point == pytest.approx(figure.point, rel=1e-8)


def broken(change: Any) -> str:
    entry = {
        "as_of": "2025-06-30", "change": "courier", "customers_kept": None, "experience": None, "horizon_months": 12,
        "npv": None, "reduction": {"point": 0.3, "low": 0.2, "high": 0.4}, "revenue_kept": None, "seed": 1,
        "version": "0.1.0",
    }  # fmt: skip
    return json.dumps({"schema": "cxlink.forecasts/1", "forecasts": [entry | change]})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("<<<<<<< HEAD\n{}", "not JSON"),
        ("[]", "schema"),
        ('{"schema": "cxlink.forecasts/2", "forecasts": []}', "schema"),
        ('{"schema": "cxlink.forecasts/1"}', "no list"),
        ('{"schema": "cxlink.forecasts/1", "forecasts": [7]}', "other keys"),
        (broken({"more": 1}), "other keys"),
        (broken({"as_of": "yesterday"}), "must be a day"),
        (broken({"change": 7}), "must be texts"),
        (broken({"seed": 1.5}), "whole numbers"),
        (broken({"npv": {"point": 1, "low": 2, "high": 1}}), "point, low and high"),
        (broken({"npv": {"point": True, "low": 0, "high": 1}}), "point, low and high"),
        (broken({"npv": {"point": 1}}), "point, low and high"),
        (broken({}).replace("0.4", "NaN"), "point, low and high"),
    ],
)
def test_a_damaged_file_is_an_error_and_stays(path: Path, text: str, why: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    for touch in (lambda: read_forecasts(path), lambda: record_forecast(path, [ONE])):
        with pytest.raises(DataError, match=why) as caught:
            touch()
        assert caught.value.code == "CX590"
        assert str(path.parent.parent) not in str(caught.value)
    assert path.read_text(encoding="utf-8") == text


def test_two_forecasts_of_one_day_are_damage(path: Path) -> None:
    record_forecast(path, [ONE])
    document = json.loads(path.read_text(encoding="utf-8"))
    document["forecasts"] *= 2
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match="two forecasts"):
        read_forecasts(path)


def test_what_is_no_interval_is_not_recorded(path: Path) -> None:
    for figure in (ForecastFigure(1.0, 2.0, 0.0), ForecastFigure(float("nan"), 0.0, 1.0)):
        with pytest.raises(ValueError, match="not an interval"):
            record_forecast(path, [replace(ONE, npv=figure)])
    assert not path.exists()
