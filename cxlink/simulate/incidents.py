"""How often incidents happen, and to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.simulate.days import DAYS_PER_MONTH, FloatArray, IntArray
from cxlink.simulate.population import CENTRE_OF_USAGE, Population
from cxlink.simulate.world import TENURE_EDGES_DAYS, World


@dataclass(frozen=True)
class Incidents:
    """One entry per incident, ordered by day.

    Parameters
    ----------
    customer : array of int
        Position of the customer.
    component : array of int
        Position of the component.
    day : array of int
        Day of the incident.
    """

    customer: IntArray
    component: IntArray
    day: IntArray

    def __len__(self) -> int:
        return len(self.day)


def tenure_band(tenure_days: IntArray) -> IntArray:
    """Position of the tenure band, from 0.

    Parameters
    ----------
    tenure_days : array of int
        Days since acquisition.

    Returns
    -------
    array of int
        0 for the first band.
    """
    return np.searchsorted(TENURE_EDGES_DAYS, tenure_days, side="right")


def incident_rate(world: World, people: Population) -> FloatArray:
    """Daily probability of an incident, before the factor of the tenure band.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.

    Returns
    -------
    array of float, shape (n_customers, n_components)
        To be multiplied by :func:`tenure_factor`.
    """
    columns = [
        component.incidents_per_month
        / DAYS_PER_MONTH
        * np.exp(
            component.usage_slope * (people.usage - CENTRE_OF_USAGE)
            + np.asarray(component.plan_shift)[people.plan]
            + np.asarray(component.region_shift)[people.region]
            + component.frailty_slope * people.frailty
        )
        for component in world.components
    ]
    return np.column_stack(columns)


def tenure_factor(world: World) -> FloatArray:
    """Factor on the incidence by tenure band and component, shape (n_bands, n_components).

    Parameters
    ----------
    world : World
        Settings.

    Returns
    -------
    array of float, shape (n_bands, n_components)
        Factors.
    """
    return np.column_stack([component.tenure_factor for component in world.components])


def step_factor(world: World) -> FloatArray:
    """Factor on the incidence of each component from the world's ``step_on`` on, shape (n_components,).

    Parameters
    ----------
    world : World
        Settings.

    Returns
    -------
    array of float, shape (n_components,)
        Ones where nothing steps.
    """
    return np.array([1.0 if world.step_on is None else component.step for component in world.components])


def draw_causes(world: World, incidents: Incidents, rng: np.random.Generator) -> IntArray:
    """Position of each incident's cause among its component's causes.

    Parameters
    ----------
    world : World
        Settings.
    incidents : Incidents
        Incidents.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    array of int
        One position per incident.
    """
    draws = rng.random(len(incidents))
    causes = np.zeros(len(incidents), dtype=np.int64)
    for position, component in enumerate(world.components):
        here = incidents.component == position
        edges = np.cumsum([share for _, share in component.causes])[:-1]
        causes[here] = np.searchsorted(edges, draws[here], side="right")
    return causes
