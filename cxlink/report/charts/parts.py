"""What all charts are given and hand back."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cxlink.report.numbers import Figure

_NARROWEST = 320
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Look:
    """How charts are laid out.

    Parameters
    ----------
    width : int
        Of the view box; at least 320. The chart scales with the page: a smaller one has larger letters.
    mirrored : bool
        Whether the page is read from right to left.
    """

    width: int = 440
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.width < _NARROWEST:
            raise ValueError(f"a chart is at least {_NARROWEST} wide")


@dataclass(frozen=True, slots=True)
class Head:
    """What a chart is called.

    Parameters
    ----------
    name : str
        Begins the chart's ids: letters a to z, digits and hyphens; no other chart of the page may have it.
    title : str
        What it shows.
    description : str
        What is seen on it, for people who hear the page.
    """

    name: str
    title: str
    description: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f'"{self.name}" cannot be an id: letters a to z, digits and hyphens')


@dataclass(frozen=True, slots=True)
class Span:
    """A rounded number with its interval, and the text that the tables show for it.

    Parameters
    ----------
    point : float
        Finite.
    low, high : float or None
        Ends of the interval, both or none.
    text : str
        Such as ``186 (80-290)``.
    """

    point: float
    low: float | None
    high: float | None
    text: str

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in self.numbers):
            raise ValueError("a number to be drawn is finite")
        if (self.low is None) != (self.high is None) or self.low_end > self.high_end:
            raise ValueError("an interval has two ends, the lower one first")

    @property
    def numbers(self) -> tuple[float, ...]:
        """The point and the ends there are."""
        return (self.point, *(end for end in (self.low, self.high) if end is not None))

    @property
    def low_end(self) -> float:
        """The lower end, or the point where there is no interval."""
        return self.point if self.low is None else self.low

    @property
    def high_end(self) -> float:
        """The upper end, or the point where there is no interval."""
        return self.point if self.high is None else self.high


def span_of(figure: Figure) -> Span:
    """Take a figure as the tables show it.

    Parameters
    ----------
    figure : Figure
        Rounded.

    Returns
    -------
    Span
        The same numbers and the same text.
    """
    low, high = (None if end is None else float(end) for end in (figure.low, figure.high))
    return Span(float(figure.point), low, high, figure.text)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, and the table that belongs under it.

    Parameters
    ----------
    svg : str
        One element, to be put into a page as it is.
    columns : tuple of str
        Headings.
    rows : tuple of tuple of str
        Texts of others are among them as they came: to be escaped for the place.
    """

    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
