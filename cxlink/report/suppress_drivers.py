"""What ``audience = "published"`` leaves out of the drivers of the score."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ComponentDriver, Drivers, KpiDrivers, OddsCheck, RatedTouchpoint, RatingDrivers
from cxlink.report.hiding import FEW, clean_answer, hide_digits, is_suppressed


def suppress_drivers(drivers: Drivers | NotEstimable) -> Drivers | NotEstimable:
    """Leave out what fewer than ten customers are behind.

    Parameters
    ----------
    drivers : Drivers or NotEstimable
        Of the internal audience.

    Returns
    -------
    Drivers or NotEstimable
        Counts stay as they are: what shows them asks whether they are too small.
    """
    if isinstance(drivers, NotEstimable):
        return _clean_refusal(drivers)
    messages = tuple(replace(one, message=hide_digits(one.message)) for one in drivers.messages)
    return replace(drivers, kpis=tuple(_kpi(one) for one in drivers.kpis), messages=messages)


def _kpi(one: KpiDrivers) -> KpiDrivers:
    ratings = one.ratings
    return replace(
        one,
        level=clean_answer(one.level),
        components=tuple(_component(driver) for driver in one.components),
        ratings=_clean_refusal(ratings) if isinstance(ratings, NotEstimable) else _ratings(ratings),
    )


def _component(driver: ComponentDriver) -> ComponentDriver:
    few = is_suppressed(driver.customers, published=True)

    def clean(answer: Answer) -> Answer:
        return FEW if few else clean_answer(answer)

    odds: OddsCheck | NotEstimable = driver.odds
    if isinstance(odds, NotEstimable):
        odds = _clean_refusal(odds)
    return replace(
        driver,
        contrasts=tuple(replace(one, answer=clean(one.answer)) for one in driver.contrasts),
        odds=FEW if few else odds,
    )


def _ratings(ratings: RatingDrivers) -> RatingDrivers:
    return replace(
        ratings,
        touchpoints=tuple(_touchpoint(one) for one in ratings.touchpoints),
        left_out=tuple((name, _clean_refusal(why)) for name, why in ratings.left_out),
    )


def _touchpoint(one: RatedTouchpoint) -> RatedTouchpoint:
    if is_suppressed(one.customers, published=True):
        hidden = replace(one, mean=FEW, share=FEW, low_rating=FEW, high_rating=FEW, balance=FEW)
        return replace(hidden, rank_best=None, rank_worst=None, kind="undetermined", stable=None)
    return replace(
        one,
        mean=clean_answer(one.mean),
        share=clean_answer(one.share),
        low_rating=clean_answer(one.low_rating),
        high_rating=clean_answer(one.high_rating),
        balance=clean_answer(one.balance),
    )


def _clean_refusal(refusal: NotEstimable) -> NotEstimable:
    return replace(refusal, reason=hide_digits(refusal.reason))
