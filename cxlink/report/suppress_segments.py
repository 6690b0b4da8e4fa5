"""What ``audience = "published"`` leaves out of the tables by segment.

Segments of one attribute add up to all customers, so that a hidden one could be worked out from the others; and those
of two attributes may overlap in such a way that one gives the other away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import JointEffect, Segment, SegmentEffect, SegmentRatios, Segments
from cxlink.report.hiding import DOMINATED, FEW, clean_answer
from cxlink.report.numbers import SMALL_COUNT

EFFECTS = ("experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit")
MOST_OF_ONE = 0.5
"""Of what those reached pay: what one customer may make up."""

FOLLOWS = NotEstimable("suppressed: another segment's figure would follow from it", "a larger group")


def suppress_segments(
    segments: Segments | NotEstimable, hidden: Mapping[str, NotEstimable | None]
) -> Segments | NotEstimable:
    """Leave out segments and cells of fewer than ten customers, and what they would follow from.

    Parameters
    ----------
    segments : Segments or NotEstimable
        Of the internal audience.
    hidden : mapping of str to NotEstimable or None
        Components that are hidden in the whole table.

    Returns
    -------
    Segments or NotEstimable
        Of one attribute, at least two segments are hidden or none, and those hidden hold ten customers together; where
        a segment is hidden, other attributes are hidden altogether. Likewise of each component's rows.
    """
    if isinstance(segments, NotEstimable):
        cleaned = clean_answer(segments)
        return cleaned if isinstance(cleaned, NotEstimable) else segments
    whole = _hidden_segments(segments.segments)
    kept = [_hide_segment(one, whole[at]) for at, one in enumerate(segments.segments)]
    for place in range(len(kept[0].components) if kept else 0):
        cells = _hidden_cells(segments.segments, whole, place, hidden)
        kept = [_hide_cell(one, place, cells[at]) for at, one in enumerate(kept)]
    return replace(
        segments,
        segments=tuple(_hide_joint(one) for one in kept),
        ratios=tuple(_suppress_ratios(one, hidden) for one in segments.ratios),
    )


def _hidden_segments(segments: Sequence[Segment]) -> list[NotEstimable | None]:
    sizes = [one.customers if isinstance(one.customers, int) else 0 for one in segments]
    small = [size < SMALL_COUNT for size in sizes]
    return _with_complements(segments, sizes, small, FEW)


def _hidden_cells(
    segments: Sequence[Segment],
    whole: Sequence[NotEstimable | None],
    place: int,
    hidden: Mapping[str, NotEstimable | None],
) -> list[NotEstimable | None]:
    cells = [one.components[place] for one in segments]
    reason = hidden.get(cells[0].component)
    if reason is not None:
        return [reason] * len(cells)
    sizes = [cell.customers_reached if isinstance(cell.customers_reached, int) else 0 for cell in cells]
    few = [size < SMALL_COUNT or one is not None for size, one in zip(sizes, whole, strict=True)]
    dominated = [cell.largest_part > MOST_OF_ONE for cell in cells]
    found = _with_complements(segments, sizes, [a or b for a, b in zip(few, dominated, strict=True)], FEW)
    return [DOMINATED if one is FEW and not is_few else one for one, is_few in zip(found, few, strict=True)]


def _with_complements(
    segments: Sequence[Segment], sizes: Sequence[int], small: Sequence[bool], reason: NotEstimable
) -> list[NotEstimable | None]:
    """Reasons for what is small, and for as many others of its attribute as are needed; other attributes go too."""
    found: list[NotEstimable | None] = [reason if one else None for one in small]
    touched = {one.attribute for one, is_small in zip(segments, small, strict=True) if is_small}
    if not touched:
        return found
    for at, one in enumerate(segments):
        if (len(touched) > 1 or one.attribute not in touched) and found[at] is None:
            found[at] = FOLLOWS
    if len(touched) > 1:
        return found
    own = sorted((at for at, one in enumerate(segments) if one.attribute in touched), key=lambda at: (sizes[at], at))
    for at in own:
        gone = [other for other in own if found[other] is not None]
        if len(gone) > 1 and sum(sizes[other] for other in gone) >= SMALL_COUNT:
            break
        found[at] = found[at] or FOLLOWS
    return found


def _hide_segment(one: Segment, reason: NotEstimable | None) -> Segment:
    return one if reason is None else replace(one, customers=reason, joint=_nothing(reason))


def _hide_cell(one: Segment, place: int, reason: NotEstimable | None) -> Segment:
    cell = one.components[place]
    if reason is None:
        answers = {key: clean_answer(getattr(cell.effects, key)) for key in EFFECTS}
        shown: SegmentEffect = replace(cell, effects=JointEffect(**answers))
    else:
        shown = replace(cell, customers_reached=reason, effects=_nothing(reason))
    return replace(one, components=(*one.components[:place], shown, *one.components[place + 1 :]))


def _hide_joint(one: Segment) -> Segment:
    """Hide what all components do together where one of them is hidden: the others would tell of it."""
    gone = any(isinstance(cell.customers_reached, NotEstimable) for cell in one.components)
    if gone and not isinstance(one.customers, NotEstimable):
        return replace(one, joint=_nothing(FOLLOWS))
    return replace(one, joint=JointEffect(**{key: clean_answer(getattr(one.joint, key)) for key in EFFECTS}))


def _nothing(reason: NotEstimable) -> JointEffect:
    return JointEffect(**dict.fromkeys(EFFECTS, reason))


def _suppress_ratios(one: SegmentRatios, hidden: Mapping[str, NotEstimable | None]) -> SegmentRatios:
    """Ratios rest on all customers of the window; of a hidden component none is told."""
    reason = hidden.get(one.component)
    if reason is not None:
        return replace(one, ratios=(), p_value=reason, q_value=reason)
    return replace(one, ratios=tuple((value, clean_answer(ratio)) for value, ratio in one.ratios))
