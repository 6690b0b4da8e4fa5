"""Gains of one future over another: what is told of a component, alone and together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cxlink.impact.projection import Totals

CUSTOMERS, REVENUE, COST, EXPERIENCE = range(4)
"""Places of the four gains."""


def _no_months() -> np.ndarray:
    return np.zeros(())


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Gains over AS_IS: customers, revenue, avoidable cost saved, experience.

    Parameters
    ----------
    alone, tenth, shapley : ndarray
        (n_components, 4) all incidents of one component removed, a tenth of them, and its part of the joint gain.
    joint : ndarray
        (4,) all components' incidents removed.
    ceiling : ndarray
        (4,) all components' incidents removed, and nobody leaves of their own will.
    held : ndarray
        (n_groups,) revenue as is of one customer of each group of the base, on average.
    segments : ndarray
        (n_segments, n_components + 1, 4) ``alone`` and, last, ``joint``, of the customers of each segment.
    as_is : ndarray
        (4,) customers, revenue, avoidable cost and experience where nothing is removed, under expected exposures.
    alone_months, shapley_months, joint_months : ndarray
        (n_components, 2, n_months) and (2, n_months): revenue and avoidable cost saved of ``alone``, ``shapley`` and
        ``joint`` by month, not discounted; 0 where nobody asks for them.
    """

    alone: np.ndarray
    tenth: np.ndarray
    shapley: np.ndarray
    joint: np.ndarray
    ceiling: np.ndarray
    held: np.ndarray
    segments: np.ndarray
    as_is: np.ndarray = field(default_factory=lambda: np.zeros(4))
    alone_months: np.ndarray = field(default_factory=_no_months)
    shapley_months: np.ndarray = field(default_factory=_no_months)
    joint_months: np.ndarray = field(default_factory=_no_months)

    def moved(self, to: Contrasts, less: Contrasts) -> Contrasts:
        """Move from one centre to another.

        Parameters
        ----------
        to, less : Contrasts
            Added, and taken off.

        Returns
        -------
        Contrasts
            The sum of its parts is that of theirs.
        """
        return Contrasts(
            self.alone + to.alone - less.alone,
            self.tenth + to.tenth - less.tenth,
            self.shapley + to.shapley - less.shapley,
            self.joint + to.joint - less.joint,
            self.ceiling + to.ceiling - less.ceiling,
            self.held + to.held - less.held,
            self.segments + to.segments - less.segments,
            self.as_is + to.as_is - less.as_is,
            self.alone_months + to.alone_months - less.alone_months,
            self.shapley_months + to.shapley_months - less.shapley_months,
            self.joint_months + to.joint_months - less.joint_months,
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """Gains at the point estimate, as means over futures.

    Parameters
    ----------
    alone, tenth : ndarray
        (n_components, 4) all incidents of one component removed, and a tenth of them.
    joint, ceiling : ndarray
        (4,) all components' incidents removed, and nobody leaving of their own will besides.
    error : ndarray
        (n_components + 1, 4) standard error that customers and futures leave in ``alone`` and, last, ``joint``.
    held : ndarray
        (n_groups,) revenue as is of one customer of each group of the base, on average.
    segments, segment_error : ndarray
        (n_segments, n_components + 1, 4) gains of each segment, and the standard error that futures leave in them.
    alone_months, joint_months : ndarray
        (n_components, 2, n_months) and (2, n_months): revenue and avoidable cost saved by month, not discounted.
    """

    alone: np.ndarray
    tenth: np.ndarray
    joint: np.ndarray
    ceiling: np.ndarray
    error: np.ndarray
    held: np.ndarray
    segments: np.ndarray
    segment_error: np.ndarray
    alone_months: np.ndarray = field(default_factory=_no_months)
    joint_months: np.ndarray = field(default_factory=_no_months)


def gain_over(as_is: Totals, other: Totals) -> np.ndarray:
    """Gain of one world over another.

    Parameters
    ----------
    as_is, other : Totals
        Of the two.

    Returns
    -------
    ndarray
        (4,) customers, revenue, avoidable cost saved, experience.
    """
    difference = other.minus(as_is)
    difference[COST] = -difference[COST]
    return difference + 0.0  # no negative zero


def months_over(as_is: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Gain of one world over another, month by month.

    Parameters
    ----------
    as_is, other : ndarray
        (2, n_months) revenue and cost.

    Returns
    -------
    ndarray
        (2, n_months) revenue, and cost saved.
    """
    difference: np.ndarray = (other - as_is) * np.array([[1.0], [-1.0]]) + 0.0
    return difference


def put_together(simulation: Simulation, expected: Contrasts) -> Contrasts:
    """Contrasts at the point estimate: sizes from simulated futures, parts from the expected exposures.

    Parameters
    ----------
    simulation : Simulation
        Means over futures.
    expected : Contrasts
        Of the point estimate, with exact Shapley parts.

    Returns
    -------
    Contrasts
        The Shapley parts follow what each component gains alone, and add up to the joint gain.
    """
    shapley = _follow(expected.shapley, expected.alone, simulation.alone, simulation.joint)
    return Contrasts(
        simulation.alone,
        simulation.tenth,
        shapley,
        simulation.joint,
        simulation.ceiling,
        simulation.held,
        simulation.segments,
        expected.as_is,
        simulation.alone_months,
        _follow(expected.shapley_months, expected.alone_months, simulation.alone_months, simulation.joint_months),
        simulation.joint_months,
    )


def _follow(parts: np.ndarray, expected: np.ndarray, alone: np.ndarray, joint: np.ndarray) -> np.ndarray:
    """Parts of a joint gain, moved by what each component gains alone, and made to add up."""
    moved: np.ndarray = parts + alone - expected
    if not moved.ndim or not len(moved):
        return moved
    followed: np.ndarray = moved + (joint - moved.sum(axis=0)) / len(moved)
    return followed
