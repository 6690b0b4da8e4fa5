"""Tickets of several components: every cent is somewhere, and the planted costs come back.

Tolerances: whole numbers must be equal. Sums in another order (`SUMS`). What a simulation finds lies within `Z` Monte
Carlo standard errors of the truth.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cxlink.stats.component_costs import draw_component_costs, fit_component_costs
from cxlink.stats.cost_split import CostParts, split_costs
from cxlink.stats.errors import EstimationError
from cxlink.stats.largest_remainder import split_exactly
from cxlink.stats.shapley import additive_shares, shapley_values

Floats = npt.NDArray[np.float64]
SUMS, Z = 1e-9, 4.0
MARGINAL, BASE = np.array([12.0, 3.0, 6.0, 0.0]), 4.0

LEDGERS = st.integers(1, 6).flatmap(
    lambda n_components: st.lists(
        st.tuples(
            st.lists(st.integers(0, 3), min_size=n_components, max_size=n_components).filter(any),
            st.integers(-(2**40), 2**40),
        ),
        min_size=1,
        max_size=30,
    )
)


class Tickets:
    """Tickets of several causes; each cause costs what it costs, and whoever opens a ticket costs the base."""

    def __init__(self, seed: int, n_customers: int = 1500) -> None:
        rng = np.random.default_rng(seed)
        self.customer = np.repeat(np.arange(n_customers), rng.integers(1, 7, n_customers))
        n = self.customer.size
        # the dear component seldom comes alone
        first = rng.choice(4, n, p=[0.1, 0.4, 0.3, 0.2])
        second = np.where(rng.random(n) < 0.45, rng.choice(4, n, p=[0.6, 0.1, 0.2, 0.1]), first)
        self.named = np.zeros((n, 4), dtype=np.int64)
        self.named[np.arange(n), second] = 2
        self.named[np.arange(n), first] = 1
        there = self.named > 0
        own = rng.gamma(0.8, 1.25, n_customers)[self.customer]  # some customers' tickets are all dear
        parts = there * (MARGINAL + BASE / there.sum(axis=1, keepdims=True))
        parts = parts * own[:, None] * rng.gamma(2.0, 0.5, (n, 4))
        self.cents = np.round(100 * parts.sum(axis=1)).astype(np.int64)
        self.true_totals = 100 * (there * (MARGINAL + BASE / there.sum(axis=1, keepdims=True))).sum(axis=0)


def check_parts(parts: CostParts, named: npt.NDArray[Any], cents: npt.NDArray[Any]) -> None:
    n_tickets, n_components = named.shape
    for rule in ("fitted", "equal", "primary"):
        part = getattr(parts, rule)
        by_ticket, by_component = [0] * n_tickets, [0] * n_components
        for ticket, component, amount in zip(parts.ticket, parts.component, part, strict=True):
            assert named[ticket, component] > 0
            assert np.sign(amount) in {0, np.sign(cents[ticket])}
            by_ticket[ticket] += int(amount)
            by_component[component] += int(amount)
        assert by_ticket == [int(cost) for cost in cents]
        assert by_component == getattr(parts, f"total_{rule}").tolist()


@given(LEDGERS, st.integers(0, 1000))
@settings(max_examples=60)
def test_parts_add_up_to_the_ledger_whatever_was_fitted(ledger: list[Any], seed: int) -> None:
    named, cents = np.array([row for row, _ in ledger]), np.array([cost for _, cost in ledger])
    rng = np.random.default_rng(seed)
    added = rng.gamma(0.3, 1.0, named.shape[1]) * rng.integers(0, 2, named.shape[1])
    joint = rng.random() * 0.2
    keep = (named > 0).sum(axis=1) <= 5
    if keep.any():
        split = split_costs(named[keep], cents[keep], lambda sets: sets @ added + joint * sets.sum(axis=1) ** 1.7)
        check_parts(split, named[keep], cents[keep])


@given(
    hnp.arrays(np.int64, 5, elements=st.integers(-(2**62), 2**62)),
    hnp.arrays(np.float64, (5, 4), elements=st.floats(0, 1e300)),
)
def test_parts_are_exact_and_next_to_their_proportion(amounts: npt.NDArray[np.int64], shares: Floats) -> None:
    parts = split_exactly(amounts, shares)
    assert [sum(map(int, row)) for row in parts] == [int(amount) for amount in amounts]
    assert np.all(parts * np.sign(amounts)[:, None] >= 0)
    assert np.array_equal(split_exactly(-amounts, shares), -parts)
    small = amounts % 100_000
    for row, amount, share in zip(split_exactly(small, shares), small, shares, strict=True):
        largest = share.max()
        proportion = share / largest / (share / largest).sum() if largest > 0 else np.full(4, 0.25)
        # shares are taken to 2^-31 of their sum: far less than a cent of 1,000
        assert np.all(np.abs(row - amount * proportion) < 1 + 1e-3)


def test_what_is_left_goes_to_the_first_of_equals_and_never_to_a_share_of_zero() -> None:
    parts = split_exactly([5, -5, 2], [[1, 1, 1], [1, 1, 1], [0, 1, 1]])
    assert parts.tolist() == [[2, 2, 1], [-2, -2, -1], [0, 1, 1]]
    assert split_exactly([7], [[0.0, 0.0]]).tolist() == [[4, 3]]


def test_shapley_values_are_averages_over_all_orders() -> None:
    rng = np.random.default_rng(1)
    sets = rng.random((12, 6)) < 0.5
    sets = sets[(sets.sum(axis=1) >= 1) & (sets.sum(axis=1) <= 5)]
    added = rng.gamma(1.0, 1.0, 6)

    def expected(asked: npt.NDArray[np.bool_]) -> Floats:
        cost: Floats = 2.0 + asked @ added + 3.0 * (asked[:, 0] & asked[:, 1]) + np.sqrt(asked.sum(axis=1))
        return cost

    for members, found in zip(sets, shapley_values(sets, expected), strict=True):
        by_hand = np.zeros(6)
        orders = list(permutations(np.flatnonzero(members)))
        for order in orders:
            before, inside = 0.0, np.zeros(6, dtype=bool)
            for member in order:
                inside[member] = True
                cost = float(expected(inside[None])[0])
                by_hand[member] += (cost - before) / len(orders)
                before = cost
        np.testing.assert_allclose(found, by_hand, atol=SUMS)


def test_an_additive_fit_has_a_closed_form_that_the_subsets_confirm() -> None:
    sets = np.array([[s >> j & 1 for j in range(5)] for s in range(1, 32)], dtype=bool)
    marginal = np.array([4.0, 0.0, 1.5, 0.2, 9.0])
    values = shapley_values(sets, lambda asked: 3.0 + asked @ marginal)
    np.testing.assert_allclose(
        additive_shares(sets, marginal, 3.0), values / values.sum(axis=1, keepdims=True), atol=SUMS
    )
    np.testing.assert_allclose(additive_shares(sets, np.zeros(5), 0.0), sets / sets.sum(axis=1, keepdims=True))


def test_planted_costs_come_back_where_an_equal_split_is_biased() -> None:
    repetitions = [Tickets(seed) for seed in range(40)]
    fits = [fit_component_costs(one.named, one.cents, one.customer) for one in repetitions]
    marginal = np.array([fit.marginal for fit in fits]) / 100
    # a coefficient with true value zero stops at zero: it is above it on average, and the others a little below
    error = marginal.std(axis=0, ddof=1) / np.sqrt(40)
    assert np.all(np.abs(marginal - MARGINAL).mean(axis=0)[3] < 0.5)
    assert np.all(np.abs(marginal.mean(axis=0) - MARGINAL)[:3] < Z * error[:3])
    shares: dict[str, list[Floats]] = {"fitted": [], "equal": [], "primary": []}
    for one, fit in zip(repetitions, fits, strict=True):
        parts = split_costs(one.named, one.cents, fit)
        assert parts.total_fitted.sum() == one.cents.sum()
        truth = one.true_totals / one.true_totals.sum()
        for rule, found in shares.items():
            total = getattr(parts, f"total_{rule}")
            found.append(total / total.sum() - truth)
    off = {rule: np.mean(found, axis=0) for rule, found in shares.items()}
    error = np.std(shares["fitted"], axis=0, ddof=1) / np.sqrt(40)
    assert np.all(np.abs(off["fitted"][:3]) < Z * error[:3])
    assert np.abs(off["fitted"]).max() < 0.006
    assert off["equal"][0] < -0.08
    assert off["primary"][0] < -0.2


def test_weights_of_one_give_the_fit_itself_and_a_drawn_twice_customer_counts_twice() -> None:
    one = Tickets(3, 200)
    fit = fit_component_costs(one.named, one.cents, one.customer)
    rng = np.random.default_rng(1)
    weights = np.vstack((np.ones(200), rng.integers(1, 4, 200)))
    drawn = draw_component_costs(fit, weights)
    np.testing.assert_allclose(drawn.marginal[0], fit.marginal, rtol=SUMS)
    np.testing.assert_allclose(drawn.total.sum(axis=1)[0], one.cents.sum(), rtol=SUMS)
    again = np.repeat(np.arange(one.customer.size), weights[1].astype(int)[one.customer])
    twice = fit_component_costs(one.named[again], one.cents[again], one.customer[again])
    np.testing.assert_allclose(drawn.marginal[1], twice.marginal, rtol=SUMS)
    np.testing.assert_allclose(drawn.base[1], twice.base, rtol=SUMS)
    exact = additive_shares(one.named > 0, twice.marginal, twice.base) * one.cents[:, None]
    np.testing.assert_allclose(
        drawn.total[1], (exact * weights[1][one.customer][:, None]).sum(axis=0), rtol=SUMS, atol=SUMS
    )


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_no_coefficient_could_do_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    named = rng.random((120, 4)) < 0.4
    named[~named.any(axis=1), rng.integers(4)] = True
    cost = named @ rng.normal(1.0, 2.0, 4) + rng.normal(0.0, 3.0, 120)
    fit = fit_component_costs(named, cost, np.arange(120))
    design = np.column_stack((named, np.ones(120))).astype(np.float64)
    beta = np.append(fit.marginal, fit.base)
    slope = design.T @ (cost - design @ beta)
    # Kuhn and Tucker: flat where above zero, not rising where at zero
    assert np.all(beta >= 0)
    assert np.all(np.abs(slope[~fit.at_zero]) < 1e-8 * np.abs(design.T @ cost).max())
    assert np.all(slope[fit.at_zero] < 1e-8 * np.abs(design.T @ cost).max())


def test_order_of_tickets_does_not_matter_and_more_than_thirty_two_components_are_told_apart() -> None:
    rng = np.random.default_rng(2)
    named = np.zeros((4000, 40), dtype=bool)
    named[np.arange(4000), rng.integers(40, size=4000)] = True
    named[np.arange(4000), rng.integers(40, size=4000)] = True
    added = rng.gamma(2.0, 2.0, 40)
    cost = 5.0 + named @ added
    fit = fit_component_costs(named, cost, np.arange(4000) // 4)
    np.testing.assert_allclose(fit.marginal, added, rtol=SUMS)
    assert fit.base == pytest.approx(5.0)
    assert fit.n_tickets.tolist() == named.sum(axis=0).tolist()
    assert fit.n_shared.tolist() == named[named.sum(axis=1) > 1].sum(axis=0).tolist()
    order = rng.permutation(4000)
    shuffled = fit_component_costs(named[order], cost[order], (np.arange(4000) // 4)[order])
    np.testing.assert_allclose(shuffled.marginal, fit.marginal, rtol=SUMS)


def test_the_component_named_first_is_the_primary_one() -> None:
    parts = split_costs([[2, 1, 0], [1, 1, 1], [0, 0, 3]], [10, 20, 30], lambda sets: sets.sum(axis=1) * 1.0)
    assert parts.total_primary.tolist() == [20, 10, 30]


def single(n: int = 120) -> tuple[npt.NDArray[np.bool_], Floats, npt.NDArray[np.int_]]:
    place = np.arange(n)
    return np.eye(3, dtype=bool)[place % 3], place.astype(np.float64), place


def test_fits_that_cannot_be_are_refused() -> None:
    named, cost, customer = single()
    with pytest.raises(EstimationError, match="whatever it names cannot be told apart"):
        fit_component_costs(named, cost, customer)
    with pytest.raises(EstimationError, match="needs 30"):
        fit_component_costs(named, cost, customer % 29)
    with pytest.raises(EstimationError, match="1 tickets name no component"):
        fit_component_costs(np.vstack((named[:-1], [[0, 0, 0]])), cost, customer)
    both = named[:, [0, 1, 1]] | (np.arange(120) % 7 == 0)[:, None]
    with pytest.raises(EstimationError, match="never tell it apart") as raised:
        fit_component_costs(both | ~both.any(axis=1, keepdims=True), cost, customer)
    assert raised.value.columns == (2,)
    unnamed = np.column_stack((named, np.zeros(120)))
    with pytest.raises(EstimationError, match="no ticket names it") as raised:
        fit_component_costs(unnamed, cost, customer)
    assert raised.value.columns == (3,)


@pytest.mark.parametrize(
    ("named", "cost", "message"),
    [
        ([[1, 1]], [0.5], "whole numbers"),
        ([[1, 1]], [1, 2], "expected"),
        ([[0, 0]], [1], "no component"),
        ([[-1, 1]], [1], "zero or more"),
        ([[1] * 6], [1], "names 6 components"),
    ],
)
def test_splits_that_cannot_be_are_refused(named: Any, cost: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        split_costs(named, cost, lambda sets: sets.sum(axis=1) * 1.0)


def test_a_cost_that_falls_with_a_component_more_is_refused() -> None:
    with pytest.raises(EstimationError, match="cost less with one component more"):
        split_costs([[1, 1]], [10], lambda sets: 5.0 - sets.sum(axis=1))


def test_costs_of_zero_and_credits_given_back_are_split_like_others() -> None:
    one = Tickets(5, 200)
    one.cents[::7] = 0
    one.cents[::11] *= -1
    fit = fit_component_costs(one.named, one.cents, one.customer)
    check_parts(split_costs(one.named, one.cents, fit), one.named, one.cents)
    nothing = fit_component_costs(one.named, np.zeros(one.cents.size), one.customer)
    parts = split_costs(one.named, one.cents, nothing)
    assert np.array_equal(parts.fitted, parts.equal)
