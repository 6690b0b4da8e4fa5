"""Rows of recurrent orders: against a builder that goes day by day, and planted effects brought back by fit_cox.

ERRORS 4 standard errors: a right estimate fails once in 15,000. SAME 1e-7: two climbs to one maximum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, fit_cox
from cxlink.stats.recurrent import RecurrentRows, build_recurrent_rows

ERRORS = 4.0
SAME = 1e-7
Floats = npt.NDArray[np.float64]


def simulate(seed: int, n: int = 8) -> dict[str, Any]:
    """Windows, orders and cut points, with ties, strays and customers without any."""
    rng = np.random.default_rng(seed)
    start = rng.integers(-5, 10, n)
    labels = rng.permutation(n) * 7
    return {
        "customer": labels,
        "start": start,
        "stop": start + rng.integers(1, 25, n),
        "order_customer": rng.choice(labels, 30),
        "order_day": rng.integers(-8, 40, 30),
        "cut_customer": rng.choice(labels, 20),
        "cut_day": rng.integers(-8, 40, 20),
    }


def day_by_day(data: dict[str, Any]) -> list[tuple[int, int, bool, int]]:
    """One tuple a day at risk: customer, day, ordered, last cut point strictly before the day."""
    result = []
    for i, label in enumerate(data["customer"]):
        for day in range(data["start"][i] + 1, data["stop"][i] + 1):
            ordered = bool(np.any((data["order_customer"] == label) & (data["order_day"] == day)))
            before = np.flatnonzero((data["cut_customer"] == label) & (data["cut_day"] < day))
            latest = max(before, key=lambda k: (data["cut_day"][k], k)) if before.size else -1
            result.append((i, day, ordered, int(latest)))
    return result


def spread(rows: RecurrentRows) -> list[tuple[int, int, bool, int]]:
    """Rows back into days."""
    return [
        (int(rows.customer[k]), day, bool(rows.event[k]) and day == rows.stop[k], int(rows.cut[k]))
        for k in range(rows.start.size)
        for day in range(int(rows.start[k]) + 1, int(rows.stop[k]) + 1)
    ]


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_rows_are_the_days(seed: int) -> None:
    data = simulate(seed)
    rows = build_recurrent_rows(**data)
    assert spread(rows) == day_by_day(data)
    assert rows.event.sum() + rows.n_repeated + rows.n_outside == 30


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_row_is_needless_and_order_does_not_matter(seed: int) -> None:
    data = simulate(seed)
    rows = build_recurrent_rows(**data)
    same = (rows.customer[1:] == rows.customer[:-1]) & (rows.cut[1:] == rows.cut[:-1])
    assert np.all(rows.event[:-1][same])
    order = np.random.default_rng(seed).permutation(30)
    shuffled = {**data, "order_customer": data["order_customer"][order], "order_day": data["order_day"][order]}
    again = build_recurrent_rows(**shuffled)
    for name in ("customer", "start", "stop", "event", "cut"):
        np.testing.assert_array_equal(getattr(again, name), getattr(rows, name))


def test_order_of_the_first_and_of_the_last_day() -> None:
    rows = build_recurrent_rows(["b", "a"], [0, 3], [10, 9], ["b", "b", "a", "a"], [0, 10, 3, 4])
    assert rows.customer.tolist() == [0, 1, 1]
    assert (rows.start.tolist(), rows.stop.tolist()) == ([0, 3, 4], [10, 4, 9])
    assert rows.event.tolist() == [True, True, False]
    assert (rows.n_outside, rows.n_repeated) == (2, 0)


def simulate_orders(
    effect: float, seed: int, n: int = 500, days: int = 365, spread_of_rates: float = 0.5
) -> dict[str, Any]:
    """Customers with rates of their own; an incident changes the rate of the 30 days after it, not of its own day."""
    rng = np.random.default_rng(seed)
    rate = 0.02 * rng.gamma(1 / spread_of_rates, spread_of_rates, n)
    incident = rng.random((n, days)) < 0.004
    counts = np.cumsum(np.pad(incident, ((0, 0), (31, 0))), axis=1)
    exposed = (counts[:, 30:-1] - counts[:, :-31]) > 0
    ordered = rng.random((n, days)) < 1 - np.exp(-rate[:, None] * np.exp(effect * exposed))
    who, day = np.nonzero(ordered)
    hit, when = np.nonzero(incident)
    return {"orders": (who, day + 1), "incidents": (hit, when + 1), "n": n, "days": days}


def exposure_rows(data: dict[str, Any], width: int = 30) -> tuple[RecurrentRows, Floats]:
    """Rows, and whether an incident lies in the `width` days up to each row's start."""
    hit, when = data["incidents"]
    rows = build_recurrent_rows(
        customer=np.arange(data["n"]),
        start=np.zeros(data["n"]),
        stop=np.full(data["n"], data["days"]),
        order_customer=data["orders"][0],
        order_day=data["orders"][1],
        cut_customer=np.concatenate((hit, hit)),
        cut_day=np.concatenate((when, when + width)),
    )
    span = 10_000
    keys = np.sort(hit * span + when)
    begin = rows.customer * span + rows.start
    # Days are numbered from one, so that start - width cannot reach the customer before by less than the span.
    recent = np.searchsorted(keys, begin, side="right") - np.searchsorted(
        keys, np.maximum(begin - width, rows.customer * span), side="right"
    )
    return rows, (recent > 0).astype(np.float64)


