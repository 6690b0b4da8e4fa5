"""Ratings beside the score: shares add up, planted classes come back, and what was not rated is not filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked, RatedTouchpoint, RatingDrivers
from cxlink.impact.driver_ratings import describe_ratings
from cxlink.impact.driver_rows import DriverRows
from cxlink.impact.rating_rows import NO_RATINGS, RatingRows, build_rating_rows, find_cuts
from tests.impact.scored_company import EXPOSURE, PENALTY, REWARD, draw_scored, with_ratings

N = 700


def described(linked: Linked, *, draws: int = 200) -> RatingDrivers | NotEstimable:
    weights = np.random.default_rng(3).standard_exponential((draws, len(linked.customers)))
    weights /= weights.mean(axis=1, keepdims=True)
    return describe_ratings(linked, DriverRows.of(linked, "csat", EXPOSURE), weights, np.random.default_rng(4))


def number(answer: Answer) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


def by_name(told: RatingDrivers | NotEstimable) -> dict[str, RatedTouchpoint]:
    assert isinstance(told, RatingDrivers), told
    return {one.component: one for one in told.touchpoints}


def rows_of(linked: Linked) -> RatingRows:
    rows = build_rating_rows(linked, DriverRows.of(linked, "csat", EXPOSURE))
    assert isinstance(rows, RatingRows), rows
    return rows


def with_column(linked: Linked, name: str, marks: np.ndarray | float) -> Linked:
    return cast("Linked", replace(cast("Any", linked), responses=linked.responses.assign(**{f"rating_{name}": marks})))


@pytest.fixture(scope="module")
def rated() -> Linked:
    return with_ratings(draw_scored(N, np.random.default_rng(8)).linked, np.random.default_rng(9))


@pytest.fixture(scope="module")
def told(rated: Linked) -> RatingDrivers:
    found = described(rated)
    assert isinstance(found, RatingDrivers), found
    return found


def test_shares_add_up_to_what_ratings_explain(told: RatingDrivers) -> None:
    shares = [number(one.share).point for one in told.touchpoints]
    assert sum(shares) == pytest.approx(told.r2 - told.r2_others, abs=1e-12)
    assert shares == sorted(shares, reverse=True)
    assert 0 <= told.r2_others < told.r2 < 1


def test_shares_are_those_of_all_orders_by_hand(rated: Linked) -> None:
    """Two touchpoints: half of what each explains alone and half of what it adds to the other, after the covariates."""
    two = rated.responses.drop(columns=["rating_app", "rating_forum"])
    found = by_name(described(cast("Linked", replace(cast("Any", rated), responses=two))))
    rows = rows_of(cast("Linked", replace(cast("Any", rated), responses=two)))
    y = rows.value - rows.value.mean()

    def r2(*columns: int) -> float:
        design = np.column_stack([np.ones(len(y)), rows.covariates, rows.columns[:, list(columns)]])
        left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        return 1 - float(left @ left / (y @ y))

    assert rows.names == ("delivery", "shop")
    delivery = (r2(0) - r2() + r2(0, 1) - r2(1)) / 2
    assert number(found["delivery"].share).point == pytest.approx(delivery, abs=1e-12)


def test_planted_classes_come_back(told: RatingDrivers) -> None:
    found = by_name(told)
    assert (told.low, told.high) == (2, 5)
    assert {name: one.kind for name, one in found.items()} == {
        "delivery": "penalty",
        "shop": "reward",
        "forum": "both alike",
        "app": "undetermined",
    }
    # three standard errors around what was planted
    for answer, planted in ((found["delivery"].low_rating, PENALTY), (found["shop"].high_rating, REWARD)):
        one = number(answer)
        assert abs(one.point - planted) < 3 * (one.high - one.low) / 3.92
    assert number(found["delivery"].balance).high < 0 < number(found["shop"].balance).low


def test_what_does_nothing_comes_last_and_its_interval_reaches_nothing(told: RatingDrivers) -> None:
    last = told.touchpoints[-1]
    assert last.component == "app"
    assert (last.rank_best, last.rank_worst) == (4, 4)
    # of a share that cannot be below zero, the lower end is at it or next to it
    assert number(last.share).low < 0.002


def test_what_was_not_rated_is_structurally_missing(rated: Linked) -> None:
    rows = rows_of(rated)
    place = rows.names.index("app")
    there = ~np.isnan(rows.marks[:, place])
    mine = rows.columns[:, rows.groups == place]
    assert 0 < there.sum() < len(there)
    assert np.array_equal(mine[:, 0], there.astype(float))
    assert (mine[~there, 1] == 0).all()
    assert mine[there, 1].mean() == pytest.approx(0, abs=1e-12)
    assert len(rows.value) == len(rated.responses)  # no answer is dropped for it


def test_values_of_answers_that_rate_nothing_do_not_matter(rated: Linked, told: RatingDrivers) -> None:
    """Answers without any rating are left out and counted, whatever score they bear."""
    columns = [name for name in rated.responses.columns if name.startswith("rating_")]
    silent = rated.responses.sample(200, random_state=1).assign(**dict.fromkeys(columns, np.nan), csat=1.0)
    both = replace(cast("Any", rated), responses=pd.concat([rated.responses, silent], ignore_index=True))
    found = described(cast("Linked", both))
    assert isinstance(found, RatingDrivers)
    assert found.unrated == 200
    assert found.answers == told.answers
    assert number(found.touchpoints[0].share).point == pytest.approx(number(told.touchpoints[0].share).point)


def test_touchpoints_always_rated_together_share_what_that_tells(rated: Linked) -> None:
    """Whether two touchpoints were rated is one fact: neither gets it."""
    twin = with_column(rated, "chat", np.where(rated.responses["rating_app"].isna(), np.nan, 3.0))
    marks = np.random.default_rng(1).integers(1, 6, len(rated.responses))
    twin = with_column(twin, "chat", np.where(rated.responses["rating_app"].isna(), np.nan, marks))
    rows = rows_of(twin)
    assert [int((rows.groups == place).sum()) for place in range(len(rows.names))] == [1] * 5
    assert rows.covariates.shape[1] == rows_of(rated).covariates.shape[1] + 1


def test_a_copy_of_a_rating_is_left_out_and_said(rated: Linked) -> None:
    found = described(with_column(rated, "shop_again", rated.responses["rating_shop"].to_numpy()))
    assert isinstance(found, RatingDrivers)
    assert [name for name, _ in found.left_out] == ["shop_again"]
    assert "cannot be told" in found.left_out[0][1].reason


def test_too_few_ratings_are_refused_with_their_number(rated: Linked) -> None:
    few = np.full(len(rated.responses), np.nan)
    few[:7] = [1, 2, 3, 4, 5, 1, 2]
    found = described(with_column(rated, "branch", few))
    assert isinstance(found, RatingDrivers)
    assert "branch" not in by_name(found)
    ((name, why),) = found.left_out
    assert name == "branch"
    assert "needs 30" in why.reason
    one = described(with_column(rated, "parking", 4.0))
    assert isinstance(one, RatingDrivers)
    assert one.left_out[0][1].reason == "all ratings are the same"
    marks = np.random.default_rng(2).integers(1, 6, len(rated.responses))
    five = with_column(with_column(rated, "chat", marks), "call", marks[::-1])
    small = replace(cast("Any", five), responses=five.responses.loc[five.responses["customer"] < 35])
    refused = described(cast("Linked", small))
    assert refused == NotEstimable("35 customers rated 5 touchpoints, needs 50", "more ratings")


def test_ranks_need_draws(rated: Linked) -> None:
    found = described(rated, draws=100)
    assert isinstance(found, RatingDrivers)
    assert {(one.rank_best, one.rank_worst) for one in found.touchpoints} == {(None, None)}


def test_cuts_follow_the_scale() -> None:
    assert find_cuts(np.array([1.0, 5.0, np.nan])) == (2, 5)
    assert find_cuts(np.array([1.0, 6.0])) == (3, 6)
    assert find_cuts(np.array([0.0, 8.0])) == (6, 9)
    assert isinstance(find_cuts(np.array([0.0, 55.0])), NotEstimable)


def test_ratings_beyond_ten_have_shares_and_no_class(rated: Linked) -> None:
    names = [name for name in rated.responses.columns if name.startswith("rating_")]
    hundred = rated.responses.assign(**{name: 20 * rated.responses[name] for name in names})
    found = described(cast("Linked", replace(cast("Any", rated), responses=hundred)))
    assert isinstance(found, RatingDrivers)
    assert (found.low, found.high) == (None, None)
    for one in found.touchpoints:
        assert isinstance(one.balance, NotEstimable)
        assert (one.kind, one.stable) == ("undetermined", None)
        # the unit of a rating does not matter to a share
        assert number(one.share).point == pytest.approx(number(by_name(described(rated))[one.component].share).point)


def test_without_columns_there_is_nothing(rated: Linked) -> None:
    names = [name for name in rated.responses.columns if name.startswith("rating_")]
    bare = replace(cast("Any", rated), responses=rated.responses.drop(columns=names))
    assert described(cast("Linked", bare)) == NO_RATINGS
    empty = replace(cast("Any", rated), responses=rated.responses.assign(**dict.fromkeys(names, np.nan)))
    assert described(cast("Linked", empty)) == NO_RATINGS
