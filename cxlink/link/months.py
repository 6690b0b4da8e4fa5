"""Recurring prices by customer and month: what all charges bear that cover it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.link.charges import Charges, Integers
from cxlink.link.spans import Spans

_MONTH_BITS = 20
_MONTHS = 1 << _MONTH_BITS
"""More than the months of any year of four digits."""


@dataclass(frozen=True, slots=True)
class MonthlyPrices:
    """Prices in minor units, by customer and month.

    Parameters
    ----------
    customer, month : ndarray
        (n,) ascending, the customer before the month; each pair once.
    price, constant : ndarray
        (n,) at the rates of the days charged, and at one rate.
    """

    customer: Integers
    month: Integers
    price: Integers
    constant: Integers


@dataclass(frozen=True, slots=True)
class MonthParts:
    """Charges taken apart into months: ``charge`` is the index of each part's charge."""

    charge: Integers
    month: Integers
    price: Integers
    constant: Integers


def take_apart(charges: Charges, spans: Spans) -> MonthParts:
    """Take each charge apart into the months it covers; its parts add up to it exactly.

    Parameters
    ----------
    charges : Charges
        Of some customers.
    spans : Spans
        How long each covers.

    Returns
    -------
    MonthParts
        In the order of the charges.
    """
    lengths = spans.covered_months
    n = len(lengths)
    if int(lengths.max()) == 1:
        return MonthParts(np.arange(n), spans.first_month, charges.amount, charges.constant)
    charge = np.repeat(np.arange(n), lengths)
    number = np.arange(len(charge)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    several = np.flatnonzero(lengths[charge] > 1)

    def parts(amount: Integers) -> Integers:
        found = amount[charge]
        found[several] = _part(found[several], number[several], lengths[charge[several]])
        return found

    price = parts(charges.amount)
    constant = price if charges.constant is charges.amount else parts(charges.constant)
    return MonthParts(charge, spans.first_month[charge] + number, price, constant)


def add_up_months(charges: Charges, parts: MonthParts) -> MonthlyPrices:
    """Add up what each customer's charges bear in each month.

    Parameters
    ----------
    charges : Charges
        Of some customers.
    parts : MonthParts
        The charges by month.

    Returns
    -------
    MonthlyPrices
        Each customer and month once.
    """
    keys = charges.customer[parts.charge] * _MONTHS + parts.month
    price, constant = parts.price, parts.constant
    if (keys[1:] < keys[:-1]).any():
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        price, constant = price[order], (price[order] if constant is price else constant[order])
    starts = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    keys = keys[starts]
    sums = np.add.reduceat(price, starts)
    at_one_rate = sums if constant is price or parts.constant is parts.price else np.add.reduceat(constant, starts)
    return MonthlyPrices(keys >> _MONTH_BITS, keys & (_MONTHS - 1), sums, at_one_rate)


def _part(amount: Integers, number: Integers, of: Integers) -> Integers:
    """Part of an amount, towards zero; whole and rest apart, so that no product overflows."""
    size = np.abs(amount)
    whole, rest = size // of, size % of
    part: Integers = np.sign(amount) * (whole + rest * (number + 1) // of - rest * number // of)
    return part
