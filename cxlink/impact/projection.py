"""One draw of the future of the active customers, as is and under each contrast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.impact.futures import DAYS_A_MONTH, Exposure

AS_IS = "as is"


@dataclass(frozen=True, slots=True)
class Parts:
    """One draw of everything that was fitted, for the active customers.

    Parameters
    ----------
    voluntary, involuntary : ndarray
        (n_active, n_months) cumulative hazard of each month without any incident.
    log_hazard_ratio : ndarray
        (n_components,) of exposure.
    churn_known : ndarray
        (n_components,) bool: whether removing the component's incidents changes who leaves; where it is not known, its
        exposure acts as it is in every world.
    price : ndarray
        (n_active,) monthly price, 0 where unknown.
    log_price_change : ndarray
        (n_components,) of one incident; 0 where not estimable.
    experience_level : ndarray
        (n_active,) KPI without exposure.
    experience_change : ndarray
        (n_components,) KPI points while exposed; 0 where not estimable.
    cost : ndarray
        (n_components,) avoidable cost of one incident.
    discount : ndarray
        (n_months,) factor at mid-month.
    renewals : tuple of (ndarray, ndarray)
        Customers whose charges cover equally many months, and their (n_months, n_months) matrix of `renewal_matrix`.
    """

    voluntary: np.ndarray
    involuntary: np.ndarray
    log_hazard_ratio: np.ndarray
    churn_known: np.ndarray
    price: np.ndarray
    log_price_change: np.ndarray
    experience_level: np.ndarray
    experience_change: np.ndarray
    cost: np.ndarray
    discount: np.ndarray
    renewals: tuple[tuple[np.ndarray, np.ndarray], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What one world comes to over the horizon: sums over the active customers, experience as a mean."""

    customers: float
    revenue: float
    cost: float
    experience: float

    def minus(self, other: Totals) -> np.ndarray:
        """Difference to another world.

        Parameters
        ----------
        other : Totals
            The world to compare with.

        Returns
        -------
        ndarray
            (4,) customers, revenue, cost, experience.
        """
        return np.array(
            [
                self.customers - other.customers,
                self.revenue - other.revenue,
                self.cost - other.cost,
                self.experience - other.experience,
            ]
        )


