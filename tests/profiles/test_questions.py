"""Questions recognised by their words and answers, in the languages of the project."""

from __future__ import annotations

import pytest

from cxlink.profiles.questions import Question, choose_questions, judge_question

TO_TEN = tuple((str(k), 3) for k in range(11))
TO_FIVE = tuple((str(k), 3) for k in range(1, 6))
TO_SEVEN = tuple((str(k), 3) for k in range(1, 8))
TEXTS = tuple((f"It took {k} days until somebody answered me.", 1) for k in range(20))


@pytest.mark.parametrize(
    ("text", "cells", "measure"),
    [
        ("How likely are you to recommend us?", TO_TEN, "nps"),
        ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", TO_TEN, "nps"),
        ("Würden Sie uns empfehlen?", TO_TEN, "nps"),
        ("¿Qué probabilidad hay de que nos recomiende?", TO_TEN, "nps"),
        ("Em uma escala de 0 a 10, quanto você recomendaria?", TO_TEN, "nps"),
        ("Cik liela iespēja, ka ieteiksiet mūs draugam?", TO_TEN, "nps"),
        ("עד כמה תמליץ עלינו לחבר?", TO_TEN, "nps"),
        ("ما مدى احتمال أن توصي بنا لصديق؟", TO_TEN, "nps"),
        ("How satisfied are you?", TO_FIVE, "csat"),
        ("Wie zufrieden sind Sie?", TO_FIVE, "csat"),
        ("How easy was it to get help?", TO_SEVEN, "ces"),
        ("Cik viegli bija atrisināt problēmu?", TO_SEVEN, "ces"),
        ("כמה היה קל לקבל עזרה?", TO_SEVEN, "ces"),
        ("Why?", TEXTS, "comment"),
        ("Kāpēc?", TEXTS, "comment"),
    ],
)
def test_words_and_answers_agree(text: str, cells: tuple[tuple[str, int], ...], measure: str) -> None:
    judged = judge_question(Question("Q1", text, cells))
    assert (judged.measure, judged.sure) == (measure, True), judged


@pytest.mark.parametrize(
    ("text", "cells", "measure"),
    [
        ("Q1", TO_TEN, "nps"),
        ("Q1", TO_FIVE, "csat"),
        ("Q1", TO_SEVEN, ""),
        ("Would you recommend us (stars)?", TO_FIVE, "nps"),
        ("Q1", TEXTS, "comment"),
        ("How many people live with you?", (("12", 3), ("40", 1)), ""),
        ("Which plan?", (("basic", 9), ("pro", 4)), ""),
        ("Empty", (), ""),
    ],
)
def test_what_is_not_sure_is_not_said_to_be(text: str, cells: tuple[tuple[str, int], ...], measure: str) -> None:
    judged = judge_question(Question("Q1", text, cells))
    assert (judged.measure, judged.sure) == (measure, False), judged


def test_numbers_with_words_are_put_into_numbers() -> None:
    cells = (("0 - Not at all likely", 2), ("10 - Extremely likely", 5), ("7", 3))
    judged = judge_question(Question("Q1", "How likely are you to recommend us?", cells))
    assert judged.measure == "nps"
    assert judged.values == {"0 - Not at all likely": "0", "10 - Extremely likely": "10"}


def test_several_that_may_be_it_are_left_to_a_person() -> None:
    questions = [Question("Q1", "recommend the shop", TO_TEN), Question("Q2", "recommend the app", TO_TEN)]
    chosen = choose_questions(questions)["nps"]
    assert not chosen.is_written
    assert len(chosen.others) == 1


def test_the_sure_one_wins_over_the_others() -> None:
    questions = [Question("Q1", "Age group", TO_TEN), Question("Q2", "Would you recommend us?", TO_TEN)]
    chosen = choose_questions(questions)["nps"]
    assert chosen.is_written
    assert chosen.question.header == "Q2"


def test_of_several_texts_the_longest_is_read() -> None:
    long = tuple((f"{text} And then it went on and on.", n) for text, n in TEXTS)
    chosen = choose_questions([Question("Q1", "Why?", TEXTS), Question("Q2", "What can we improve?", long)])["comment"]
    assert chosen.is_written
    assert chosen.question.header == "Q2"
    assert [other.header for other in chosen.others] == ["Q1"]
