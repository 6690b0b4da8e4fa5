"""Changes of price between a customer's charges, reduced to what a regression on incidents needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.link.charges import DAYS, Charges, Integers
from cxlink.link.spans import Spans, quarter_of

FOLLOWS_WITHIN_DAYS = 10
LEAST_REGULAR_DAYS = 25
_MILLI_DAYS_A_MONTH = 30437.5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Consecutive charges of a customer that follow on one another, by customer and day.

    ``n_all`` counts those as well that may be of two contracts, whose alternation is no change of price.
    """

    customer: Integers
    before: Integers
    after: Integers
    log_change: np.ndarray
    n_all: int


def find_pairs(charges: Charges, spans: Spans, first_day: int) -> Pairs:
    """Compare each day's charge with the same customer's charge before it, at constant exchange rates.

    Parameters
    ----------
    charges : Charges
        Of some customers.
    spans : Spans
        How long each covers.
    first_day : int
        The first observed day; the later charge must not be before it.

    Returns
    -------
    Pairs
        Only those with both prices above zero.
    """
    starts = spans.day_starts
    day = charges.day[starts]
    price = _by_day(np.add, _price_milli(charges, spans), starts)
    covered = _by_day(np.minimum, spans.covered_days, starts)
    lasts = _by_day(np.maximum, charges.delay_days + spans.covered_days, starts)
    known = _by_day(np.minimum, charges.own_days, starts) > 0
    later = np.flatnonzero(spans.follows & (price > 0) & (day >= first_day))
    later = later[price[later - 1] > 0]
    before = later - 1
    gap = day[later] - day[before]
    regular = (gap >= LEAST_REGULAR_DAYS) & (covered[later] >= LEAST_REGULAR_DAYS)
    regular &= (4 * covered[later] < 5 * gap) & (4 * gap < 5 * covered[later])
    follows = np.where(known[before], np.abs(gap - lasts[before]) <= FOLLOWS_WITHIN_DAYS, regular)
    one, other = later[follows], before[follows]
    change = np.log(price[one] / price[other])
    return Pairs(charges.customer[starts[one]], day[other], day[one], change, len(later))


def reduce_pairs(pairs: Pairs, incidents: Integers) -> pd.DataFrame:
    """Put pairs without an incident between them together, by customer and calendar quarter.

    Parameters
    ----------
    pairs : Pairs
        Of some customers.
    incidents : ndarray
        Of :func:`incident_keys`.

    Returns
    -------
    DataFrame
        As :class:`cxlink.handoff.Linked` describes, by customer and day.
    """
    keys = pairs.customer * DAYS
    met = np.searchsorted(incidents, keys + pairs.before) < np.searchsorted(incidents, keys + pairs.after)
    plain = np.flatnonzero(~met)
    cells = _cells(pairs, plain)
    last = plain[np.append(cells[1:], len(plain)) - 1] if len(plain) else plain
    n_changes = np.diff(cells, append=len(plain))
    mean = np.add.reduceat(pairs.log_change[plain], cells) / n_changes if len(plain) else pairs.log_change[plain]
    place = np.concatenate([np.flatnonzero(met), last])
    order = np.argsort(place, kind="stable")
    place = place[order]
    n_met = int(met.sum())
    return pd.DataFrame(
        {
            "customer": pairs.customer[place].astype(np.int32),
            # no incident lies between a day and itself
            "before_day": np.where(met[place], pairs.before[place], pairs.after[place]).astype(np.int32),
            "after_day": pairs.after[place].astype(np.int32),
            "n_changes": np.concatenate([np.ones(n_met, dtype=np.int64), n_changes])[order].astype(np.int32),
            "log_change": np.concatenate([pairs.log_change[met], mean])[order],
        },
        copy=False,
    )


def incident_keys(incidents: pd.DataFrame) -> Integers:
    """Customer and day of each incident in one number.

    Parameters
    ----------
    incidents : DataFrame
        With customer and incident_day.

    Returns
    -------
    ndarray
        (n_incidents,) ascending.
    """
    keys = incidents["customer"].to_numpy(dtype=np.int64) * DAYS + incidents["incident_day"].to_numpy(dtype=np.int64)
    return np.sort(keys)


def _cells(pairs: Pairs, plain: Integers) -> Integers:
    """First pair of each customer and quarter."""
    if not len(plain):
        return plain
    keys = pairs.customer[plain] * DAYS + quarter_of(pairs.after[plain])
    return np.flatnonzero(np.diff(keys, prepend=-DAYS))


def _price_milli(charges: Charges, spans: Spans) -> np.ndarray:
    """Price of a month in thousandths of a minor unit, halves away from zero: whole, so that the order is no matter."""
    units = charges.constant.astype(float)
    of_days = units * _MILLI_DAYS_A_MONTH / spans.covered_days
    milli = np.where(spans.covered_days < LEAST_REGULAR_DAYS, of_days, units * 1e3 / spans.covered_months)
    halves = np.abs(milli - np.trunc(milli)) == 0.5
    rounded: np.ndarray = np.where(halves, np.trunc(milli) + np.sign(milli), np.rint(milli))
    return rounded


def _by_day(how: np.ufunc, values: np.ndarray, starts: Integers) -> np.ndarray:
    """One value a customer and day; most days have one charge."""
    found: np.ndarray = values if len(starts) == len(values) else how.reduceat(values, starts)
    return found
