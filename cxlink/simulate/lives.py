"""Customers' lives, day by day: who has an incident, who is charged, who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlink.simulate.days import DAYS_PER_MONTH, AnyArray, BoolArray, Calendar, FloatArray, IntArray
from cxlink.simulate.incidents import Incidents, incident_rate, step_factor, tenure_band, tenure_factor
from cxlink.simulate.population import CENTRE_OF_USAGE, Population, involuntary_rate, voluntary_rate
from cxlink.simulate.world import World

NEVER = 10**6
"""Day of what has not happened."""

PRICE_MOVE_SHARE = 0.02
PRICE_MOVE_SD = 0.04
ORDERS_PER_MONTH = 0.55


@dataclass(frozen=True)
class Lives:
    """What happened to each customer up to the cut-off.

    Parameters
    ----------
    ended : array of int
        Last day at risk, or ``NEVER``.
    is_involuntary : array of bool
        Whether the end was a failed payment.
    last_incident : array of int, shape (n_customers, n_components)
        Day of the last incident, or ``-NEVER``.
    log_price, pending : array of float
        Log monthly price at the cut-off, and the contraction that the next charge will show.
    incidents : Incidents
        All incidents.
    charge_customer, charge_day : array of int
        One entry per charge (or order).
    charge_log_price : array of float
        Log monthly price at the charge.
    survey_customer, survey_day, survey_code : array of int
        One entry per invitation; the code has one bit per exposed component.
    """

    ended: IntArray
    is_involuntary: BoolArray
    last_incident: IntArray
    log_price: FloatArray
    pending: FloatArray
    incidents: Incidents
    charge_customer: IntArray
    charge_day: IntArray
    charge_log_price: FloatArray
    survey_customer: IntArray
    survey_day: IntArray
    survey_code: IntArray

    def take(self, rows: IntArray) -> Lives:
        """Lives of the customers at these positions, in this order.

        Parameters
        ----------
        rows : array of int
            Positions of customers.

        Returns
        -------
        Lives
            Their lives.
        """
        new_position = np.full(len(self.ended), -1)
        new_position[rows] = np.arange(len(rows))
        customer = new_position[self.incidents.customer]
        kept = customer >= 0
        charge, survey = new_position[self.charge_customer], new_position[self.survey_customer]
        charged, asked = charge >= 0, survey >= 0
        return Lives(
            ended=self.ended[rows],
            is_involuntary=self.is_involuntary[rows],
            last_incident=self.last_incident[rows],
            log_price=self.log_price[rows],
            pending=self.pending[rows],
            incidents=Incidents(customer[kept], self.incidents.component[kept], self.incidents.day[kept]),
            charge_customer=charge[charged],
            charge_day=self.charge_day[charged],
            charge_log_price=self.charge_log_price[charged],
            survey_customer=survey[asked],
            survey_day=self.survey_day[asked],
            survey_code=self.survey_code[asked],
        )


@dataclass
class _Diary:
    """What is written down each day: pairs or triples of arrays."""

    incidents: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)
    charges: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    surveys: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)


def exposure_code(last_incident: IntArray, day: int, exposure_days: int) -> IntArray:
    """One number per customer, with one bit per component exposed on a day.

    Parameters
    ----------
    last_incident : array of int, shape (n_customers, n_components)
        Day of the last incident before ``day``; at most eight components.
    day : int
        The day at risk.
    exposure_days : int
        An incident on day ``d`` exposes the days ``d + 1`` to ``d + exposure_days``.

    Returns
    -------
    array of int
        Sum of ``2 ** position`` over the exposed components.
    """
    exposed = last_incident >= day - exposure_days
    return np.packbits(exposed, axis=1, bitorder="little")[:, 0].astype(np.int64)


def hazard_ratio_table(world: World) -> FloatArray:
    """Hazard ratio by tenure band and exposure code, shape (n_bands, 2 ** n_components).

    Parameters
    ----------
    world : World
        Settings.

    Returns
    -------
    array of float, shape (n_bands, 2 ** n_components)
        Hazard ratios.
    """
    log_ratios = np.array([component.log_hazard_ratio for component in world.components])
    bits = code_bits(len(log_ratios))
    return np.exp(np.outer(world.leaving.effect_factor, bits @ log_ratios))


def code_bits(n_components: int) -> IntArray:
    """Bits of every exposure code, shape (2 ** n_components, n_components).

    Parameters
    ----------
    n_components : int
        Number of components.

    Returns
    -------
    array of int, shape (2 ** n_components, n_components)
        Zeros and ones.
    """
    codes = np.arange(1 << n_components)
    return (codes[:, None] >> np.arange(n_components)) & 1


class DueDays:
    """On which days customers are charged.

    Parameters
    ----------
    calendar : Calendar
        Day numbers.
    people : Population
        Customers.
    n_days : int
        Days to prepare.
    """

    def __init__(self, calendar: Calendar, people: Population, n_days: int) -> None:
        days = np.arange(n_days)
        self._day_of_month = calendar.day_of_month(days)
        self._days_in_month = calendar.days_in_month(days)
        self._month_of_year = calendar.months(days) % 12
        self._anchor = people.anchor
        self._is_monthly = ~people.is_yearly
        self._anchor_month = calendar.months(people.acquired) % 12

    def are_due(self, day: int, rows: IntArray) -> BoolArray:
        """Whether each of these customers, all acquired by then, is charged on a day.

        Parameters
        ----------
        day : int
            Day number.
        rows : array of int
            Positions of customers.

        Returns
        -------
        array of bool
            One entry per row.
        """
        anchor = np.minimum(self._anchor[rows], self._days_in_month[day])
        in_month = self._is_monthly[rows] | (self._anchor_month[rows] == self._month_of_year[day])
        due: BoolArray = (anchor == self._day_of_month[day]) & in_month
        return due


def simulate_lives(world: World, people: Population, rng: np.random.Generator) -> Lives:
    """Live through every day from the first acquisition to the cut-off.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Lives
        What happened.
    """
    return _Simulation(world, people, rng).run()


class _Simulation:
    def __init__(self, world: World, people: Population, rng: np.random.Generator) -> None:
        self.world, self.people, self.rng = world, people, rng
        self.calendar = Calendar(world.starts_on)
        self.n_days = self.calendar.number(world.observed_to) + 1
        self.window_starts = self.calendar.number(world.observed_from)
        self.due_days = DueDays(self.calendar, people, self.n_days)
        self.voluntary = voluntary_rate(world, people)
        self.involuntary = involuntary_rate(world, people)
        self.incidence = incident_rate(world, people)
        self.incidence_factor = tenure_factor(world)
        self.steps_on = NEVER if world.step_on is None else self.calendar.number(world.step_on)
        self.tenure_ratio = np.exp(np.asarray(world.leaving.tenure_log_hazard))
        self.ratios = hazard_ratio_table(world)
        self.contraction = np.array([component.contraction for component in world.components])
        self.ended = np.full(len(people), NEVER)
        self.is_involuntary = np.zeros(len(people), dtype=np.bool_)
        self.last_incident = np.full((len(people), len(world.components)), -NEVER)
        self.log_price = people.log_price.copy()
        self.pending = np.zeros(len(people))
        self.diary = _Diary()

    def run(self) -> Lives:
        for day in range(self.n_days):
            self._live(day)
        incident_customer, incident_component, incident_day = _joined(self.diary.incidents)
        charge_customer, charge_day, charge_log_price = _joined(self.diary.charges)
        survey_customer, survey_day, survey_code = _joined(self.diary.surveys)
        return Lives(
            ended=self.ended,
            is_involuntary=self.is_involuntary,
            last_incident=self.last_incident,
            log_price=self.log_price,
            pending=self.pending,
            incidents=Incidents(incident_customer, incident_component, incident_day),
            charge_customer=charge_customer,
            charge_day=charge_day,
            charge_log_price=charge_log_price,
            survey_customer=survey_customer,
            survey_day=survey_day,
            survey_code=survey_code,
        )

    def _live(self, day: int) -> None:
        if day == self.steps_on:
            self.incidence = self.incidence * step_factor(self.world)
        rows = np.flatnonzero((self.people.acquired <= day) & (self.ended == NEVER))
        if len(rows) == 0:
            return
        band = tenure_band(day - self.people.acquired[rows])
        code = exposure_code(self.last_incident[rows], day, self.world.exposure_days)
        if self.world.is_subscription:
            self._charge(day, rows)
        else:
            self._order(day, rows)
        self._survey(day, rows, code)
        self._have_incidents(day, rows, band)
        self._leave(day, rows, band, code)

    def _charge(self, day: int, rows: IntArray) -> None:
        due = rows[self.due_days.are_due(day, rows)]
        if len(due) == 0:
            return
        moves = self.rng.normal(0.0, PRICE_MOVE_SD, len(due)) * (self.rng.random(len(due)) < PRICE_MOVE_SHARE)
        is_first = self.people.acquired[due] == day
        self.log_price[due] += np.where(is_first, 0.0, moves) - self.pending[due]
        self.pending[due] = 0.0
        self.diary.charges.append((due, np.full(len(due), day), self.log_price[due]))

    def _order(self, day: int, rows: IntArray) -> None:
        rate = ORDERS_PER_MONTH / DAYS_PER_MONTH * np.exp(0.1 * (self.people.usage[rows] - CENTRE_OF_USAGE))
        is_first = self.people.acquired[rows] == day
        buyers = rows[is_first | (self.rng.random(len(rows)) < rate)]
        spread = self.rng.normal(0.0, 0.4, len(buyers))
        self.diary.charges.append((buyers, np.full(len(buyers), day), self.log_price[buyers] + spread))

    def _survey(self, day: int, rows: IntArray, code: IntArray) -> None:
        if day < self.window_starts:
            return
        turn = (day - self.people.survey_phase[rows]) % self.world.satisfaction.survey_every_days == 0
        asked = rows[turn]
        self.diary.surveys.append((asked, np.full(len(asked), day), code[turn]))

    def _have_incidents(self, day: int, rows: IntArray, band: IntArray) -> None:
        chance = self.incidence[rows] * self.incidence_factor[band]
        hit, component = np.nonzero(self.rng.random(chance.shape) < chance)
        customer = rows[hit]
        self.last_incident[customer, component] = day
        np.add.at(self.pending, customer, self.contraction[component])
        self.diary.incidents.append((customer, component, np.full(len(customer), day)))

    def _leave(self, day: int, rows: IntArray, band: IntArray, code: IntArray) -> None:
        voluntary = self.voluntary[rows] * self.tenure_ratio[band] * self.ratios[band, code]
        total = voluntary + self.involuntary[rows]
        leaves = self.rng.random(len(rows)) < -np.expm1(-total)
        leavers = rows[leaves]
        self.ended[leavers] = day
        self.is_involuntary[leavers] = self.rng.random(len(leavers)) >= (voluntary / total)[leaves]


def _joined(days: Sequence[tuple[AnyArray, AnyArray, AnyArray]]) -> tuple[AnyArray, AnyArray, AnyArray]:
    first, second, third = zip(*days, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(third)
