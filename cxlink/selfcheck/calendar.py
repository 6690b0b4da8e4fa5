"""What stands on the calendar whatever happens: on which days customers answer, and on which they are charged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from cxlink.handoff import Linked
from cxlink.selfcheck.parts import RunParts

DONORS = 20
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Donors:
    """Active customers who stand in for those who left, from the day on which they did.

    Parameters
    ----------
    left : ndarray
        (n_left,) customers who are not active at the cut-off.
    alike : ndarray
        (n_left, n_donors) active customers alike in attributes and time of acquisition.
    until : ndarray
        (n_customers,) last day on which a customer's own record counts.
    """

    left: np.ndarray
    alike: np.ndarray
    until: np.ndarray

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Draw a donor for each customer.

        Parameters
        ----------
        rng : Generator
            Randomness.

        Returns
        -------
        ndarray
            (n_customers,) the customer itself where it is active.
        """
        donor = np.arange(len(self.until))
        chosen = rng.integers(0, self.alike.shape[1], len(self.left))
        donor[self.left] = self.alike[np.arange(len(self.left)), chosen]
        return donor


@dataclass(frozen=True, slots=True)
class AnswerDays:
    """Answers of known customers, by customer.

    Parameters
    ----------
    customer, day, rest : ndarray
        (n_answers,) whose, when, and the answer's place in ``World.score_rest``; sorted by customer.
    about : ndarray
        (n_answers,) name of the component whose event the answer is about, or None.
    failed : ndarray
        (n_answers,) share of such answers that are about a failure; NaN where about none.
    begins : ndarray
        (n_customers + 1,) where each customer's answers begin.
    """

    customer: np.ndarray
    day: np.ndarray
    rest: np.ndarray
    about: np.ndarray
    failed: np.ndarray
    begins: np.ndarray


@dataclass(frozen=True, slots=True)
class Charges:
    """Pairs of consecutive charges of customers who stay to the cut-off: whose, and the days of both."""

    customer: np.ndarray
    before: np.ndarray
    after: np.ndarray
    share: float


def find_donors(base: Linked) -> Donors:
    """Find, for each customer who left, active ones alike.

    Parameters
    ----------
    base : Linked
        Timelines, at least one customer active.

    Returns
    -------
    Donors
        Nearest in standardised attributes and day of acquisition.
    """
    customers = base.customers
    active = customers["active"].to_numpy()
    acquired = customers["acquired_day"].to_numpy()
    places = np.column_stack([base.covariates, acquired]).astype(float)
    spread = places.std(axis=0)
    places = places / np.where(spread > 0, spread, 1.0)
    there, left = np.flatnonzero(active), np.flatnonzero(~active)
    n = min(DONORS, len(there))
    _, nearest = cKDTree(places[there]).query(places[left], k=n)
    until = np.where(active, base.to_day, acquired + customers["stop"].to_numpy() - 1)
    return Donors(left, there[np.reshape(nearest, (len(left), n))], until)


def lay_out_answers(base: Linked, keys: np.ndarray, parts: RunParts) -> AnswerDays:
    """Put answers in the order of their customers.

    Parameters
    ----------
    base : Linked
        Timelines that companies are drawn with.
    keys : ndarray
        (n_customers,) their keys in the run.
    parts : RunParts
        With the run's answers.

    Returns
    -------
    AnswerDays
        Those that bear the score.
    """
    rows = base.responses.loc[base.responses[parts.kpi].notna()]
    # same rows in the same order as in the run, among which those of other customers lie
    used = parts.answers.cluster[parts.answers.cluster >= 0]
    rest = np.flatnonzero(np.isin(used, keys))
    order = np.argsort(rows["customer"].to_numpy(), kind="stable")
    customer = rows["customer"].to_numpy()[order]
    about = rows["event_component"].to_numpy(dtype=object)[order]
    failed = rows.groupby("event_component")["event_failed"].transform("mean").to_numpy(dtype=float)[order]
    return AnswerDays(
        customer=customer,
        day=rows["responded_day"].to_numpy(dtype=np.int64)[order],
        rest=rest[order],
        about=about,
        failed=failed,
        begins=np.searchsorted(customer, np.arange(len(keys) + 1)),
    )


def draw_answer_days(days: AnswerDays, donors: Donors, donor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give customers their own answer days, and after they left those of their donor.

    Parameters
    ----------
    days : AnswerDays
        Of all customers.
    donors : Donors
        Until when a customer's own count.
    donor : ndarray
        (n_customers,) who stands in.

    Returns
    -------
    customer : ndarray
        (n,) whose.
    place : ndarray
        (n,) which answer.
    """
    own = days.day <= donors.until[days.customer]
    counts = np.diff(days.begins)[donor[donors.left]]
    customer = np.repeat(donors.left, counts)
    shift = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = np.repeat(days.begins[donor[donors.left]], counts) + shift
    later = days.day[place] > donors.until[customer]
    return (
        np.concatenate([days.customer[own], customer[later]]),
        np.concatenate([np.flatnonzero(own), place[later]]),
    )


def lay_out_charges(base: Linked) -> Charges:
    """Charge every customer from the day of acquisition on, as often as the last charge says.

    The timelines hold changes of price summed up by quarter, so the days themselves are not known.

    Parameters
    ----------
    base : Linked
        Timelines.

    Returns
    -------
    Charges
        ``share`` of them are drawn, so that there are as many changes as in the data.
    """
    customers = base.customers
    acquired, stop = customers["acquired_day"].to_numpy(), customers["stop"].to_numpy()
    months = np.maximum(np.nan_to_num(customers["covered_months"].to_numpy(dtype=float), nan=1.0), 1.0)
    step = months * DAYS_A_MONTH
    first = np.maximum(np.ceil((base.from_day - acquired) / step), 1.0).astype(np.int64)
    last = np.floor((base.to_day - acquired) / step).astype(np.int64)
    counts = np.maximum(last - first + 1, 0)
    customer = np.repeat(np.arange(len(customers)), counts)
    number = first[customer] + np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    after = acquired[customer] + np.round(number * step[customer]).astype(np.int64)
    before = acquired[customer] + np.round((number - 1) * step[customer]).astype(np.int64)
    there = after <= base.to_day
    customer, before, after = customer[there], before[there], after[there]
    possible = int((after - acquired[customer] < stop[customer]).sum())
    seen = int(base.price_changes["n_changes"].sum())
    return Charges(customer, before, after, min(seen / possible, 1.0) if possible else 0.0)
