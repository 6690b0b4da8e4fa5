"""Changes as they were stated, put into the terms of the projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Asked, Linked
from cxlink.settings import ChangeSettings
from cxlink.stats.elicited import Shape, elicited_mean, elicited_quantiles

MIN_CAUSE_INCIDENTS = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """A change in the terms of the projection.

    The *size* of a change is the share of the component's incidents that it removes (below zero: adds), or the share of
    their harm that it takes away, when it works in full and everybody is reached.

    Parameters
    ----------
    asked : Asked
        As it was stated.
    place : int
        Component; -1 where this data has none of that name.
    displaced : int
        Component in which incidents reappear; -1 where none do.
    ramp : ndarray
        (n_months,) share of the full size.
    served : bool
        Whether its incidents still cost to serve, as after a recovery.
    point : float
        Mean size.
    draws : ndarray
        (n_draws,) sizes.
    cause_share, cause_draws : float, ndarray
        Of the component's incidents, the share that bears the cause; 1 where no cause is given.
    cap : float
        Most that vouchers may cost in a month.
    refusal : NotEstimable or None
        Why it cannot be projected.
    chance, shape : ndarray, str
        (n_draws,) quantiles of the stated range that ``draws`` are, and its shape.
    """

    asked: Asked
    place: int
    displaced: int
    ramp: np.ndarray
    served: bool
    point: float
    draws: np.ndarray
    cause_share: float
    cause_draws: np.ndarray
    cap: float
    refusal: NotEstimable | None
    chance: np.ndarray = field(default_factory=lambda: np.zeros(0))
    shape: Shape = "triangular"

    def covering(self, incidents: np.ndarray) -> Plan:
        """Let vouchers cover no more incidents than the cap pays for.

        Parameters
        ----------
        incidents : ndarray
            (n_months,) of the component, expected as is.

        Returns
        -------
        Plan
            With a ramp of what is covered.
        """
        wanted = incidents * self.ramp * self.asked.adoption * self.asked.voucher
        covered = np.divide(self.cap, wanted, out=np.ones_like(wanted), where=wanted > self.cap)
        return replace(self, ramp=self.ramp * covered)


def build_plans(
    linked: Linked, changes: Sequence[ChangeSettings], *, n_months: int, weights: np.ndarray, rng: np.random.Generator
) -> tuple[Plan, ...]:
    """Put changes into the terms of the projection.

    Parameters
    ----------
    linked : Linked
        Component names, and incidents with their causes.
    changes : sequence of ChangeSettings
        As stated.
    n_months : int
        Horizon.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, for the share of a cause.
    rng : Generator
        For the sizes.

    Returns
    -------
    tuple of Plan
        In the same order; those that cannot be projected bear a refusal.
    """
    return tuple(_plan(linked, one, n_months, weights, rng.random(len(weights))) for one in changes)


def _plan(linked: Linked, change: ChangeSettings, n_months: int, weights: np.ndarray, chance: np.ndarray) -> Plan:
    asked = describe_change(change)
    names = linked.components
    place = names.index(change.component) if change.component in names else -1
    displaced = names.index(change.displaced_to) if change.displaced_to in names else -1
    share, share_draws, refusal = _cause_share(linked, change, weights)
    if place < 0 or (change.displaced_to is not None and displaced < 0):
        wrong = change.component if place < 0 else change.displaced_to
        here = ", ".join(names) or "none"
        refusal = NotEstimable(f'this data has no component "{wrong}"', f"one of: {here}")
    elif change.reduce is None and change.recovery is None:
        refusal = NotEstimable("it does not say by how much", '"reduce" or "recovery" of the change')
    shape: Shape = change.shape
    month = np.arange(n_months)
    return Plan(
        asked=asked,
        place=place,
        displaced=displaced,
        # the middle of the month on a straight line from nothing to the whole
        ramp=np.minimum((month + 0.5) / change.ramp_months, 1.0) if change.ramp_months else np.ones(n_months),
        served=change.recovery is not None,
        point=share * elicited_mean(asked.low, asked.likely, asked.high, shape=shape),
        draws=share_draws * elicited_quantiles(asked.low, asked.likely, asked.high, chance, shape=shape),
        cause_share=share,
        cause_draws=share_draws,
        cap=(change.recovery and change.recovery.per_month_cap) or np.inf,
        refusal=refusal,
        chance=chance,
        shape=shape,
    )


def describe_change(change: ChangeSettings) -> Asked:
    """Tell what was stated.

    Parameters
    ----------
    change : ChangeSettings
        Of the configuration.

    Returns
    -------
    Asked
        A change that says nothing of its size has size 0.
    """
    size = change.reduce if change.recovery is None else change.recovery.relief
    low, likely, high = (0.0, 0.0, 0.0) if size is None else (size.low, size.likely, size.high)
    return Asked(
        name=change.name,
        component=change.component,
        cause=change.cause or "",
        kind="recovery" if change.recovery is not None else "more" if likely < 0 else "fewer",
        low=low,
        likely=likely,
        high=high,
        one_off=change.cost.one_off,
        per_month=change.cost.per_month,
        saving_one_off=change.saving.one_off,
        saving_per_month=change.saving.per_month,
        ramp_months=change.ramp_months,
        adoption=change.adoption,
        displaced_to=change.displaced_to or "",
        displaced_share=change.displaced_share,
        voucher=0.0 if change.recovery is None else change.recovery.voucher,
    )


def _cause_share(
    linked: Linked, change: ChangeSettings, weights: np.ndarray
) -> tuple[float, np.ndarray, NotEstimable | None]:
    """Share of the component's incidents that bear a cause, among those of which a cause is known."""
    nothing = np.ones(len(weights))
    if change.cause is None:
        return 1.0, nothing, None
    rows = linked.incidents
    rows = rows.loc[(rows["component"] == change.component) & (rows["incident_day"] >= linked.from_day)]
    known = rows.loc[rows["cause"].notna() & (rows["cause"] != "")]
    n_customers = weights.shape[1]
    of_all = np.bincount(known["customer"].to_numpy(dtype=np.int64), minlength=n_customers).astype(float)
    bearing = known.loc[known["cause"] == change.cause, "customer"].to_numpy(dtype=np.int64)
    if len(bearing) < MIN_CAUSE_INCIDENTS:
        causes = ", ".join(str(one) for one in known["cause"].value_counts().index[:5]) or "none"
        return (
            1.0,
            nothing,
            NotEstimable(
                f'{len(bearing)} incidents of {change.component} bear the cause "{change.cause}", needs'
                f" {MIN_CAUSE_INCIDENTS}",
                f"a cause that is more often named; the most frequent ones here: {causes}",
            ),
        )
    borne = np.bincount(bearing, minlength=n_customers).astype(float)
    return float(borne.sum() / of_all.sum()), (weights @ borne) / (weights @ of_all), None
