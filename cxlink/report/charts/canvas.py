"""SVG being written: the only place that escapes texts, rounds places, and mirrors what is read from right to left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal
from unicodedata import bidirectional

from cxlink.report.charts.parts import Head, Look
from cxlink.report.charts.text_width import LINE, SIZE, is_cut, measure, shorten, wrap
from cxlink.report.shown_text import Sink, render_text

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "diamond", "up", "down"]
Points = Sequence[tuple[float, float]]

BY_ITSELF = ' unicode-bidi="plaintext"'
"""Attribute of a text whose direction is that of its first letter that has one."""

_LONGEST = 300
"""Letters of a text that was cut on the drawing and is shown in full beside it."""

_MIRRORED: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}
_LEFTWARDS = {"R", "AL", "AN"}
_CORNERS: dict[Shape, Points] = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "up": ((0, -1.2), (1.2, 1), (-1.2, 1)),
    "down": ((0, 1.2), (1.2, -1), (-1.2, -1)),
}


class Canvas:
    """Elements of one chart, in the order in which they are painted.

    Places are given as they are when read from left to right.

    Parameters
    ----------
    look : Look
        Width and direction.
    """

    def __init__(self, look: Look) -> None:
        self.width = float(look.width)
        self._mirrored = look.mirrored
        self._elements: list[str] = []

    def write(
        self, x: float, y: float, text: str, *, anchor: Anchor = "start", css: str = "", width: float | None = None
    ) -> None:
        """Write one line of text, cut to a width, with the full text as its title where it was cut.

        Parameters
        ----------
        x, y : float
            Of the anchor, and of the base of the letters.
        text : str
            Anybody's.
        anchor : str
            Which part of the text is at `x`.
        css : str
            Classes.
        width : float, optional
            At the most; up to the edges of the chart unless given.
        """
        shown = visible(text)
        room = {"start": self.width - x, "end": x, "middle": 2 * min(x, self.width - x)}[anchor]
        cut = shorten(shown, min(room, width or room))
        self._put(x, y, cut, anchor, css, full=shown if cut != shown else "")

    def write_lines(
        self, x: float, middle: float, text: str, *, width: float, lines: int, anchor: Anchor = "start", css: str = ""
    ) -> None:
        """Write a text over several lines about a middle, with the full text as its title where it was cut.

        Parameters
        ----------
        x, middle : float
            Of the anchor, and the height of the text's middle.
        text : str
            Anybody's.
        width : float
            Of a line.
        lines : int
            At the most.
        anchor : str
            Which part of a line is at `x`.
        css : str
            Classes.
        """
        shown = visible(text)
        broken = wrap(shown, width, lines=lines)
        full = shown if is_cut(shown, broken) else ""
        first = middle + 0.36 * SIZE - LINE * (len(broken) - 1) / 2
        for place, line in enumerate(broken):
            self._put(x, first + place * LINE, line, anchor, css, full=full)

    def write_inside(self, x: float, y: float, text: str, *, css: str = "") -> None:
        """Write a text with its middle at a place, or as near to it as the edges allow.

        Parameters
        ----------
        x, y : float
            Of the middle, and of the base of the letters.
        text : str
            Anybody's.
        css : str
            Classes.
        """
        half = min(measure(visible(text)), self.width) / 2
        self.write(min(max(x, half), self.width - half), y, text, anchor="middle", css=css)

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        """Draw a straight line.

        Parameters
        ----------
        x1, y1, x2, y2 : float
            From and to.
        css : str
            Classes.
        """
        self.path([(x1, y1), (x2, y2)], css)

    def path(self, points: Points, css: str, *, closed: bool = False) -> None:
        """Draw a line through points, or the area between them.

        Parameters
        ----------
        points : sequence of (float, float)
            At least two.
        css : str
            Classes.
        closed : bool
            Whether it comes back to its beginning.
        """
        self._elements.append(f'<path class="{css}" d="{self._steps(points)}{"Z" if closed else ""}"/>')

    def rect(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        """Draw a rectangle.

        Parameters
        ----------
        x1, y1, x2, y2 : float
            Two corners, in any order.
        css : str
            Classes.
        """
        self.path([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], css, closed=True)

    def mark(self, shape: Shape, x: float, y: float, css: str, *, size: float = 4.0, title: str = "") -> None:
        """Draw a mark about its middle.

        Parameters
        ----------
        shape : str
            Its form.
        x, y : float
            Its middle.
        css : str
            Classes.
        size : float
            Half its width, about.
        title : str
            What it stands for; nothing where the table says it anyway.
        """
        inner = f"<title>{escape(visible(title))}</title>" if title else ""
        if shape == "circle":
            drawn = f'circle class="{css}" cx="{number(self._x(x))}" cy="{number(y)}" r="{number(size)}"'
        else:
            steps = self._steps([(x + size * across, y + size * down) for across, down in _CORNERS[shape]])
            drawn = f'path class="{css}" d="{steps}Z"'
        self._elements.append(f"<{drawn}>{inner}</{drawn.split(' ')[0]}>" if inner else f"<{drawn}/>")

    def finish(self, head: Head, height: float) -> str:
        """Put the elements together.

        Parameters
        ----------
        head : Head
            Title, description and the beginning of the ids.
        height : float
            Of the view box.

        Returns
        -------
        str
            One ``svg`` element, as pages hold it: a file of its own needs the name space besides.
        """
        title, description = (escape(visible(text)) for text in (head.title, head.description))
        # the direction is said here: on a page that is read from right to left, "start" would be the right end
        return (
            f'<svg class="chart" viewBox="0 0 {number(self.width)} {number(height)}" direction="ltr" role="img"'
            f' aria-labelledby="{head.name}-title" aria-describedby="{head.name}-desc">\n'
            f'<title id="{head.name}-title">{title}</title>\n<desc id="{head.name}-desc">{description}</desc>\n'
            + "\n".join(self._elements)
            + "\n</svg>\n"
        )

    def _put(self, x: float, y: float, text: str, anchor: Anchor, css: str, *, full: str) -> None:
        if not text:
            return
        side = _MIRRORED[anchor] if self._mirrored else anchor
        tags = (f' class="{css}"' if css else "") + (f' text-anchor="{side}"' if side != "start" else "")
        title = f"<title>{escape(full[:_LONGEST])}</title>" if full else ""
        # what holds letters that are written to the left finds its direction by itself
        tags += BY_ITSELF if any(bidirectional(letter) in _LEFTWARDS for letter in text) else ""
        self._elements.append(f'<text x="{number(self._x(x))}" y="{number(y)}"{tags}>{escape(text)}{title}</text>')

    def _x(self, x: float) -> float:
        return self.width - x if self._mirrored else x

    def _steps(self, points: Iterable[tuple[float, float]]) -> str:
        """Places of a path, as short as they can be written: level and upright steps need one number."""
        places = [(number(self._x(x)), number(y)) for x, y in points]
        written, before = [f"M{places[0][0]} {places[0][1]}"], places[0]
        for x, y in places[1:]:
            if x != before[0]:
                written.append(f"L{x} {y}" if y != before[1] else f"H{x}")
            elif y != before[1]:
                written.append(f"V{y}")
            before = (x, y)
        return "".join(written) if len(written) > 1 else f"{written[0]}H{before[0]}"


def visible(text: str) -> str:
    """Make a text of others visible and inert, as it is then measured and drawn.

    Parameters
    ----------
    text : str
        Anybody's.

    Returns
    -------
    str
        On one line; drawn again it stays what it is.
    """
    return render_text(text, Sink.PLAIN)


def number(value: float) -> str:
    """Write a place to a hundredth, which every machine agrees on.

    Parameters
    ----------
    value : float
        Units of the view box.

    Returns
    -------
    str
        Without needless zeros.
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
