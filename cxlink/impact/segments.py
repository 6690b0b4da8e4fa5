"""The component table again for each segment of the active customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, Linked, Message, Segment, SegmentEffect, Segments
from cxlink.impact.cells import EffectTable
from cxlink.impact.contrasts import EXPERIENCE
from cxlink.impact.project import Projection

LEAST = 30
"""Active customers of a segment below which it is refused."""

LEAST_SAMPLED = 100
"""Of a segment's customers in the sample that draws are made over, where there is one."""

LUCK_CONCERN = 0.2
LARGER = "a segment of more customers"
NOT_ASKED = NotEstimable("no segments are asked for", "[report] segments")


@dataclass(frozen=True, slots=True)
class ActiveSegments:
    """Who of the active customers is in which segment.

    Parameters
    ----------
    names : tuple of (str, str)
        Attribute and value, the largest of each attribute first.
    members : ndarray
        (n_segments, n_active) bool; the segments of one attribute hold each customer once.
    """

    names: tuple[tuple[str, str], ...]
    members: np.ndarray


def find_segments(linked: Linked) -> ActiveSegments:
    """Find the segments that have an active customer.

    Parameters
    ----------
    linked : Linked
        With the values of every customer.

    Returns
    -------
    ActiveSegments
        Empty where no segments are asked for.
    """
    active = linked.customers["active"].to_numpy(dtype=bool)
    names: list[tuple[str, str]] = []
    members: list[np.ndarray] = []
    for attribute, values in linked.segments.items():
        here = values[active].astype(str)
        levels, counts = np.unique(here, return_counts=True)
        for level in levels[np.argsort(-counts, kind="stable")]:
            names.append((attribute, str(level)))
            members.append(here == level)
    return ActiveSegments(tuple(names), np.array(members, dtype=bool).reshape(len(names), int(active.sum())))


def compare_segments(
    linked: Linked, churn: ChurnFit, found: ActiveSegments, projected: Projection, table: EffectTable
) -> Segments | NotEstimable:
    """Effects of each component over the active customers of each segment.

    They come from the fits and the draws of the whole table, so that what is a sum adds up to it.

    Parameters
    ----------
    linked : Linked
        Incidents and prices.
    churn : ChurnFit
        With the tests whether ratios differ.
    found : ActiveSegments
        Who is where.
    projected : Projection
        With the gains of each segment.
    table : EffectTable
        Of all active customers.

    Returns
    -------
    Segments or NotEstimable
        A segment of fewer than 30 active customers, or of which too few were sampled, has a refusal in every cell.
    """
    if not linked.segments:
        return NOT_ASKED
    reached = _reached(linked)
    price = np.nan_to_num(linked.customers.loc[linked.customers["active"], "monthly_price"].to_numpy(dtype=float))
    segments = []
    for at, (attribute, value) in enumerate(found.names):
        inside = found.members[at]
        n = int(inside.sum())
        refusal = _refusal(n, int(projected.sampled[at]))
        effects = tuple(
            SegmentEffect(
                component=name,
                customers_reached=int((inside & reached[place]).sum()),
                effects=table.of_segment(at, place, n=n, refusal=refusal),
                largest_part=_largest_part(price[inside & reached[place]]),
            )
            for place, name in enumerate(linked.components)
        )
        segments.append(Segment(attribute, value, n, effects, table.of_segment(at, None, n=n, refusal=refusal)))
    told = np.array(
        [_refusal(int(m.sum()), int(s)) is None for m, s in zip(found.members, projected.sampled, strict=True)]
    )
    return Segments(tuple(segments), churn.segment_ratios, _share_of_error(projected, told))


def segment_messages(segments: Segments | NotEstimable) -> tuple[Message, ...]:
    """Tell where segments are refused, where ratios differ, and where luck shows.

    Parameters
    ----------
    segments : Segments or NotEstimable
        As compared.

    Returns
    -------
    tuple of Message
        CX540, CX541 and CX542, or nothing.
    """
    if isinstance(segments, NotEstimable):
        return ()
    found = []
    small = [f"{one.attribute}={one.value}" for one in segments.segments if _is_small(one)]
    if small:
        found.append(
            Message(
                "CX540",
                "info",
                "impact",
                f"segments too small to be told: {', '.join(small)}.",
                f"Merge values; a segment needs {LEAST} active customers.",
            )
        )
    differing = [f"{one.component} by {one.attribute}" for one in segments.ratios if differs(one.q_value)]
    if differing:
        found.append(
            Message(
                "CX541",
                "warning",
                "impact",
                f"the hazard ratio differs between segments, whose tables use one for all: {', '.join(differing)}.",
                "Read these rows as a mean over segments, not as what happens in each.",
            )
        )
    if segments.share_of_error > LUCK_CONCERN:
        found.append(
            Message(
                "CX542",
                "info",
                "impact",
                "the luck of simulated futures is more than a fifth of the error of some segment's figure.",
                "Nothing to do; do not read small differences between small segments.",
            )
        )
    return tuple(found)


def differs(q_value: float | NotEstimable) -> bool:
    """Whether a test says that ratios differ.

    Parameters
    ----------
    q_value : float or NotEstimable
        Over all components and attributes.

    Returns
    -------
    bool
        At a rate of false discoveries of 5%.
    """
    return isinstance(q_value, float) and q_value < 0.05


def _is_small(one: Segment) -> bool:
    told = one.joint.experience
    return isinstance(told, NotEstimable) and told.needs == LARGER


def _refusal(n: int, n_sampled: int) -> NotEstimable | None:
    if n < LEAST:
        return NotEstimable(f"{n} active customers in this segment, needs {LEAST}", LARGER)
    if n_sampled < min(n, LEAST_SAMPLED):
        reason = f"{n_sampled} customers of this segment in the projected sample, needs {min(n, LEAST_SAMPLED)}"
        return NotEstimable(reason, LARGER)
    return None


def _reached(linked: Linked) -> np.ndarray:
    """Active customers who met each component in the window, (n_components, n_active) bool."""
    keys = linked.customers.loc[linked.customers["active"], "customer"].to_numpy()
    seen = linked.incidents.loc[linked.incidents["incident_day"] >= linked.from_day]
    met = [np.isin(keys, seen.loc[seen["component"] == name, "customer"].to_numpy()) for name in linked.components]
    return np.array(met, dtype=bool).reshape(len(linked.components), len(keys))


def _largest_part(price: np.ndarray) -> float:
    return float(price.max() / price.sum()) if price.sum() > 0 else 0.0


def _share_of_error(projected: Projection, told: np.ndarray) -> float:
    if not told.any() or len(projected.draws) < 2:
        return 0.0
    spread = np.std([one.segments[told] for one in projected.draws], axis=0, ddof=1)
    luck = projected.segment_error[told]
    size = np.abs(projected.point.segments[told])
    # of customers and money: the score's luck is judged with the whole table
    counted = spread > 1e-9 * size.max(initial=0.0)
    counted[..., EXPERIENCE] = False
    return float((luck[counted] / spread[counted]).max(initial=0.0))
