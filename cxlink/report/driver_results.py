"""Drivers of the score in the shape of ``results.json``, and as a flat table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ComponentDriver, Drivers, KpiDrivers, OddsCheck, RatedTouchpoint, RatingDrivers
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.driver_models import (
    ComponentDriverResult,
    ContrastResult,
    KpiDriversResult,
    LeftOutResult,
    OddsResult,
    RankRangeResult,
    RatingsResult,
    TouchpointResult,
)
from cxlink.report.numbers import round_exact

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("kpi", "component", "way", "grade", "point", "low", "high", "level", "unit", "n", "events", "reason")


def build_driver_results(
    drivers: Drivers | NotEstimable, *, published: bool
) -> list[KpiDriversResult] | NotEstimableResult:
    """Put drivers into the shape of ``results.json``.

    Parameters
    ----------
    drivers : Drivers or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of KpiDriversResult or NotEstimableResult
        One a KPI that has answers.
    """
    if isinstance(drivers, NotEstimable):
        return refusal_result(drivers)
    return [_kpi(one, published=published) for one in drivers.kpis]


def drivers_table(drivers: Drivers | NotEstimable) -> pd.DataFrame:
    """Put every figure into one row, for programs.

    Parameters
    ----------
    drivers : Drivers or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; without numbers where there is a reason; no column where there is nothing.
    """
    import pandas as pd

    kpis = () if isinstance(drivers, NotEstimable) else drivers.kpis
    rows = [(one.kpi, *names, *_cells(answer)) for one in kpis for *names, answer in _figures(one)]
    if not rows:
        return pd.DataFrame()
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n": "Int64", "events": "Int64", "point": float, "low": float, "high": float, "level": float})


def _figures(one: KpiDrivers) -> Iterator[tuple[str, str, str, Answer]]:
    yield ("", "level", "D", one.level)
    for driver in one.components:
        for contrast in driver.contrasts:
            yield (driver.component, contrast.way, contrast.grade, contrast.answer)
    if isinstance(one.ratings, NotEstimable):
        yield ("", "ratings", "D", one.ratings)
        return
    for rated in one.ratings.touchpoints:
        yield (rated.component, "mean_rating", "D", rated.mean)
        yield (rated.component, "share_of_variance", "D", rated.share)
        yield (rated.component, "low_rating", "D", rated.low_rating)
        yield (rated.component, "high_rating", "D", rated.high_rating)
        yield (rated.component, "balance", "D", rated.balance)
    for name, why in one.ratings.left_out:
        yield (name, "share_of_variance", "D", why)


def _cells(answer: Answer) -> tuple[object, ...]:
    if isinstance(answer, NotEstimable):
        return (None, None, None, None, "", None, None, f"{answer.reason}; needs {answer.needs}")
    numbers = (round_exact(number) for number in (answer.point, answer.low, answer.high, answer.level))
    return (*numbers, answer.unit, answer.n, answer.events, "")


def _kpi(one: KpiDrivers, *, published: bool) -> KpiDriversResult:
    ratings = one.ratings
    return KpiDriversResult(
        kpi=one.kpi,
        unit=one.unit,
        answers=count_result(one.answers, published=published),
        customers=count_result(one.customers, published=published),
        level=answer_result(one.level),
        components=[_component(driver, published=published) for driver in one.components],
        ratings=refusal_result(ratings)
        if isinstance(ratings, NotEstimable)
        else _ratings(ratings, published=published),
    )


def _component(driver: ComponentDriver, *, published: bool) -> ComponentDriverResult:
    return ComponentDriverResult(
        component=driver.component,
        answers_after=count_result(driver.answers, published=published),
        customers_after=count_result(driver.customers, published=published),
        contrasts=[
            ContrastResult(way=one.way, grade=one.grade, effect=answer_result(one.answer)) for one in driver.contrasts
        ],
        proportional_odds=_odds(driver.odds),
    )


def _odds(odds: OddsCheck | NotEstimable) -> OddsResult | NotEstimableResult:
    if isinstance(odds, NotEstimable):
        return refusal_result(odds)
    return OddsResult(p_value=round_exact(odds.p_value), cuts=list(odds.cuts), strays=list(odds.strays))


def _ratings(ratings: RatingDrivers, *, published: bool) -> RatingsResult:
    return RatingsResult(
        grade="D",
        answers=count_result(ratings.answers, published=published),
        customers=count_result(ratings.customers, published=published),
        answers_without_ratings=count_result(ratings.unrated, published=published),
        r2=round_exact(ratings.r2),
        r2_without_ratings=round_exact(ratings.r2_others),
        low_up_to=ratings.low,
        high_from=ratings.high,
        touchpoints=[_touchpoint(one, published=published) for one in ratings.touchpoints],
        left_out=[
            LeftOutResult(component=name, not_estimable=why.reason, needs=why.needs) for name, why in ratings.left_out
        ],
    )


def _touchpoint(one: RatedTouchpoint, *, published: bool) -> TouchpointResult:
    ranked = one.rank_best is not None and one.rank_worst is not None
    return TouchpointResult(
        component=one.component,
        answers=count_result(one.answers, published=published),
        customers=count_result(one.customers, published=published),
        mean=answer_result(one.mean),
        share_of_variance=answer_result(one.share),
        rank=RankRangeResult(best=one.rank_best or 0, worst=one.rank_worst or 0) if ranked else None,
        low_rating=answer_result(one.low_rating),
        high_rating=answer_result(one.high_rating),
        balance=answer_result(one.balance),
        kind=one.kind,
        stable=one.stable,
    )
