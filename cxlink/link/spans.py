"""How long each charge covers: what it says, else until the next one, else as long as the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.link.charges import Charges, Integers

MAX_MONTHS_A_CHARGE = 240
MONTH_DAYS = 30.4375
TWO_MONTHS_FROM = 46
ONLY_PERIOD_DAYS = 30
_YEAR_1970 = 1970 * 12


@dataclass(frozen=True, slots=True)
class Spans:
    """What each charge covers.

    Parameters
    ----------
    day_starts : ndarray
        (n_days,) the first charge of each customer and day.
    follows : ndarray
        (n_days,) bool: the day before in the list is one of the same customer.
    covered_days, covered_months : ndarray
        (n,) of each charge.
    first_month : ndarray
        (n,) year times 12 plus month less one.
    """

    day_starts: Integers
    follows: np.ndarray
    covered_days: Integers
    covered_months: Integers
    first_month: Integers


def measure_spans(charges: Charges) -> Spans:
    """Tell how long each charge covers; charges of the same day count as one.

    Parameters
    ----------
    charges : Charges
        At least one.

    Returns
    -------
    Spans
        In the order of the charges.
    """
    customer, day = charges.customer, charges.day
    is_new = np.ones(len(day), dtype=bool)
    is_new[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    day_starts = np.flatnonzero(is_new)
    covered = _until_next(customer[day_starts], day[day_starts])
    if len(day_starts) < len(day):
        covered = np.repeat(covered, np.diff(day_starts, append=len(day)))
    covered = np.where(charges.own_days > 0, charges.own_days, covered)
    follows = np.zeros(len(day_starts), dtype=bool)
    follows[1:] = customer[day_starts[1:]] == customer[day_starts[:-1]]
    months = np.minimum(np.rint(covered / MONTH_DAYS), MAX_MONTHS_A_CHARGE).astype(np.int64)
    return Spans(
        day_starts=day_starts,
        follows=follows,
        covered_days=covered,
        covered_months=np.where(covered < TWO_MONTHS_FROM, 1, months),
        first_month=month_of(day + charges.delay_days),
    )


def month_of(day: Integers) -> Integers:
    """Month of each day.

    Parameters
    ----------
    day : ndarray
        (n,) days since 1970-01-01, at least one.

    Returns
    -------
    ndarray
        (n,) year times 12 plus month less one.
    """
    return _look_up(day, 1)


def quarter_of(day: Integers) -> Integers:
    """Calendar quarter of each day.

    Parameters
    ----------
    day : ndarray
        (n,) days since 1970-01-01, at least one.

    Returns
    -------
    ndarray
        (n,) year times 4 plus quarter less one.
    """
    return _look_up(day, 3)


def _look_up(day: Integers, months: int) -> Integers:
    # a day is looked up among the few thousand that there are, which is faster than to take each apart
    first = int(day.min())
    calendar = np.arange(first, int(day.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Integers = ((calendar + _YEAR_1970) // months)[day - first]
    return found


def _until_next(customer: Integers, day: Integers) -> Integers:
    gap = day[1:] - day[:-1]
    same = customer[1:] == customer[:-1]
    covered = np.full(len(day), ONLY_PERIOD_DAYS, dtype=np.int64)
    covered[1:][same] = gap[same]
    covered[:-1][same] = gap[same]
    return covered
