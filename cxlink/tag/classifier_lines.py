"""Checks of what stands in a classifier's file; the file may come from a stranger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from cxlink.stats.arrays import Floats, Integers
from cxlink.tag.tokens import BlockKind

LONGEST_TEXT = 1_000
"""Letters of a name or a reason."""
MAX_WHOLE = 2**53


class LineFault(ValueError):
    """Something in a line that no classifier writes; the message says what, without quoting it."""


class Line:
    """One line of a classifier's file, whose entries are taken one by one.

    Parameters
    ----------
    content : bytes
        JSON of an object.
    """

    def __init__(self, content: bytes) -> None:
        try:
            entries = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise LineFault("is no JSON") from None
        if not isinstance(entries, dict):
            raise LineFault("is no JSON object")
        self._entries: dict[str, Any] = entries

    def take_number(self, name: str, low: float, high: float) -> float:
        """Take a number.

        Parameters
        ----------
        name : str
            Of the entry.
        low : float
            Least it may be.
        high : float
            Most it may be.

        Returns
        -------
        float
            Within the bounds.

        Raises
        ------
        LineFault
            If it is missing, no number or out of bounds.
        """
        return float(_check_numbers(name, [self._take(name)], low, high)[0])

    def take_whole(self, name: str, low: int, high: int) -> int:
        """Take a whole number.

        Parameters
        ----------
        name : str
            Of the entry.
        low : int
            Least it may be.
        high : int
            Most it may be.

        Returns
        -------
        int
            Within the bounds.

        Raises
        ------
        LineFault
            If it is missing, no whole number or out of bounds.
        """
        return int(_check_wholes(name, [self._take(name)], low, high)[0])

    def take_numbers(self, name: str, low: float, high: float) -> Floats:
        """Take a list of numbers.

        Parameters
        ----------
        name : str
            Of the entry.
        low : float
            Least each may be.
        high : float
            Most each may be.

        Returns
        -------
        ndarray of float64, shape (n,)
            All within the bounds.

        Raises
        ------
        LineFault
            If it is missing, no list of numbers or one is out of bounds.
        """
        return _check_numbers(name, self._take_list(name), low, high)

    def take_wholes(self, name: str, low: int, high: int) -> Integers:
        """Take a list of whole numbers.

        Parameters
        ----------
        name : str
            Of the entry.
        low : int
            Least each may be.
        high : int
            Most each may be.

        Returns
        -------
        ndarray of int, shape (n,)
            All within the bounds.

        Raises
        ------
        LineFault
            If it is missing, no list of whole numbers or one is out of bounds.
        """
        return _check_wholes(name, self._take_list(name), low, high)

    def take_flag(self, name: str) -> bool:
        """Take a truth value.

        Parameters
        ----------
        name : str
            Of the entry.

        Returns
        -------
        bool
            As written.

        Raises
        ------
        LineFault
            If it is missing or no truth value.
        """
        value = self._take(name)
        if not isinstance(value, bool):
            raise LineFault(f'"{name}" is neither true nor false')
        return value

    def take_text(self, name: str) -> str:
        """Take a text.

        Parameters
        ----------
        name : str
            Of the entry.

        Returns
        -------
        str
            At most ``LONGEST_TEXT`` letters.

        Raises
        ------
        LineFault
            If it is missing, no text or too long.
        """
        return _check_text(name, self._take(name))

    def take_texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts.

        Parameters
        ----------
        name : str
            Of the entry.

        Returns
        -------
        tuple of str
            At most ``LONGEST_TEXT`` letters each.

        Raises
        ------
        LineFault
            If it is missing, no list of texts, or one is too long.
        """
        return tuple(_check_text(name, value) for value in self._take_list(name))

    def take_kinds(self, name: str) -> tuple[BlockKind, ...]:
        """Take a list of kinds of features.

        Parameters
        ----------
        name : str
            Of the entry.

        Returns
        -------
        tuple of {"words", "pairs", "letters", "spelling"}
            As written.

        Raises
        ------
        LineFault
            If it is missing, no list, or one is another kind.
        """
        kinds: dict[str, BlockKind] = {kind: kind for kind in get_args(BlockKind)}
        written = self.take_texts(name)
        if not kinds.keys() >= set(written):
            raise LineFault(f'"{name}" has others than {", ".join(kinds)}')
        return tuple(kinds[value] for value in written)

    def finish(self) -> None:
        """Make sure that nothing is left.

        Raises
        ------
        LineFault
            If the line has an entry that was not taken.
        """
        if self._entries:
            raise LineFault(f"has {len(self._entries)} unknown entries")

    def _take(self, name: str) -> Any:
        if name not in self._entries:
            raise LineFault(f'has no "{name}"')
        return self._entries.pop(name)

    def _take_list(self, name: str) -> list[Any]:
        value = self._take(name)
        if not isinstance(value, list):
            raise LineFault(f'"{name}" is no list')
        return value


def _refuse_constant(_: str) -> None:
    raise ValueError


def _check_text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise LineFault(f'"{name}" is no text of at most {LONGEST_TEXT} letters')
    return value


def _check_numbers(name: str, values: Sequence[Any], low: float, high: float) -> Floats:
    # NaN fails both comparisons, and whole numbers of any length compare without overflow.
    if not all(type(value) in {int, float} and low <= value <= high for value in values):
        raise LineFault(f'"{name}" is no number between {low:g} and {high:g}')
    return np.array(values, dtype=np.float64)


def _check_wholes(name: str, values: Sequence[Any], low: int, high: int) -> Integers:
    if not all(type(value) is int and low <= value <= high for value in values):
        raise LineFault(f'"{name}" is no whole number between {low} and {high}')
    return np.array(values, dtype=np.intp)
