"""What every drawn company has in common: the customers, when what could happen to them, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.handoff import Linked
from cxlink.impact.incidence import RECENT_DAYS, Incidence
from cxlink.selfcheck.calendar import AnswerDays, Charges, Donors, find_donors, lay_out_answers, lay_out_charges
from cxlink.selfcheck.incidents import Rhythm, dispersion, lay_out
from cxlink.selfcheck.parts import RunParts

MOST_OFTEN = 5.0
"""By how much rates before the last year may differ from it."""


@dataclass(frozen=True, slots=True)
class TicketPool:
    """Tickets of one component: how many an incident brings, and what each costs."""

    per_incident: float
    handling: np.ndarray
    credit: np.ndarray


@dataclass(frozen=True, slots=True)
class Happening:
    """How often one component's incidents, or its touchpoints, happen to whom.

    Parameters
    ----------
    incidence : Incidence
        Fitted rates of the last year.
    rhythm : Rhythm
        The same laid out on each customer's days.
    variance : float
        Of what multiplies the rates of a customer; mean one.
    """

    incidence: Incidence
    rhythm: Rhythm
    variance: float


@dataclass(frozen=True, slots=True)
class Template:
    """What every drawn company has in common.

    Parameters
    ----------
    base : Linked
        The customers; everything that happened to them is drawn anew.
    staying : DataFrame
        ``base.customers`` as if everybody stayed to the cut-off.
    quarter_levels : ndarray
        (n_quarters,) log hazard of each calendar quarter.
    incidents : tuple of Happening
        One a component.
    touchpoints : mapping of str to Happening
        Those without a failure, of components that record them.
    tables : tuple of str
        Where incidents of each component are recorded.
    tickets : tuple of TicketPool
        One a component.
    donors : Donors
        Who stands in for whom.
    answers : AnswerDays
        When customers answer.
    charges : Charges
        When they are charged.
    """

    base: Linked
    staying: pd.DataFrame
    quarter_levels: np.ndarray
    incidents: tuple[Happening, ...]
    touchpoints: Mapping[str, Happening]
    tables: tuple[str, ...]
    tickets: tuple[TicketPool, ...]
    donors: Donors
    answers: AnswerDays
    charges: Charges


def build_template(linked: Linked, base: Linked, keys: np.ndarray, parts: RunParts, exposure_days: int) -> Template:
    """Lay out what companies have in common.

    Parameters
    ----------
    linked : Linked
        The run's timelines.
    base : Linked
        Those of the customers that companies are drawn with.
    keys : ndarray
        (n_customers,) their keys in the run.
    parts : RunParts
        What the run fitted.
    exposure_days : int
        How long an incident counts: as much history is drawn before the window.

    Returns
    -------
    Template
        With no more of the data than drawing needs.
    """
    design = parts.main.fitted.design
    customers = base.customers
    to_stay = (base.to_day + 1 - customers["acquired_day"]).to_numpy()
    touched = replace(
        linked,
        incidents=linked.experiences.loc[~linked.experiences["failed"].astype(bool)].rename(
            columns={"experienced_day": "incident_day"}
        ),
    )
    return Template(
        base=_without_what_happened(base),
        staying=customers.assign(stop=to_stay, event=0),
        quarter_levels=design.last_year @ parts.main.fitted.beta[design.calendar],
        incidents=tuple(
            _happening(linked, base, name, incidence, exposure_days)
            for name, incidence in zip(linked.components, parts.incidence, strict=True)
        ),
        touchpoints={
            name: _happening(touched, base, name, incidence, exposure_days)
            for name, incidence in parts.touchpoints.items()
        },
        tables=tuple(_table_of(linked, name) for name in linked.components),
        tickets=tuple(_pool_tickets(linked, name) for name in linked.components),
        donors=find_donors(base),
        answers=lay_out_answers(base, keys, parts),
        charges=lay_out_charges(base),
    )


def _without_what_happened(base: Linked) -> Linked:
    return replace(
        base,
        incidents=base.incidents.iloc[:0],
        experiences=base.experiences.iloc[:0],
        responses=base.responses.iloc[:0],
        tickets=base.tickets.iloc[:0],
        price_changes=base.price_changes.iloc[:0],
        movements=base.movements.iloc[:0],
    )


def _happening(linked: Linked, base: Linked, name: str, incidence: Incidence, exposure_days: int) -> Happening:
    earlier, variance = _beyond_rates(linked, name, incidence)
    customers = base.customers
    acquired = customers["acquired_day"].to_numpy()
    history = np.maximum(customers["start"].to_numpy() - exposure_days, 0)
    last_year = base.to_day - RECENT_DAYS + 1 - acquired
    rhythm = lay_out(incidence, base.covariates, history, base.to_day + 1 - acquired, last_year, earlier=earlier)
    return Happening(incidence, rhythm, variance)


def _beyond_rates(linked: Linked, name: str, incidence: Incidence) -> tuple[float, float]:
    """How many times more often it happened before the last year, and how much customers' rates vary."""
    spells = linked.customers.loc[linked.customers["at_risk"]]
    keys, acquired = spells["customer"].to_numpy(), spells["acquired_day"].to_numpy()
    last_year = linked.to_day - RECENT_DAYS + 1 - acquired
    start, stop = spells["start"].to_numpy(), spells["stop"].to_numpy()
    rhythm = lay_out(incidence, linked.covariates[keys], start, stop, last_year)
    expected = (rhythm.expected * rhythm.late).sum(axis=1)
    rows = linked.incidents.loc[linked.incidents["component"] == name]
    customer = rows["customer"].to_numpy(dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, customer), len(keys) - 1)
    tenure = rows["incident_day"].to_numpy(dtype=np.int64) - acquired[place]
    seen = (keys[place] == customer) & (tenure >= start[place]) & (tenure < stop[place])
    late = seen & (tenure >= last_year[place])
    counts = np.bincount(place[late], minlength=len(keys))
    before = float((rhythm.expected * ~rhythm.late).sum())
    earlier = float((seen & ~late).sum()) / before if before > 0 else 1.0
    return float(np.clip(earlier, 1 / MOST_OFTEN, MOST_OFTEN)), dispersion(counts, expected)


def _table_of(linked: Linked, name: str) -> str:
    tables = linked.incidents.loc[linked.incidents["component"] == name, "table"]
    others = tables.loc[tables != "feedback"]
    found = tables if others.empty else others
    return str(found.mode().iloc[0]) if len(found) else "events"


def _pool_tickets(linked: Linked, name: str) -> TicketPool:
    tickets = linked.tickets.loc[(linked.tickets["customer"] >= 0) & (linked.tickets["component"] == name)]
    incidents = linked.incidents
    met = int(((incidents["component"] == name) & (incidents["incident_day"] >= linked.from_day)).sum())
    return TicketPool(
        per_incident=len(tickets) / met if met else 0.0,
        handling=tickets["handling"].to_numpy(dtype=float),
        credit=tickets["credit"].to_numpy(dtype=float),
    )
