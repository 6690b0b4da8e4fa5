"""Questions of a survey as lines of its source: what was chosen, why, and what else it could have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxlink.profiles.drafts import Line, distinct_cells
from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.names import fold_name
from cxlink.profiles.questions import Chosen, Question, choose_questions
from cxlink.profiles.toml_text import plain_line

TEXT_LIMIT = 70
GROUP = "nps group"


def question_lines(
    headers: Sequence[str], raw: FileCells, rows: Sequence[int], texts: Mapping[str, str], taken: set[str]
) -> list[Line]:
    """Choose the questions of a survey.

    Parameters
    ----------
    headers : sequence of str
        Columns that may be questions.
    raw : FileCells
        The survey.
    rows : sequence of int
        Rows that are answers.
    texts : mapping of str to str
        The question's text by its column.
    taken : set of str
        Canonical columns that are mapped already.

    Returns
    -------
    list of Line
        Off where a person must choose.
    """
    folded = {fold_name(name) for name in raw.header}
    questions = [
        Question(
            header,
            texts.get(header, header),
            distinct_cells(raw, header, rows),
            grouped=f"{fold_name(header)} {GROUP}" in folded,
        )
        for header in headers
        if not fold_name(header).endswith(GROUP)
    ]
    lines: list[Line] = []
    for measure, chosen in choose_questions(questions).items():
        if measure in taken:
            continue
        lines += _lines(measure, chosen)
    return lines


def _lines(measure: str, chosen: Chosen) -> list[Line]:
    if not chosen.is_written:
        several = (chosen.question, *chosen.others)
        return [
            Line(
                ("columns", measure),
                question.header,
                f"one of {len(several)} that may be it: {_said(question)}",
                is_on=False,
            )
            for question in several
        ]
    is_told = fold_name(chosen.question.text) != fold_name(chosen.question.header)
    comment = f"{_said(chosen.question)}: {chosen.judgement.why}" if is_told else chosen.judgement.why
    if not chosen.judgement.sure:
        comment = f"please check. {comment}"
    lines = [Line(("columns", measure), chosen.question.header, comment)]
    if chosen.judgement.values:
        lines.append(Line(("values", measure), dict(chosen.judgement.values), "the number in the answer"))
    lines += [
        Line(("columns", measure), other.header, f"also free text, not read: {_said(other)}", is_on=False)
        for other in chosen.others
    ]
    return lines


def _said(question: Question) -> str:
    return f'"{plain_line(question.text, TEXT_LIMIT)}"'
