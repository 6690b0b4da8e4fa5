"""Kaplan-Meier and Aalen-Johansen: identities, refusals, and the delta-method variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, aalen_johansen, kaplan_meier

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)


def simulate(seed: int, n: int = 120) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    start = np.floor(rng.uniform(0, 10, n))
    return {"start": start, "stop": start + np.ceil(rng.exponential(8, n)), "cause": rng.integers(0, 3, n)}


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_causes_and_survival_add_up_to_one(seed: int) -> None:
    rows = simulate(seed)
    curve = kaplan_meier(rows["stop"], rows["cause"] > 0, rows["start"])
    result = aalen_johansen(**rows, times=curve.time)
    np.testing.assert_allclose(result.incidence.sum(axis=1) + curve.survival, 1.0)
    np.testing.assert_array_equal(result.n_at_risk, curve.n_at_risk)
    assert np.all(np.diff(result.incidence, axis=0) >= -1e-15)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_one_cause_without_entry_has_greenwoods_error(seed: int) -> None:
    rows = simulate(seed)
    died = rows["cause"] > 0
    curve = kaplan_meier(rows["stop"], died)
    result = aalen_johansen(stop=rows["stop"], cause=died, times=curve.time)
    np.testing.assert_allclose(result.std_error[:, 0], curve.std_error, rtol=1e-8, atol=1e-10)


def delta_variance(stop: Floats, cause: Floats, times: Floats, which: int) -> Floats:
    """The textbook double sum with multinomial increments, event by event."""
    cells = np.unique(stop[cause > 0])
    at_risk = np.array([np.sum(stop >= t) for t in cells], dtype=float)
    hazard = np.array([np.sum((stop == t) & (cause > 0)) for t in cells]) / at_risk
    mine = np.array([np.sum((stop == t) & (cause == which)) for t in cells]) / at_risk
    before = np.concatenate(([1.0], np.cumprod(1 - hazard)[:-1]))
    risen = np.cumsum(before * mine)
    result = []
    for t in times:
        total = 0.0
        for u in np.flatnonzero(cells <= t):
            later = risen[cells <= t][-1] - risen[u]
            through = later / (1 - hazard[u]) if hazard[u] < 1 else 0.0
            own, other = before[u] - through, -through
            n_other = hazard[u] - mine[u]
            mean = own * mine[u] + other * n_other
            total += (own**2 * mine[u] + other**2 * n_other - mean**2) / at_risk[u]
        result.append(total)
    return np.sqrt(result)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_without_entry_the_error_is_the_delta_method(seed: int) -> None:
    rows = simulate(seed, 60)
    stop, cause = rows["stop"], rows["cause"].astype(float)
    times = np.array([1.0, 4.0, 9.0, 20.0, 60.0])
    result = aalen_johansen(stop=stop, cause=cause, times=times)
    for k, which in enumerate(result.causes):
        expected = delta_variance(stop, cause, times, int(which))
        np.testing.assert_allclose(result.std_error[:, k], expected, rtol=1e-8, atol=1e-10)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_splitting_rows_and_their_order_change_nothing(seed: int) -> None:
    rows = {**simulate(seed), "cluster": np.arange(120)}
    times = np.arange(0.0, 40.0, 3.0)
    one = aalen_johansen(**rows, times=times)
    cut = rows["start"] + 2
    split = cut < rows["stop"]
    early = {name: values[split] for name, values in rows.items()}
    early["stop"], early["cause"] = cut[split], np.zeros(split.sum())
    late = {**rows, "start": np.where(split, cut, rows["start"])}
    order = np.random.default_rng(seed).permutation(120 + split.sum())
    both = {name: np.concatenate((early[name], late[name]))[order] for name in rows}
    other = aalen_johansen(**both, times=times)
    np.testing.assert_allclose(other.incidence, one.incidence, atol=1e-12)
    np.testing.assert_allclose(other.std_error, one.std_error, atol=1e-10)


def test_everyone_at_risk_leaves_early() -> None:
    result = aalen_johansen(stop=[2, 9, 12], cause=[1, 2, 1], times=[1, 2, 9, 99], start=[0, 5, 6])
    np.testing.assert_allclose(result.incidence, [[0, 0], [1, 0], [1, 0], [1, 0]])
    np.testing.assert_allclose(result.std_error, 0.0, atol=1e-12)
    assert result.causes.tolist() == [1, 2]
    with pytest.raises(EstimationError, match="nobody is left"):
        kaplan_meier([2, 9, 12], [1, 1, 1], [0, 5, 6])


def test_entry_at_anothers_event_is_not_yet_at_risk() -> None:
    curve = kaplan_meier([5, 5, 9, 9], [1, 0, 1, 0], [0, 0, 5, 5])
    np.testing.assert_allclose(curve.survival, [0.5, 0.25])
    assert curve.n_at_risk.tolist() == [2, 2]
    np.testing.assert_allclose(curve.survival_at([0, 4.9, 5, 8, 9, 50]), [1, 1, 0.5, 0.5, 0.25, 0.25])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cause": np.zeros(120)}, "no events"),
        ({"cause": np.full(120, 0.5)}, "whole number"),
        ({"cause": np.full(120, -1)}, "whole number"),
        ({"start": np.full(120, 1e9)}, "start is not before stop"),
        ({"stop": np.full(120, np.nan)}, "stop is missing"),
        ({"stop": 3.0}, "stop has shape"),
        ({"times": [np.nan]}, "times is missing"),
        ({"weights": np.zeros(120)}, "no events"),
    ],
)
def test_aalen_johansen_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        aalen_johansen(**{"times": [3.0], **simulate(1), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.zeros(120)}, "no events"),
        ({"event": np.full(120, 3)}, "0 or 1"),
        ({"start": np.full(120, 1e9)}, "start is not before stop"),
        ({"stop": np.zeros((3, 3))}, "stop has shape"),
        ({"level": 1.0}, "level"),
        ({"weights": np.full(120, np.nan)}, "weights is missing"),
    ],
)
def test_kaplan_meier_refuses(change: dict[str, Any], message: str) -> None:
    rows = simulate(1)
    arguments = {"stop": rows["stop"], "start": rows["start"], "event": rows["cause"] > 0}
    with pytest.raises(EstimationError, match=message):
        kaplan_meier(**{**arguments, **change})


def test_weights_count_as_rows() -> None:
    rows = simulate(4)
    weights = np.random.default_rng(4).integers(0, 3, 120)
    one = kaplan_meier(rows["stop"], rows["cause"] > 0, rows["start"], weights)
    many = kaplan_meier(*(np.repeat(v, weights) for v in (rows["stop"], rows["cause"] > 0, rows["start"])))
    np.testing.assert_array_equal(one.time, many.time)
    for name in ("survival", "std_error", "low", "high", "n_at_risk", "n_events"):
        np.testing.assert_allclose(getattr(one, name), getattr(many, name), rtol=1e-10)