class World:
    """Totals of one draw for any choice of each component's exposure.

    Parameters
    ----------
    parts : Parts
        The draw.
    choices : sequence of Mapping
        For each component, its exposure under each name such as ``as is``, ``none`` and ``tenth``.
    weight : ndarray, optional
        (n_active,) how many customers each stands for; one each where absent.
    """

    def __init__(
        self, parts: Parts, choices: Sequence[Mapping[str, Exposure]], weight: np.ndarray | None = None
    ) -> None:
        self._parts = parts
        self._weight = np.ones(len(parts.price)) if weight is None else weight
        self._names = [tuple(choice) for choice in choices]
        self._factors: list[dict[str, np.ndarray | None]] = []
        self._price_logs: list[dict[str, np.ndarray | None]] = []
        self._served: list[dict[str, np.ndarray]] = []
        self._counts: list[dict[str, np.ndarray]] = []
        self._points: list[dict[str, np.ndarray | None]] = []
        for place, choice in enumerate(choices):
            ratio = np.expm1(parts.log_hazard_ratio[place])
            slope, points = parts.log_price_change[place], parts.experience_change[place]
            acting = choice if parts.churn_known[place] else dict.fromkeys(choice, choice[AS_IS])
            self._factors.append({n: 1.0 + ratio * e.share if ratio else None for n, e in acting.items()})
            self._price_logs.append(
                {n: slope * _heard_of(e.met, parts.renewals) if slope else None for n, e in choice.items()}
            )
            self._served.append({n: e.count if e.served is None else e.served for n, e in choice.items()})
            self._counts.append({n: parts.cost[place] * count for n, count in self._served[place].items()})
            self._points.append({n: points * e.share if points else None for n, e in choice.items()})

    def totals(self, names: Sequence[str]) -> Totals:
        """Totals where each component takes the exposure of that name.

        Parameters
        ----------
        names : sequence of str
            One a component.

        Returns
        -------
        Totals
            Sums over the horizon.
        """
        return self.add_up(self.values(names))

    def add_up(self, values: np.ndarray) -> Totals:
        """Add up what each customer comes to.

        Parameters
        ----------
        values : ndarray
            (5, n_active) of `values`.

        Returns
        -------
        Totals
            Sums over the customers that the weights stand for.
        """
        customers, revenue, cost, points, present = values @ self._weight
        return Totals(float(customers), float(revenue), float(cost), float(points / present) if present > 0 else 0.0)

    def values(self, names: Sequence[str], *, nobody_leaves: bool = False) -> np.ndarray:
        """What each customer comes to, where each component takes the exposure of that name.

        Parameters
        ----------
        names : sequence of str
            One a component.
        nobody_leaves : bool
            Whether nobody leaves of their own will: what no change of any component can reach.

        Returns
        -------
        ndarray
            (5, n_active): chance to be there at the end, revenue, cost, KPI times months there, and months there.
        """
        return self.values_and_months(names, nobody_leaves=nobody_leaves)[0]

    def values_and_months(self, names: Sequence[str], *, nobody_leaves: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """What each customer comes to over the horizon, and what all of them bring month by month.

        Parameters
        ----------
        names : sequence of str
            One a component.
        nobody_leaves : bool
            Whether nobody leaves of their own will.

        Returns
        -------
        values : ndarray
            (5, n_active) of `values`.
        money : ndarray
            (2, n_months) revenue and cost of the customers that the weights stand for, not discounted.
        """
        ends, present, revenue, cost, level = self._months(names, nobody_leaves=nobody_leaves)
        discount, served = self._parts.discount, present * cost
        values = np.array(
            [
                ends[:, -1],
                revenue @ discount,
                served @ discount,
                np.einsum("ij,ij->i", present, level),
                present.sum(axis=1),
            ]
        )
        return values, np.array([self._weight @ revenue, self._weight @ served])

    def by_month(self, names: Sequence[str]) -> np.ndarray:
        """Month by month, what the customers come to where each component takes the exposure of that name.

        Parameters
        ----------
        names : sequence of str
            One a component.

        Returns
        -------
        ndarray
            (5 + n_components, n_months) sums, not discounted: customers at the end of the month, revenue, cost, KPI
            times customers there, customers there, and incidents of each component.
        """
        ends, present, revenue, cost, level = self._months(names)
        weight = self._weight
        of_incidents = [
            np.einsum("i,ij,ij->j", weight, present, self._served[place][name]) for place, name in enumerate(names)
        ]
        points = np.einsum("i,ij,ij->j", weight, present, level)
        return np.array(
            [weight @ ends, weight @ revenue, weight @ (present * cost), points, weight @ present, *of_incidents]
        )

    def _months(self, names: Sequence[str], *, nobody_leaves: bool = False) -> tuple[np.ndarray, ...]:
        """Each customer's chance to be there at the end of each month and on average in it, revenue, cost and level."""
        parts = self._parts
        hazard = parts.voluntary.copy()
        price_log = np.zeros_like(hazard)
        cost = np.zeros_like(hazard)
        level = np.repeat(parts.experience_level[:, None], hazard.shape[1], axis=1)
        for place, name in enumerate(names):
            factor, slope, points = (
                self._factors[place][name],
                self._price_logs[place][name],
                self._points[place][name],
            )
            if factor is not None:
                hazard *= factor
            if slope is not None:
                price_log += slope
            if points is not None:
                level += points
            cost += self._counts[place][name]
        hazard = parts.involuntary if nobody_leaves else hazard + parts.involuntary
        ends = np.exp(-np.cumsum(hazard, axis=1))
        present = ends.copy()
        present[:, 0] += 1.0
        present[:, 1:] += ends[:, :-1]
        present /= 2
        revenue = present * np.exp(price_log) * parts.price[:, None]
        return ends, present, revenue, cost, level


def monthly_hazards(
    tenure: np.ndarray, edges: np.ndarray, rates: np.ndarray, relative_risk: np.ndarray, n_months: int
) -> np.ndarray:
    """Cumulative hazard of each month of the horizon.

    Parameters
    ----------
    tenure : ndarray
        (n_active,) days at the cut-off.
    edges, rates : ndarray
        (n_bands,) first tenure day of each band, and its hazard a day; the last band is open.
    relative_risk : ndarray
        (n_active,).
    n_months : int
        Length of the horizon.

    Returns
    -------
    ndarray
        (n_active, n_months).
    """
    days = tenure[:, None] + DAYS_A_MONTH * np.arange(n_months + 1)[None, :]
    band = np.searchsorted(edges, days, side="right") - 1
    so_far = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(edges))])
    cumulative = so_far[band] + rates[band] * (days - edges[band])
    hazards: np.ndarray = np.diff(cumulative, axis=1) * relative_risk[:, None]
    return hazards


def renewal_matrix(covered_months: int, n_months: int) -> np.ndarray:
    """Share of a month in which the price has heard of an incident of the same or an earlier month.

    The incident falls anywhere in its month, and the next charge anywhere in the months that a charge covers. For a
    monthly charge the incident's own month bears a sixth of the change, the next one five sixths, later ones all.

    Parameters
    ----------
    covered_months : int
        Months that one charge covers.
    n_months : int
        Length of the horizon.

    Returns
    -------
    ndarray
        (n_months, n_months): row the month of the incident, column the month of the price.
    """
    between = (np.arange(200) + 0.5) / 200
    distance = (between[:, None] - between[None, :]).ravel()
    lags = np.arange(n_months)
    heard = np.clip((lags[:, None] + distance[None, :]) / covered_months, 0.0, 1.0).mean(axis=1)
    lag = lags[None, :] - lags[:, None]
    matrix: np.ndarray = np.where(lag >= 0, heard[np.clip(lag, 0, None)], 0.0)
    return matrix


def _heard_of(count: np.ndarray, renewals: tuple[tuple[np.ndarray, np.ndarray], ...]) -> np.ndarray:
    """Incidents that each customer's price has heard of, on average over the month."""
    heard = np.zeros_like(count)
    for rows, matrix in renewals:
        heard[rows] = count[rows] @ matrix
    return heard
