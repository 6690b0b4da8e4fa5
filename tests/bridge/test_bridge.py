"""The stage: which months, which customers, every cent, and when a score is held up by those who left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.bridge import bridge_periods
from cxlink.bridge.periods import list_periods
from cxlink.estimate import NotEstimable
from cxlink.handoff import Bridge, Bridges, Linked
from cxlink.pipeline import draw_weights
from tests.canonical import build_settings

FROM_DAY = 19_358
"""2023-01-01."""

TO_DAY = FROM_DAY + 729
"""2024-12-30: December is not a full month."""

EARLIER, LATER = 19_358 + 547, 19_358 + 639
"""2024-07-01 and 2024-10-01."""

MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "correction", "currency")


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that the bridge reads."""

    customers: pd.DataFrame
    responses: pd.DataFrame
    movements: pd.DataFrame
    from_day: int = FROM_DAY
    to_day: int = TO_DAY
    churn_refusal: object = None
    money_refusal: object = None
    covariates: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    covariate_names: tuple[str, ...] = ()
    segments: dict[str, np.ndarray] = field(default_factory=dict)
    leavers_are_seen: bool = True


def draw_movements(rng: np.random.Generator) -> pd.DataFrame:
    months = [str(np.datetime64("2023-01", "M") + k) for k in range(24)]
    moved = {name: rng.integers(-5_000, 5_000, 24) for name in MOVEMENTS}
    closing = 10_000_000 + np.cumsum(sum(moved.values()))
    return pd.DataFrame({"month": months, **moved, "closing": closing})


