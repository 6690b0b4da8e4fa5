from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.tag.normalise import count_words, fold_text, locate_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Não   CHEGOU!!!", "nao chegou . . ."),
        ("piegāde kavējās", "piegade kavejas"),
        ("didn't, didn’t", "didnt . didnt"),
        ("e-mail\tto\nyou", "e mail to . you"),
        ("muuuuito leeento", "muito lento"),
        ("book 1000 keep", "book 1000 keep"),
        ("מִשְׁלוֹחַ שלום", "משלוח שלומ"),
        ("إلغاءُ الاشتراكـــات", "الغاء الاشتراكات"),
        ("فاتورة على", "فاتوره علي"),
        ("ﬁne ｗｉｄｅ", "fine wide"),
        ("pay\u200bment \u202eabc\u202c", "payment abc"),
        ("cafe\u0301", "cafe"),
        ("\ud800 lone", "lone"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_words_of_the_folded_text_are_words_of_the_original(text: str) -> None:
    spans = locate_words(text)
    assert len(spans) == count_words(fold_text(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_evidence_keeps_the_combining_marks_of_its_last_word() -> None:
    text = "nao cafe\u0301!"
    start, end = locate_words(text)[1]
    assert text[start:end] == "cafe\u0301"
