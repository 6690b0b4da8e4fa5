"""Tickets: what customers write to the service desk, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.simulate.contacts import join_contacts
from cxlink.simulate.days import AnyArray, BoolArray, Calendar, DateArray, FloatArray, IntArray
from cxlink.simulate.incidents import Incidents
from cxlink.simulate.lives import NEVER, Lives
from cxlink.simulate.phrases import read_bank
from cxlink.simulate.phrases.bank import mistype, pick
from cxlink.simulate.population import Population
from cxlink.simulate.world import World

COMPONENT_GIVEN_SHARE = 0.75
QUESTION_SHARE = 0.03
SUBJECT_NAMES_COMPONENT_SHARE = 0.5
QUESTION_MINUTES = 4.0
TEAM_OF_COMPONENT = {
    "delivery": "logistics",
    "billing": "payments",
    "app": "tech",
    "support": "care",
    "onboarding": "care",
    "product": "tech",
}
INCIDENT, QUESTION, CANCELLATION = "complaint", "question", "cancellation"


@dataclass(frozen=True)
class _Cases:
    """One entry per ticket; ``kind`` says whether an incident stands behind it."""

    customer: IntArray
    day: IntArray
    component: IntArray
    cause: IntArray
    kind: AnyArray

    def take(self, rows: AnyArray) -> _Cases:
        return _Cases(**{name: values[rows] for name, values in vars(self).items()})


def build_tickets(
    world: World,
    people: Population,
    lives: Lives,
    causes: IntArray,
    first_day: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tickets of all customers, with the true label of each.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        Their lives.
    causes : array of int
        Cause of each incident.
    first_day : int
        Incidents before this day are left out.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    tuple of pandas.DataFrame
        Tickets by time of opening, with the customer's position in ``customer``; and their labels.
    """
    calendar = Calendar(world.starts_on)
    last_day = calendar.number(world.observed_to)
    cases = _join(
        _incident_cases(world, lives, causes, first_day, last_day, rng),
        _cancellation_cases(world, people, lives, first_day, rng),
    )
    cases = _join(cases, _question_cases(world, people, lives, cases, first_day, last_day, rng))
    opened = draw_times(calendar, cases.day, rng)
    order = np.argsort(opened, kind="stable")
    cases, opened = cases.take(order), opened[order]
    tickets, labels = _ticket_frame(world, people, cases, opened, rng), _ticket_labels(world, cases)
    return join_contacts(tickets, labels, world.joined_within_days) if world.joined_within_days else (tickets, labels)


def draw_times(calendar: Calendar, days: IntArray, rng: np.random.Generator) -> DateArray:
    """Moments within office hours of these days, to the second.

    Parameters
    ----------
    calendar : Calendar
        Day numbers.
    days : array of int
        Days.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    array of datetime64[s]
        Between 7:00 and 20:00.
    """
    seconds = rng.integers(7 * 3600, 20 * 3600, len(days))
    moments: DateArray = calendar.dates(days).astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return moments


def _incident_cases(
    world: World, lives: Lives, causes: IntArray, first_day: int, last_day: int, rng: np.random.Generator
) -> _Cases:
    incidents: Incidents = lives.incidents
    is_silent_too = np.array([component.ticket_share < 1 for component in world.components])
    share = np.array([component.ticket_share for component in world.components])
    has_ticket = rng.random(len(incidents)) < share[incidents.component]
    delay = np.where(is_silent_too[incidents.component], rng.integers(0, 4, len(incidents)), 0)
    day = incidents.day + delay
    in_time = day <= np.minimum(lives.ended[incidents.customer], last_day)
    kept = has_ticket & (incidents.day >= first_day) & in_time
    return _Cases(
        customer=incidents.customer[kept],
        day=day[kept],
        component=incidents.component[kept],
        cause=causes[kept],
        kind=np.full(kept.sum(), INCIDENT),
    )


def _cancellation_cases(
    world: World, people: Population, lives: Lives, first_day: int, rng: np.random.Generator
) -> _Cases:
    has_left = (lives.ended != NEVER) & ~lives.is_involuntary
    writes = np.flatnonzero(has_left & (rng.random(len(people)) < world.cancellation_ticket_share))
    day = np.maximum(lives.ended[writes] - rng.integers(1, 31, len(writes)), people.acquired[writes])
    kept = day >= first_day
    billing = world.component_names.index("billing")
    return _without_incident(writes[kept], day[kept], np.full(kept.sum(), billing), CANCELLATION)


def _question_cases(
    world: World,
    people: Population,
    lives: Lives,
    cases: _Cases,
    first_day: int,
    last_day: int,
    rng: np.random.Generator,
) -> _Cases:
    count = rng.binomial(len(cases.day), QUESTION_SHARE)
    starts = np.maximum(people.acquired, first_day)
    at_risk = np.minimum(lives.ended, last_day) - starts + 1
    customer = rng.choice(len(people), size=count, p=at_risk / at_risk.sum())
    day = starts[customer] + rng.integers(0, at_risk[customer])
    return _without_incident(customer, day, rng.integers(0, len(world.components), count), QUESTION)


