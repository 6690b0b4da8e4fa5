"""No hidden segment, and no hidden cell, follows from the total less the others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cxlink.estimate import NotEstimable
from cxlink.handoff import JointEffect, Segment, SegmentEffect, Segments
from cxlink.report.hiding import DOMINATED, FEW
from cxlink.report.suppress_segments import suppress_segments
from tests.report.conftest import joint, segments

LEAST = 10
NONE_HIDDEN: dict[str, NotEstimable | None] = dict.fromkeys(("billing", "delivery", "support", "website"))


def is_hidden(effects: JointEffect) -> bool:
    return isinstance(effects.customers_kept, NotEstimable) and effects.customers_kept.reason.startswith("suppressed")


def two_attributes(sizes: list[int], reached: list[list[int]], others: list[int]) -> Segments:
    def one(attribute: str, value: int, size: int, met: list[int]) -> Segment:
        cells = tuple(SegmentEffect(f"c{k}", min(n, size), joint(), 0.0) for k, n in enumerate(met))
        return Segment(attribute, str(value), size, cells, joint())

    first = [one("plan", k, size, met) for k, (size, met) in enumerate(zip(sizes, reached, strict=False))]
    second = [one("region", k, size, [size, size]) for k, size in enumerate(others)]
    return Segments((*first, *second), ())


@given(
    sizes=st.lists(st.integers(0, 40), min_size=2, max_size=5),
    reached=st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=2), min_size=5, max_size=5),
    others=st.lists(st.integers(0, 40), min_size=2, max_size=4),
)
def test_what_is_hidden_does_not_follow_from_what_is_shown(
    sizes: list[int], reached: list[list[int]], others: list[int]
) -> None:
    before = two_attributes(sizes, reached, others)
    after = suppress_segments(before, {})
    assert isinstance(after, Segments)
    hidden_by_attribute: dict[tuple[str, object], list[int]] = {}
    n_by_attribute = {"plan": len(before.segments) - len(others), "region": len(others)}
    for was, now in zip(before.segments, after.segments, strict=True):
        assert isinstance(was.customers, int)
        if is_hidden(now.joint) and isinstance(now.customers, NotEstimable):
            hidden_by_attribute.setdefault((was.attribute, "whole"), []).append(was.customers)
        else:
            assert was.customers >= LEAST
        for place, (cell, shown) in enumerate(zip(was.components, now.components, strict=True)):
            assert isinstance(cell.customers_reached, int)
            if is_hidden(shown.effects):
                assert is_hidden(now.joint)
                hidden_by_attribute.setdefault((was.attribute, place), []).append(cell.customers_reached)
            else:
                assert cell.customers_reached >= LEAST
    for (attribute, what), gone in hidden_by_attribute.items():
        assert len(gone) > 1
        # of the hidden ones together the rest tells; where that is all of them, there is no rest
        assert sum(gone) >= LEAST or len(gone) == n_by_attribute[attribute]
        # and the other attribute tells nothing that this one hides
        other = "region" if attribute == "plan" else "plan"
        is_whole_other = len(hidden_by_attribute.get((other, what), [])) == n_by_attribute[other]
        is_whole_own = len(gone) == n_by_attribute[attribute]
        assert is_whole_other or is_whole_own


def test_one_small_segment_takes_the_next_smallest_with_it() -> None:
    after = suppress_segments(segments(2400, 1500, 9), NONE_HIDDEN)
    assert isinstance(after, Segments)
    basic, plus, pro = after.segments
    assert pro.customers == FEW
    assert isinstance(plus.customers, NotEstimable)
    assert "would follow from it" in plus.customers.reason
    assert basic.customers == 2400
    assert not is_hidden(basic.joint)


def test_a_customer_who_makes_up_most_of_a_cell_is_hidden() -> None:
    plain = segments()
    cell = replace(plain.segments[0].components[0], largest_part=0.6)
    first = replace(plain.segments[0], components=(cell, *plain.segments[0].components[1:]))
    after = suppress_segments(replace(plain, segments=(first, *plain.segments[1:])), NONE_HIDDEN)
    assert isinstance(after, Segments)
    assert after.segments[0].components[0].effects.revenue_kept == DOMINATED
    assert sum(is_hidden(one.components[0].effects) for one in after.segments) == 2
    assert not any(is_hidden(one.components[1].effects) for one in after.segments)


def test_a_component_hidden_as_a_whole_is_hidden_in_every_segment() -> None:
    after = suppress_segments(segments(), {**NONE_HIDDEN, "billing": FEW})
    assert isinstance(after, Segments)
    assert all(one.components[0].effects.revenue_kept == FEW for one in after.segments)
    assert all(is_hidden(one.joint) for one in after.segments)
    (billing,) = [one for one in after.ratios if one.component == "billing"]
    assert billing.ratios == ()
    assert billing.q_value == FEW
