"""Texts that say the same are found, others are not, and the order of the texts does not matter."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.tag.duplicates import find_macros, find_repeats, strip_macros

VOCABULARY = ["late", "parcel", "card", "fee", "app", "slow", "never", "again", "my", "the"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join)


def draw_texts(n: int, n_words: int = 20) -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(f"w{word}" for word in rng.integers(0, 3_000, n_words)) for _ in range(n)]


def test_equal_once_folded() -> None:
    found = find_repeats(["Não chegou!", "nao  chegou...", "NÃO CHEGOU .", "chegou"])
    np.testing.assert_array_equal(found.group, [0, 0, 0, 3])
    np.testing.assert_array_equal(found.is_repeat, [False, True, True, False])
    assert (found.n_equal, found.n_near) == (2, 0)


def test_texts_without_words_repeat_nothing() -> None:
    found = find_repeats(["", "...", "", "?!", "late", "late"])
    np.testing.assert_array_equal(found.is_repeat, [False, False, False, False, False, True])


def test_one_word_of_thirty_changed_is_near_equal() -> None:
    # 30 words and 29 neighbours; one word changed in the middle leaves 56 of 62 in common: 0.90.
    texts = draw_texts(300, 30)
    changed = [" ".join([*text.split()[:15], "other", *text.split()[16:]]) for text in texts]
    found = find_repeats([*texts, *changed], similarity=0.9)
    np.testing.assert_array_equal(found.group, np.tile(np.arange(300), 2))
    assert find_repeats([*texts, *changed], similarity=0.95).n_near == 0


def test_nothing_alike_is_nothing_near() -> None:
    assert not find_repeats(draw_texts(2_000)).is_repeat.any()


@given(st.lists(WORDS, max_size=25))
@settings(max_examples=60, deadline=None)
def test_near_equal_texts_are_as_similar_as_said(texts: list[str]) -> None:
    def items(text: str) -> set[str]:
        words = text.split()
        return {*words, *(f"{one} {other}" for one, other in pairwise(words))}

    found = find_repeats(texts, similarity=0.8)
    for place, group in enumerate(found.group.tolist()):
        assert group <= place
        assert found.group[group] == group
        if group < place:
            mine = items(texts[place])
            others = [items(texts[other]) for other in np.flatnonzero(found.group == group) if other != place]
            assert max(len(mine & other) / len(mine | other) for other in others) >= 0.8


@pytest.mark.parametrize("similarity", [0.5, 1.1, float("nan")])
def test_similarity_out_of_bounds_is_refused(similarity: float) -> None:
    with pytest.raises(ValueError, match="similarity"):
        find_repeats(["a"], similarity=similarity)


MACRO = "Thank you for contacting us, we will answer within two working days."


def test_macros_are_long_sentences_of_many_customers() -> None:
    texts = [f"My parcel {number} is late. {MACRO} Bye!" for number in range(6)]
    macros = find_macros(texts, np.arange(6))
    assert macros == {"thank you for contacting us . we will answer within two working days"}
    assert strip_macros(texts, macros)[2] == "My parcel 2 is late. Bye!"


def test_what_one_customer_repeats_is_no_macro() -> None:
    texts = [MACRO] * 20
    assert find_macros(texts, np.repeat([1, 2], 10)) == frozenset()


def test_texts_without_macros_stay_as_they_are() -> None:
    texts = ["  Hello there.\n\nLate again?  ", "", "3.5 stars. v1.2"]
    assert strip_macros(texts, {"something else"}) == texts
    assert strip_macros(texts, frozenset()) == texts
    assert strip_macros([MACRO], {"thank you for contacting us . we will answer within two working days"}) == [""]