def _without_incident(customer: IntArray, day: IntArray, component: IntArray, kind: str) -> _Cases:
    return _Cases(customer, day, component, np.full(len(day), -1), np.full(len(day), kind))


def _join(first: _Cases, second: _Cases) -> _Cases:
    return _Cases(**{name: np.concatenate([values, vars(second)[name]]) for name, values in vars(first).items()})


def _ticket_frame(
    world: World, people: Population, cases: _Cases, opened: DateArray, rng: np.random.Generator
) -> pd.DataFrame:
    names = np.array(world.component_names, dtype=object)
    is_given = (cases.kind != QUESTION) & (rng.random(len(opened)) < COMPONENT_GIVEN_SHARE)
    is_given |= cases.kind == CANCELLATION
    subjects, bodies = _draw_texts(world, people, cases, rng)
    return pd.DataFrame(
        {
            "ticket_id": number_rows("T", len(opened)),
            "customer": cases.customer,
            "opened_at": opened,
            "closed_at": _draw_closed(world, opened, rng),
            "component": pd.Series(names[cases.component], dtype=object).where(is_given),
            "subject": subjects,
            "body": bodies,
            "handle_minutes": _draw_minutes(world, cases, rng),
            "credit_amount": _draw_credits(world, cases, rng),
            "agent_team": _draw_teams(world, cases, rng),
        }
    )


def number_rows(prefix: str, count: int) -> list[str]:
    """Short ids in order: a prefix and a number.

    Parameters
    ----------
    prefix : str
        A letter.
    count : int
        How many.

    Returns
    -------
    list of str
        The ids.
    """
    return [f"{prefix}{number}" for number in range(1, count + 1)]


def _draw_closed(world: World, opened: DateArray, rng: np.random.Generator) -> DateArray:
    hours = np.minimum(rng.lognormal(2.5, 1.0, len(opened)), 24.0 * 30)
    closed = opened + (hours * 3600).astype("timedelta64[s]")
    after = np.datetime64(world.observed_to, "D") + np.timedelta64(1, "D")
    return np.where(closed < after, closed, np.datetime64("NaT"))


def _draw_minutes(world: World, cases: _Cases, rng: np.random.Generator) -> FloatArray:
    rate = world.finance.cost_per_handle_minute
    mean = np.array([component.handling_cost / rate for component in world.components])[cases.component]
    mean = np.where(cases.kind == INCIDENT, mean, QUESTION_MINUTES)
    spread = world.handling_spread
    minutes = rng.lognormal(np.log(mean) - spread**2 / 2, spread)
    rounded: FloatArray = np.maximum(np.round(minutes, 1), 0.1)
    if not world.free_ticket_share:
        return rounded
    is_free = rng.random(len(rounded)) < world.free_ticket_share
    return np.where(is_free, 0.0, np.round(rounded / (1 - world.free_ticket_share), 1))


def _draw_credits(world: World, cases: _Cases, rng: np.random.Generator) -> FloatArray:
    share = np.array([component.credit_share for component in world.components])[cases.component]
    mean = np.array([component.credit_mean for component in world.components])[cases.component]
    has_credit: BoolArray = (cases.kind == INCIDENT) & (rng.random(len(share)) < share)
    amount = np.maximum(np.round(mean * rng.gamma(4.0, 0.25, len(share)), 2), 0.01)
    return np.where(has_credit, amount, np.nan)


def _draw_teams(world: World, cases: _Cases, rng: np.random.Generator) -> AnyArray:
    usual = np.array([TEAM_OF_COMPONENT[name] for name in world.component_names], dtype=object)
    return np.where(rng.random(len(cases.day)) < 0.85, usual[cases.component], "care")


def _draw_texts(
    world: World, people: Population, cases: _Cases, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    subjects, bodies = [], []
    for customer, position, cause, kind in zip(cases.customer, cases.component, cases.cause, cases.kind, strict=True):
        subject, body = _write_ticket(world, str(people.language[customer]), position, cause, kind, rng)
        subjects.append(subject)
        bodies.append(body)
    return subjects, bodies


def _write_ticket(
    world: World, language: str, position: int, cause: int, kind: str, rng: np.random.Generator
) -> tuple[str, str]:
    bank = read_bank(language)
    component = world.components[position]
    if kind == CANCELLATION:
        return pick(bank.subject["cancellation"], rng), mistype(pick(bank.cancellation["text"], rng), rng)
    if kind == QUESTION:
        return pick(bank.subject["general"], rng), mistype(pick(bank.question[component.name], rng), rng)
    names_it = rng.random() < SUBJECT_NAMES_COMPONENT_SHARE
    subject = pick(bank.subject[component.name if names_it else "general"], rng)
    complaint = bank.complain(component.name, component.causes[cause][0], rng)
    return subject, bank.wrap([complaint], rng)


def _ticket_labels(world: World, cases: _Cases) -> pd.DataFrame:
    causes = [
        world.components[component].causes[cause][0] if cause >= 0 else None
        for component, cause in zip(cases.component, cases.cause, strict=True)
    ]
    return pd.DataFrame(
        {
            "record_id": number_rows("T", len(causes)),
            "table": "tickets",
            "component": np.array(world.component_names, dtype=object)[cases.component],
            "cause": causes,
            "kind": cases.kind,
        }
    )
