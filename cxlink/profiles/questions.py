"""What a question measures: by its words and by its answers, and never in silence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from cxlink.profiles.names import fold_name, fold_words

Measure = Literal["nps", "csat", "ces", "comment"]
MEASURES: tuple[Measure, ...] = ("nps", "ces", "csat", "comment")
MOST = 0.95
LONG_TEXT = 15
N_FEW = 20
_NUMBER = re.compile(r"[0-9]{1,2}(?:\.0+)?")
_LABELLED = re.compile(
    r"(?P<first>[0-9]{1,2})\s*[-\u2013\u2014:=.)(]\s*\D.*|\D.*[-\u2013\u2014:(\s](?P<last>[0-9]{1,2})\)?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Question:
    """A column of a survey that may be a question.

    Parameters
    ----------
    header : str
        Name of the column.
    text : str
        The question; the name where the export has no other.
    cells : tuple of (str, int)
        Distinct answers that are not empty, and how often each was given.
    grouped : bool
        Whether the export has a column of promoters and detractors for it.
    """

    header: str
    text: str
    cells: tuple[tuple[str, int], ...]
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one question measures.

    Parameters
    ----------
    measure : str
        "" where it cannot be told.
    sure : bool
        Whether words and answers agree.
    why : str
        What was seen.
    values : mapping of str to str
        Answers that are a number with words, and their number.
    weight : int
        Letters in the answers, to choose among texts.
    """

    measure: Measure | Literal[""]
    sure: bool
    why: str
    values: Mapping[str, str] = field(default_factory=dict)
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The question that becomes a canonical column; `others` might be it as well.

    Where `is_written` is false, none is chosen and a person must.
    """

    question: Question
    judgement: Judgement
    others: tuple[Question, ...]
    is_written: bool


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    document = tomllib.loads((files("cxlink.profiles") / "questions.toml").read_text(encoding="utf-8"))
    return {
        measure: tuple(fold_words(word) for words in languages.values() for word in words)
        for measure, languages in document.items()
    }


def says(measure: str, text: str) -> bool:
    """Tell whether a question's words are those of a measure.

    Parameters
    ----------
    measure : str
        "nps", "csat", "ces" or "comment".
    text : str
        The question.

    Returns
    -------
    bool
        True where a word of any language begins with one of the measure's.
    """
    folded = fold_words(text)
    return any(re.search(rf"(?<!\w){re.escape(word)}", folded) for word in _words()[measure])


def judge_question(question: Question) -> Judgement:
    """Tell what a question measures.

    Parameters
    ----------
    question : Question
        With its answers.

    Returns
    -------
    Judgement
        Without a measure where words and answers tell none.
    """
    numbers, values = _numbers(question.cells)
    if numbers:
        return _judge_scale(question, min(numbers), max(numbers), values)
    return _judge_text(question)


def _numbers(cells: Sequence[tuple[str, int]]) -> tuple[set[int], dict[str, str]]:
    """Whole numbers that nearly all answers are, and what they must be put into for that."""
    total = sum(count for _, count in cells)
    read, numbers, values = 0, set(), {}
    for text, count in cells:
        plain, labelled = _NUMBER.fullmatch(text.strip()), _LABELLED.fullmatch(text.strip())
        if plain is None and (labelled is None or len(text) > 2 * N_FEW):
            continue
        number = int(float(text)) if plain else int(labelled["first"] or labelled["last"]) if labelled else 0
        read += count
        numbers.add(number)
        if plain is None:
            values[text.strip()] = str(number)
    return (numbers, values) if total and read >= MOST * total and len(values) <= N_FEW else (set(), {})


def _judge_scale(question: Question, low: int, high: int, values: Mapping[str, str]) -> Judgement:
    seen = f"answers are whole numbers from {low} to {high}"
    if high > 10:
        return Judgement("", sure=False, why=seen)
    if question.grouped:
        return Judgement(
            "nps", sure=True, why=f"{seen}; the export groups it into promoters and detractors", values=values
        )
    if says("nps", question.text):
        # somebody may ask for a recommendation on five stars: then no answer is 0 or above 5
        is_wide = high > 5 or low == 0 or "nps" in fold_name(question.text).split()
        why = seen if is_wide else f"{seen}; none above 5, so check that the scale is 0 to 10"
        return Judgement("nps", sure=is_wide, why=f"the question asks to recommend; {why}", values=values)
    if "nps" in fold_name(question.header).split():
        return Judgement("nps", sure=True, why=f"its name says so; {seen}", values=values)
    if says("ces", question.text) and high <= 7:
        return Judgement("ces", sure=True, why=f"the question asks about effort; {seen}", values=values)
    if says("csat", question.text) or "csat" in fold_name(question.header).split():
        return Judgement("csat", sure=True, why=f"the question asks about satisfaction; {seen}", values=values)
    if high > 7 or low == 0:
        return Judgement("nps", sure=False, why=f"{seen}; its words do not say what it asks", values=values)
    if high <= 5:
        return Judgement("csat", sure=False, why=f"{seen}; its words do not say what it asks", values=values)
    return Judgement("", sure=False, why=f"{seen}; its words do not say what it asks")


def _judge_text(question: Question) -> Judgement:
    total = sum(count for _, count in question.cells)
    letters = sum(len(text) * count for text, count in question.cells)
    if not total:
        return Judgement("", sure=False, why="no answers")
    spaced = sum(count for text, count in question.cells if " " in text.strip()) / total
    is_long = letters >= LONG_TEXT * total and spaced >= 0.5 and len(question.cells) >= 0.5 * total
    if says("comment", question.text) and (is_long or len(question.cells) > min(3, 0.3 * total)) and spaced > 0:
        return Judgement("comment", sure=True, why="the question asks for words; answers are free text", weight=letters)
    if is_long:
        return Judgement("comment", sure=False, why="answers are free text", weight=letters)
    return Judgement("", sure=False, why="answers are words or short texts")


def choose_questions(questions: Sequence[Question]) -> dict[Measure, Chosen]:
    """Choose at most one question for each measure.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the file.

    Returns
    -------
    dict of str to Chosen
        A question is chosen where it is the only sure one, or the only one at all; of several sure ones none is, but of
        several texts the one with most to read.
    """
    judged = [(question, judge_question(question)) for question in questions]
    found: dict[Measure, Chosen] = {}
    for measure in MEASURES:
        fitting = [(question, judgement) for question, judgement in judged if judgement.measure == measure]
        sure = [pair for pair in fitting if pair[1].sure]
        pool = sure or fitting
        if not pool:
            continue
        best = max(pool, key=lambda pair: pair[1].weight)
        others = tuple(question for question, _ in pool if question is not best[0])
        found[measure] = Chosen(*best, others, is_written=measure == "comment" or len(pool) == 1)
    return found
