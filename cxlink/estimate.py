"""The two kinds of answer: a number with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how sure we are, and what it rests on.

    Parameters
    ----------
    point, low, high : float
        In `unit`; all finite, ``low <= high``.
    level : float
        Coverage the interval aims at, such as 0.95.
    unit : str
        Such as ``EUR``, ``customers``, ``NPS points`` or ``ratio``.
    n : int
        Customers (or responses) the number rests on.
    events : int
        Events behind it: churners, incidents or answers, as `method` says.
    method : str
        How it was estimated, in a few words.

    Raises
    ------
    ValueError
        If a number is not finite or the interval is reversed: NaN must never reach a report.
    """

    point: float
    low: float
    high: float
    level: float
    unit: str
    n: int
    events: int
    method: str

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.point, self.low, self.high)):
            raise ValueError("an Estimate must be finite; use NotEstimable")
        if self.low > self.high:
            raise ValueError("an Estimate's interval is reversed")


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """Why there is no number, and what would unlock it.

    Parameters
    ----------
    reason : str
        Why, in plain words.
    needs : str
        What would make it estimable: an export, a setting, more events.
    """

    reason: str
    needs: str


Answer = Estimate | NotEstimable
