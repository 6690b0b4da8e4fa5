"""Chains of contacts: those of one customer about the same, each soon after the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, Labels, read_codes, read_times
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class Chains:
    """Contacts joined to chains, which count from zero, by customer, then component, then first day.

    Parameters
    ----------
    chain : ndarray of int, shape (n_contacts,)
        Chain of each contact, in the order the contacts came in.
    place : ndarray of int, shape (n_contacts,)
        Its place in the chain, 1 for the first; of contacts of one day, in the order they came in.
    cluster : ndarray of int, shape (n_chains,)
        Customer of each chain, as a position in `cluster_ids`.
    component : ndarray of int, shape (n_chains,)
        What it is about, as a position in `component_ids`.
    first_day, last_day : ndarray of float64, shape (n_chains,)
        Of its contacts.
    length : ndarray of int, shape (n_chains,)
        How many contacts it has.
    cluster_ids, component_ids : ndarray
        Distinct customers and components, ascending.
    window_days : float
        Most days between a contact and the next of its chain.
    """

    chain: Integers
    place: Integers
    cluster: Integers
    component: Integers
    first_day: Floats
    last_day: Floats
    length: Integers
    cluster_ids: Labels
    component_ids: Labels
    window_days: float


def find_chains(
    customer: npt.ArrayLike, component: npt.ArrayLike, day: npt.ArrayLike, *, window_days: float = 14.0
) -> Chains:
    """Join each contact to the one before it of the same customer and component, where that is not long ago.

    Parameters
    ----------
    customer : array_like, shape (n_contacts,)
        Who got in touch.
    component : array_like, shape (n_contacts,)
        About what; a ticket of several components stands in a row for each.
    day : array_like of float, shape (n_contacts,)
        When, in days from any zero.
    window_days : float, default 14
        Most days from one contact to the next of a chain; a chain may so last longer.

    Returns
    -------
    Chains
        Each contact in one chain; a contact that no other is near is a chain of one.

    Raises
    ------
    EstimationError
        If there is no contact, shapes differ, a label or a day is missing, or the window is below zero.
    """
    days = read_times("day", day, np.asarray(day).size, EstimationError)
    if days.size == 0:
        raise EstimationError("there is no contact")
    customers, who = read_codes("customer", customer, days.size, EstimationError)
    components, what = read_codes("component", component, days.size, EstimationError)
    if not (np.isfinite(window_days) and window_days >= 0):
        raise EstimationError("window_days must be zero or more")
    pair = who * components.size + what
    order = _sort(pair, days)
    pair, days = pair[order], days[order]
    begins = np.ones(days.size, dtype=bool)
    begins[1:] = (pair[1:] != pair[:-1]) | (days[1:] - days[:-1] > window_days)
    number = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    length = np.diff(np.append(first, days.size))
    chain, place = np.empty(days.size, dtype=np.intp), np.empty(days.size, dtype=np.intp)
    chain[order] = number
    place[order] = np.arange(days.size) - first[number] + 1
    return Chains(
        chain=chain,
        place=place,
        cluster=pair[first] // components.size,
        component=pair[first] % components.size,
        first_day=days[first],
        last_day=days[first + length - 1],
        length=length,
        cluster_ids=customers,
        component_ids=components,
        window_days=float(window_days),
    )


def _sort(pair: Integers, days: Floats) -> Integers:
    """Order by pair, then day, then as they came; by one whole number where days are whole."""
    low = float(days.min())
    width = float(days.max()) - low + 1.0
    if np.all(days == np.floor(days)) and width * (float(pair.max()) + 1.0) < 2.0**62:
        key = pair.astype(np.int64) * int(width) + (days - low).astype(np.int64)
        return np.argsort(key, kind="stable")
    return np.lexsort((days, pair))
