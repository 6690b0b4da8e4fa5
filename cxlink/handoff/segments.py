"""What is handed on about segments of customers: the component table again for each value of an attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxlink.estimate import NotEstimable

if TYPE_CHECKING:
    from cxlink.estimate import Answer
    from cxlink.handoff.effects import JointEffect


@dataclass(frozen=True, slots=True)
class SegmentEffect:
    """What all incidents of one component do in one segment.

    Parameters
    ----------
    component : str
        Its name.
    customers_reached : int or NotEstimable
        Active customers of the segment who met it in the observed window; a reason where the public must not see it.
    effects : JointEffect
        The quantities of the component table, of this component alone.
    largest_part : float
        Of what those reached pay a month, the part of one customer.
    """

    component: str
    customers_reached: int | NotEstimable
    effects: JointEffect
    largest_part: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Active customers with one value of an attribute.

    Parameters
    ----------
    attribute, value : str
        Such as ``plan`` and ``pro``.
    customers : int or NotEstimable
        Active at the cut-off; a reason where the public must not see it.
    components : tuple of SegmentEffect
        In the order of the components.
    joint : JointEffect
        All components' incidents stopped at once.
    """

    attribute: str
    value: str
    customers: int | NotEstimable
    components: tuple[SegmentEffect, ...]
    joint: JointEffect


@dataclass(frozen=True, slots=True)
class SegmentRatios:
    """Whether a component's hazard ratio differs between segments.

    Parameters
    ----------
    attribute, component : str
        What was tested.
    ratios : tuple of (str, Answer)
        Hazard ratio of each segment; values with few exposed leavers are put together.
    p_value : float or NotEstimable
        Of Wald's test, clustered by customer, that all are the same.
    q_value : float or NotEstimable
        The same after Benjamini and Hochberg over all components and attributes.
    """

    attribute: str
    component: str
    ratios: tuple[tuple[str, Answer], ...]
    p_value: float | NotEstimable
    q_value: float | NotEstimable


@dataclass(frozen=True, slots=True)
class Segments:
    """The component table by segment.

    Parameters
    ----------
    segments : tuple of Segment
        By attribute, the largest first; those of one attribute hold every active customer once.
    ratios : tuple of SegmentRatios
        By attribute and component.
    share_of_error : float
        Standard error that simulated futures leave in a figure, over that of the fits; the largest of all.
    """

    segments: tuple[Segment, ...]
    ratios: tuple[SegmentRatios, ...]
    share_of_error: float = 0.0
