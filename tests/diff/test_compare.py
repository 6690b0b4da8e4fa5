"""Two runs beside one another: what differs, why it may, and whether chance explains it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxlink.diff import compare_runs, keep_run, latest_before, read_kept, take_snapshot
from cxlink.diff.compare import bound_difference


def estimate(point: float, half: float) -> dict[str, Any]:
    return {"point": point, "low": point - half, "high": point + half, "level": 0.95, "unit": "EUR"}


def run(to: str, *, point: float = 10.0, october: int = 500, kpi: str = "nps") -> dict[str, Any]:
    months = [
        {"table": "revenue", "month": month, "rows": 5, "minor_units": {"EUR": cents}}
        for month, cents in (("2025-10", october), ("2025-11", 700), ("2025-12", 900))
        if month <= to[:7]
    ]
    results = {
        "project": "Acme",
        "currency": "EUR",
        "observed": {"from": "2025-01-01", "to": to},
        "months": months,
        "components": [{"component": "late delivery", "net_benefit": estimate(point, 1.0)}],
    }
    manifest = {"version": "1", "settings": {"model.draws": 200, "model.kpi": kpi}, "inputs": []}
    return take_snapshot(results, manifest)


def test_nothing_but_new_days_is_a_real_move() -> None:
    found = compare_runs(run("2025-11-30"), run("2025-12-31", point=20.0))
    (number,) = found.numbers
    assert found.real
    assert number.name == 'components["late delivery"].net_benefit'
    assert number.beyond_chance
    assert number.difference == 10.0


def test_within_the_interval_is_not_beyond_chance() -> None:
    found = compare_runs(run("2025-11-30"), run("2025-12-31", point=11.0))
    assert found.numbers[0].beyond_chance is False


def test_a_restated_cent_is_told_and_no_move_is_real() -> None:
    found = compare_runs(run("2025-11-30"), run("2025-12-31", october=501, point=20.0))
    assert found.restated is not None
    assert [(one.month, one.what, one.earlier, one.now) for one in found.restated] == [("2025-10", "EUR", 500, 501)]
    assert not found.real


def test_a_month_that_the_earlier_run_saw_in_part_is_not_compared() -> None:
    earlier = run("2025-11-15")
    earlier["months"][-1]["minor_units"]["EUR"] = 300
    assert compare_runs(earlier, run("2025-12-31")).restated == ()


def test_settings_are_told_with_both_values() -> None:
    found = compare_runs(run("2025-11-30"), run("2025-11-30", kpi="csat"))
    assert [(one.what, one.key, one.earlier, one.now) for one in found.changed] == [
        ("setting", "model.kpi", "nps", "csat")
    ]


def test_older_results_are_compared_as_far_as_they_go() -> None:
    older = take_snapshot(
        {"project": "Acme", "currency": "EUR", "observed": {"from": "2025-01-01", "to": "2025-11-30"}}, {}
    )
    found = compare_runs(older, run("2025-12-31"))
    assert found.restated is None
    assert found.lacking == ("months", "settings")
    assert found.numbers[0].remark == "not in the earlier run"
    assert not found.real


def test_a_refusal_is_no_number() -> None:
    now = run("2025-12-31")
    now["numbers"] = {name: {"not_estimable": "too few"} for name in now["numbers"]}
    (number,) = compare_runs(run("2025-11-30"), now).numbers
    assert number.difference is None
    assert number.beyond_chance is None
    assert number.remark == "not estimable now"


def test_bounds_hold_a_difference_of_independent_estimates() -> None:
    # both estimate the same: their difference lies beyond the bounds in 5% of draws, Monte-Carlo error 0.3%
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 1, 5000), rng.normal(0, 2, 5000)
    outside = 0
    for a, b in zip(first, second, strict=True):
        low, high = bound_difference(estimate(a, 1.959964), estimate(b, 2 * 1.959964))
        outside += low > 0 or high < 0
    assert outside / 5000 == pytest.approx(0.05, abs=4 * 0.0031)


def test_the_last_two_cut_offs_are_kept_and_a_rerun_meets_the_same_run(tmp_path: Path) -> None:
    for to in ("2025-10-31", "2025-11-30", "2025-12-31", "2025-12-31"):
        keep_run(tmp_path, run(to))
    assert [one["to"] for one in read_kept(tmp_path)] == ["2025-11-30", "2025-12-31"]
    earlier, _ = latest_before(tmp_path, run("2025-12-31"))
    assert earlier is not None
    assert earlier["to"] == "2025-11-30"


def test_what_is_kept_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        keep_run(tmp_path / name, run("2025-12-31"))
    one, two = ((tmp_path / name / "runs" / "2025-12-31.json.gz").read_bytes() for name in ("a", "b"))
    assert one == two


def test_a_damaged_record_or_another_project_is_no_earlier_run(tmp_path: Path) -> None:
    keep_run(tmp_path, run("2025-11-30"))
    other = run("2025-12-31") | {"project": "Other"}
    assert latest_before(tmp_path, other) == (None, "there is no earlier run to compare with")
    (tmp_path / "runs" / "2025-11-30.json.gz").write_bytes(b"no gzip")
    assert latest_before(tmp_path, run("2025-12-31"))[0] is None
