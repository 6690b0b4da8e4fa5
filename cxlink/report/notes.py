"""Numbered notes: each reason why something is not estimable is said once, with what would unlock it."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.report.parts import Sentence, Untrusted


class Notes:
    """Collects reasons in the order in which their cells appear, and numbers them from 1."""

    def __init__(self) -> None:
        self._places: dict[NotEstimable, list[tuple[str, str]]] = {}

    def add(self, answer: NotEstimable, row: str, column: str) -> int:
        """Note that a cell is empty.

        Parameters
        ----------
        answer : NotEstimable
            Why, and what is needed.
        row, column : str
            Where; `row` is a name that others gave.

        Returns
        -------
        int
            Number of the note.
        """
        self._places.setdefault(answer, []).append((row, column))
        return list(self._places).index(answer) + 1

    def sentences(self) -> tuple[Sentence, ...]:
        """Give the notes, in the order of their numbers.

        Returns
        -------
        tuple of Sentence
            One a reason, such as ``support (Kept): 6 exposed churners. Needs: 10 exposed churners.`` and the like.
        """
        return tuple((*_where(places), *explain(answer)) for answer, places in self._places.items())


def explain(answer: NotEstimable) -> Sentence:
    """Say why there is no number and what is needed.

    Parameters
    ----------
    answer : NotEstimable
        The answer.

    Returns
    -------
    Sentence
        Both in one line, such as ``6 exposed churners. Needs: 10 exposed churners.`` or the reason alone.
    """
    why: Sentence = (Untrusted(_without_stop(answer.reason)),)
    return (*why, ". Needs: ", Untrusted(_without_stop(answer.needs)), ".") if answer.needs else (*why, ".")


def _without_stop(text: str) -> str:
    return text.rstrip().removesuffix(".")


def _where(places: list[tuple[str, str]]) -> Sentence:
    """Rows and columns of a reason; rows with the same columns stand together."""
    by_row: dict[str, list[str]] = {}
    for row, column in places:
        by_row.setdefault(row, []).append(column)
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for row, columns in by_row.items():
        by_columns.setdefault(tuple(columns), []).append(row)
    groups = [_group(rows, columns) for columns, rows in by_columns.items()]
    return (*(part for group in groups for part in ("; ", *group)), ": ")[1:]


def _group(rows: list[str], columns: tuple[str, ...]) -> Sentence:
    names = [part for row in rows for part in (", ", Untrusted(row))][1:]
    return (*names, f" ({', '.join(columns)})")