def draw_company(seed: int = 1, n: int = 600, *, low_scorers_leave: bool = False) -> Linked:
    """Customers who were asked in August and in November of the second year; a fifth left in between."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(7.5, 2.0, n)
    leaves = taste < 6 if low_scorers_leave else rng.random(n) < 0.2
    acquired = FROM_DAY - rng.integers(0, 900, n)
    acquired[n - n // 10 :] = LATER + 5
    leaves[n - n // 10 :] = False
    last = np.where(leaves, LATER + 10, TO_DAY)
    customers = pd.DataFrame(
        {
            "customer": np.arange(n),
            "acquired_day": acquired,
            "start": np.maximum(FROM_DAY - acquired, 0),
            "stop": last - acquired + 1,
            "event": leaves.astype(int),
            "at_risk": True,
        }
    )
    rows = []
    for day, there in ((EARLIER - 30, acquired < EARLIER), (LATER + 2, ~leaves)):
        who = np.flatnonzero(there & (rng.random(n) < 0.6))
        score = np.clip(np.round(taste[who] + rng.normal(size=len(who))), 0, 10)
        rows.append(pd.DataFrame({"customer": who, "responded_day": day, "nps": score}))
    rows.append(pd.DataFrame({"customer": [-1, -1], "responded_day": LATER + 2, "nps": 0.0}))
    told = pd.concat(rows, ignore_index=True).assign(csat=np.nan, ces=np.nan)
    return cast("Linked", Timelines(customers, told, draw_movements(rng)))


def changed(linked: Linked, **fields: Any) -> Linked:
    return cast("Linked", replace(cast("Any", linked), **fields))


def bridges(linked: Linked) -> Bridges:
    weights = draw_weights(200, len(linked.customers), np.random.default_rng(3))
    found = bridge_periods(linked, build_settings(), kpi="nps", weights=weights)
    assert isinstance(found, Bridges)
    return found


def one_of(linked: Linked, kpi: str) -> Bridge:
    return next(one for one in bridges(linked).bridges if one.kpi == kpi)


def test_full_months_alone_are_compared() -> None:
    (before, *_), (year, earlier, later) = list_periods(FROM_DAY, TO_DAY)
    assert (before, year) == ("quarter before", "year before")
    assert (earlier.name, later.name) == ("2023-09/2023-11", "2024-09/2024-11")
    assert [one[2].name for one in list_periods(FROM_DAY, TO_DAY + 1)] == ["2024-10/2024-12"] * 2
    assert [one[0] for one in list_periods(FROM_DAY + 300, TO_DAY)] == ["quarter before"]
    assert list_periods(TO_DAY - 150, TO_DAY) == ()


def test_the_terms_of_a_score_add_up() -> None:
    one = one_of(draw_company(), "nps")
    assert one.move is not None
    assert one.level_from is not None
    assert one.level_to is not None
    assert sum(term.value.point for term in one.terms) == pytest.approx(one.move.point, abs=1e-9)
    assert one.move.point == pytest.approx(one.level_to.point - one.level_from.point, abs=1e-9)
    assert [term.name for term in one.terms][:3] == ["within", "leavers", "joiners"]
    assert one.unknown == 2


def test_the_order_of_answers_does_not_matter_and_neither_does_one_twice() -> None:
    linked = draw_company()
    rows = linked.responses
    again = rows.sample(frac=1.0, random_state=1)
    assert one_of(changed(linked, responses=again), "nps") == one_of(linked, "nps")
    twice = pd.concat([rows, rows.loc[rows["customer"] >= 0]])
    assert one_of(changed(linked, responses=twice), "nps") == one_of(linked, "nps")


def test_a_score_that_rises_because_low_scorers_left_is_warned_of() -> None:
    found = bridges(draw_company(low_scorers_leave=True))
    leavers = next(term for term in found.bridges[0].terms if term.name == "leavers")
    assert leavers.value.low > 0
    assert [one.code for one in found.messages if one.severity == "warning"] == ["CX620"]
    assert not [one for one in bridges(draw_company()).messages if one.severity == "warning"]


def test_small_groups_and_unknown_ends_are_not_told_apart() -> None:
    linked = draw_company()
    ends_unknown = changed(linked, churn_refusal=NotEstimable("no ends", "ends"))
    assert "leavers" not in {term.name for term in one_of(ends_unknown, "nps").terms}
    rows = linked.responses
    early = set(rows.loc[rows["responded_day"] < LATER, "customer"])
    alone = rows.loc[(rows["responded_day"] < LATER) | ~rows["customer"].isin(early)]
    one = one_of(changed(linked, responses=alone), "nps")
    assert "within" not in {term.name for term in one.terms}
    assert one.move is not None
    assert sum(term.value.point for term in one.terms) == pytest.approx(one.move.point, abs=1e-9)


def test_a_few_answers_are_refused() -> None:
    linked = draw_company()
    found = bridges(changed(linked, responses=linked.responses.head(20)))
    assert isinstance(found.bridges[0].refusal, NotEstimable)
    assert found.messages[0].code == "CX621"
    assert isinstance(
        bridge_periods(changed(linked, from_day=TO_DAY - 100), build_settings(), kpi="nps", weights=np.ones((1, 600))),
        NotEstimable,
    )


def test_every_cent_of_revenue_is_in_a_term() -> None:
    linked = draw_company(4)
    closing = dict(zip(linked.movements["month"], linked.movements["closing"], strict=True))
    for one in bridges(linked).bridges:
        if one.kpi != "revenue":
            continue
        year = one.period_from[:4]
        months = (6, 7, 8) if one.against == "quarter before" else (9, 10, 11)
        first = sum(closing[f"{year}-{month:02d}"] for month in months)
        last = sum(closing[f"2024-{month:02d}"] for month in (9, 10, 11))
        assert one.move is not None
        assert round(100 * one.move.point) == last - first
        assert sum(round(100 * term.value.point) for term in one.terms) == last - first
        assert sum(round(100 * term.value.point) for term in one.factors) == last - first
        assert (one.move.low, one.move.high) == (one.move.point, one.move.point)


def test_no_revenue_is_refused() -> None:
    linked = draw_company()
    nothing = linked.movements.assign(closing=0)
    found = bridges(changed(linked, movements=nothing))
    assert isinstance(found.bridges[-1].refusal, NotEstimable)
    assert "CX622" in {one.code for one in found.messages}


def test_where_nobody_is_seen_to_leave_no_move_is_split() -> None:
    found = bridge_periods(
        changed(draw_company(), leavers_are_seen=False),
        build_settings(),
        kpi="nps",
        weights=np.ones((2, 600)),
    )
    assert isinstance(found, NotEstimable)
    assert "nobody is seen to leave" in found.reason
