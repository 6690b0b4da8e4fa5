"""Chains of contacts: by hand, against a slow count, and with planted shares.

Tolerances: counts are equal; sums in another order (`SUMS`). Coverage of `REPETITIONS` intervals lies within three
Monte Carlo standard errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats.contact_chains import find_chains
from cxlink.stats.errors import EstimationError
from cxlink.stats.repeat_contacts import compare_chain_costs, count_repeats

SUMS, REPETITIONS = 1e-9, 200
CONTACTS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["app", "bill"]), st.integers(0, 40)), min_size=1, max_size=60
)


def columns(rows: list[tuple[int, str, Any]]) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    customer, component, day = zip(*rows, strict=True)
    return np.array(customer), np.array(component), np.array(day)


def test_chains_by_hand() -> None:
    rows = [
        (1, "app", 0),
        (1, "app", 14),
        (1, "app", 29),
        (1, "bill", 15),
        (2, "app", 15),
        (1, "app", 29),
        (1, "app", 28),
    ]
    found = find_chains(*columns(rows))
    # the contact of day 28 joins those of day 29 to the first chain
    assert found.chain.tolist() == [0, 0, 0, 1, 2, 0, 0]
    assert found.place.tolist() == [1, 2, 4, 1, 1, 5, 3]
    assert found.length.tolist() == [5, 1, 1]
    assert found.first_day.tolist() == [0, 15, 15]
    assert found.last_day.tolist() == [29, 15, 15]
    assert found.cluster_ids[found.cluster].tolist() == [1, 1, 2]
    assert found.component_ids[found.component].tolist() == ["app", "bill", "app"]
    apart = find_chains(*columns(rows[:3]))
    assert apart.length.tolist() == [2, 1]


@given(CONTACTS, st.sampled_from([0.0, 3.0, 14.0]), st.booleans())
@settings(max_examples=80)
def test_chains_are_those_of_a_slow_search(rows: list[Any], window: float, halves: bool) -> None:
    customer, component, day = columns(rows)
    day = day / 2 if halves else day
    found = find_chains(customer, component, day, window_days=window)
    for i in range(len(rows)):
        for j in range(len(rows)):
            same = customer[i] == customer[j] and component[i] == component[j]
            if not same:
                assert found.chain[i] != found.chain[j]
            elif abs(day[i] - day[j]) <= window:
                assert found.chain[i] == found.chain[j]
    for c in range(found.length.size):
        mine = found.chain == c
        assert mine.sum() == found.length[c]
        assert sorted(found.place[mine]) == list(range(1, int(mine.sum()) + 1))
        gaps = np.diff(np.sort(day[mine]))
        assert np.all(gaps <= window)
        assert np.all(np.diff(day[mine][np.argsort(found.place[mine])]) >= 0)


@given(CONTACTS, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_order_of_rows_does_not_matter(rows: list[Any], random: Any) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    one, other = find_chains(*columns(rows)), find_chains(*columns(shuffled))
    for name in ("cluster", "component", "first_day", "last_day", "length"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def draw(rng: np.random.Generator, n: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], float]:
    """First contacts 60 days apart; customers of whom 30% of first contacts, on average, need another."""
    own = rng.beta(0.6, 1.4, n)
    firsts = rng.integers(1, 5, n)
    customer = np.repeat(np.arange(n), firsts)
    number = np.arange(customer.size) - np.repeat(np.cumsum(firsts) - firsts, firsts)
    day = 20 + 60 * number + rng.integers(0, 10, customer.size)
    again = rng.random(customer.size) < own[customer]
    return (
        np.concatenate((customer, customer[again])),
        np.zeros(customer.size + int(again.sum())),
        np.concatenate((day, (day + rng.integers(1, 15, day.size))[again])),
        0.3,
    )


def test_the_planted_share_is_covered_although_customers_repeat_themselves() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(REPETITIONS):
        customer, component, day, share = draw(rng, 150)
        found = count_repeats(find_chains(customer, component, day), 0, 300).repeated
        covered += found.low <= share <= found.high
    assert covered / REPETITIONS == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / REPETITIONS))


def test_influences_are_derivatives_by_the_weights_of_customers() -> None:
    rng = np.random.default_rng(2)
    customer, component, day, _ = draw(rng, 60)
    cost = rng.gamma(2.0, 5.0, customer.size)
    chains = find_chains(customer, component, day)
    counts, costs = count_repeats(chains, 0, 300), compare_chain_costs(chains, cost, 0, 300)
    rows = (chains.first_day >= 14) & (chains.first_day <= 286)
    who, length = chains.cluster[rows], chains.length[rows]
    spent = np.bincount(chains.chain, cost, chains.length.size)[rows]

    def by_hand(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        w = weights[who]
        single, several = w * (length == 1), w * (length > 1)
        means = [single @ spent / single.sum(), several @ spent / several.sum(), w @ spent / w.sum()]
        return np.array(
            [w @ length / w.sum(), several.sum() / w.sum(), *means, w @ spent / (w @ length), means[2] - means[0]]
        )

    one = np.ones(60)
    numbers = [counts.mean_length, counts.repeated.share, costs.single, costs.repeated, costs.per_chain]
    np.testing.assert_allclose([*numbers, costs.per_contact, costs.extra], by_hand(one), rtol=SUMS)
    step = 1e-5 * rng.normal(size=60)
    slope = (by_hand(one + step) - by_hand(one - step)) / 2
    assert np.array_equal(counts.cluster_ids, np.arange(60))
    np.testing.assert_allclose(step @ counts.influence, slope[:2], rtol=1e-6)
    np.testing.assert_allclose(step @ costs.influence, slope[2:], rtol=1e-6)
    np.testing.assert_allclose(costs.covariance, costs.influence.T @ costs.influence, rtol=SUMS)


def test_first_contacts_near_the_ends_do_not_count_and_open_chains_are_told() -> None:
    rows = [(1, "app", 13), (2, "app", 14), (3, "app", 86), (3, "app", 95), (4, "app", 87), (5, "bill", 50)]
    chains = find_chains(*columns(rows))
    found = count_repeats(chains, 0, 100)
    assert (found.chains, found.contacts, found.open) == (3, 4, 1)
    assert found.cluster_ids.tolist() == [2, 3, 5]
    assert count_repeats(chains, 0, 100, component="app").chains == 2
    assert count_repeats(chains, 0, 100, component="app").repeated.share == 0.5


def test_what_cannot_be_counted_is_refused() -> None:
    rows = [(1, "app", 13), (2, "app", 14)]
    chains = find_chains(*columns(rows))
    with pytest.raises(EstimationError, match="no first contact has 14 days"):
        count_repeats(chains, 0, 20)
    with pytest.raises(EstimationError, match="the component has no contact"):
        count_repeats(chains, 0, 100, component="bill")
    with pytest.raises(EstimationError, match="must not be after"):
        count_repeats(chains, 100, 0)
    with pytest.raises(EstimationError, match="nothing to compare"):
        compare_chain_costs(chains, [1.0, 2.0], 0, 100)
    with pytest.raises(EstimationError, match="cost has shape"):
        compare_chain_costs(chains, [1.0], 0, 100)
    with pytest.raises(EstimationError, match="there is no contact"):
        find_chains([], [], [])
    with pytest.raises(EstimationError, match="zero or more"):
        find_chains([1], [1], [1], window_days=-1)
    with pytest.raises(EstimationError, match="day is missing"):
        find_chains([1], [1], [np.nan])