def fit_orders(rows: RecurrentRows, exposed: Floats) -> tuple[float, float]:
    fit = fit_cox(exposed[:, None], rows.stop, rows.event, rows.start, cluster=rows.customer)
    assert fit.robust_covariance is not None
    return float(fit.beta[0]), float(fit.robust_covariance[0, 0] ** 0.5)


@pytest.mark.parametrize("effect", [-0.6, 0.0, 0.5])
def test_planted_effect_comes_back(effect: float) -> None:
    rows, exposed = exposure_rows(simulate_orders(effect, seed=1, n=800))
    beta, error = fit_orders(rows, exposed)
    assert error < 0.15
    assert abs(beta - effect) < ERRORS * error


def test_clustered_errors_cover_the_spread_of_estimates() -> None:
    results = np.array([fit_orders(*exposure_rows(simulate_orders(0.3, seed, 120, 240, 2.0))) for seed in range(60)])
    scores = (results[:, 0] - 0.3) / results[:, 1]
    # 60 standard scores: their root mean square lies within 1 +- 0.37 with a probability of 99.99 %.
    assert abs(np.sqrt(np.mean(scores**2)) - 1) < 0.37


def test_complaints_filed_on_the_day_of_an_order_do_not_explain_it() -> None:
    data = simulate_orders(0.0, seed=3, spread_of_rates=1e-6)
    data["incidents"] = data["orders"]
    beta, error = fit_orders(*exposure_rows(data))
    assert abs(beta) < ERRORS * error
    # Counted from their own day they would explain every order.
    early = {**data, "incidents": (data["incidents"][0], data["incidents"][1] - 1)}
    with pytest.raises(EstimationError, match="infinite coefficient"):
        fit_orders(*exposure_rows(early))


def test_needless_cut_points_change_no_fit() -> None:
    data = simulate_orders(0.5, seed=4, n=200)
    rows, exposed = exposure_rows(data)
    rng = np.random.default_rng(4)
    finer = build_recurrent_rows(
        customer=np.arange(200),
        start=np.zeros(200),
        stop=np.full(200, 365),
        order_customer=data["orders"][0],
        order_day=data["orders"][1],
        cut_customer=np.concatenate((rows.customer, rng.integers(0, 200, 900))),
        cut_day=np.concatenate((rows.start, rng.integers(1, 365, 900))),
    )
    assert finer.start.size > rows.start.size
    key = rows.customer * 1000 + rows.start
    inherited = exposed[np.searchsorted(key, finer.customer * 1000 + finer.start, side="right") - 1]
    np.testing.assert_allclose(fit_orders(finer, inherited), fit_orders(rows, exposed), rtol=SAME)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"customer": np.zeros(8)}, "customer has repeated labels"),
        ({"start": np.full(8, 0.5)}, "start is not a whole day in 8 rows"),
        ({"start": np.full(8, 99)}, "start is not before stop in 8 rows"),
        ({"stop": np.full(8, np.nan)}, "stop is missing"),
        ({"stop": np.full(8, 1e30)}, "stop is out of range"),
        ({"order_day": np.full(30, 0.25)}, "order_day is not a whole day"),
        ({"order_day": [1]}, "order_day has shape"),
        ({"order_customer": np.full(30, 1)}, "order_customer has 1 labels that are not in customer"),
        ({"order_customer": np.full(30, "a")}, "order_customer has labels of another type"),
        ({"cut_customer": np.full(20, 999)}, "cut_customer has 1 labels that are not in customer"),
        ({"cut_day": np.full(20, np.inf)}, "cut_day is missing or infinite"),
        ({"customer": [], "start": [], "stop": []}, "no customers"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        build_recurrent_rows(**{**simulate(1), **change})
