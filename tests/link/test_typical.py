"""Examples stand for the many, are unlike each other, and can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cxlink.link.typical import choose_typical


def test_the_usual_complaint_comes_before_the_odd_one() -> None:
    usual = [f"my parcel came late again, {number} days" for number in range(8)]
    others = [
        "the courier was late with my parcel",
        "again my parcel was late",
        "late!",
        "so late came the parcel again",
    ]
    texts = ["zebra crossing painted blue and nothing else", *usual, *others]
    chosen = choose_typical(texts, [1] * len(texts), n=4)
    # of those that differ in the number alone, one; "late!" tells too little
    assert len({place for place in chosen if 1 <= place <= 8}) == 1
    assert not {0, texts.index("late!")} & set(chosen[:3])
    assert len(choose_typical(usual, [1] * len(usual), n=3)) == 1


def test_what_names_one_cause_stands_before_what_names_two() -> None:
    texts = ["late and broken, both at once today", "my parcel came late once more"]
    assert choose_typical(texts, [2, 1], n=2) == [1, 0]


@given(st.lists(st.text(max_size=40), max_size=12), st.integers(1, 5))
def test_any_text_can_be_chosen_from(texts: list[str], n: int) -> None:
    chosen = choose_typical(texts, [1] * len(texts), n=n)
    assert len(chosen) == len(set(chosen)) <= n
    assert all(0 <= place < len(texts) for place in chosen)
    assert bool(chosen) == bool(texts)
