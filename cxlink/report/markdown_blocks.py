"""Blocks of a Markdown page: what is always seen, what is folded, and what gives way where all is too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

LARGEST = 900_000
"""Bytes of a page: the summary of a CI step holds 1 MiB, and other steps may write to it too."""

OPENED, CLOSED = "<details><summary>Show</summary>", "</details>"


@dataclass(frozen=True, slots=True)
class Block:
    """A title with what stands below it, and what is folded below that, of so many rows."""

    seen: list[str]
    folded: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def paragraphs(self) -> list[str]:
        """All of it, folded where something is."""
        told = [text for text in self.folded if text]
        return [*filter(None, self.seen), *([OPENED, *told, CLOSED] if told else [])]

    @property
    def cut(self) -> list[str]:
        """What is left where it is too long; what is missing is said."""
        rows = f" ({self.rows:,} rows)" if self.rows else ""
        return [*filter(None, self.seen), f"Left out here, as this page may not be longer{rows}: see report.html."]


def fit(blocks: Sequence[Block], largest: int = LARGEST) -> str:
    """Put blocks together; where they are too long, the longest tables are left out, and that is said.

    Parameters
    ----------
    blocks : sequence of Block
        In their order.
    largest : int
        Bytes in UTF-8 at the most; what is always seen stays whole.

    Returns
    -------
    str
        Ends with a line feed.
    """
    shown = [_join(block.paragraphs) for block in blocks]
    by_size = sorted(range(len(blocks)), key=lambda place: -_size(shown[place]))
    left = sum(map(_size, shown)) - largest
    for place in by_size:
        if left <= 0:
            break
        if blocks[place].folded:
            shorter = _join(blocks[place].cut)
            left -= _size(shown[place]) - _size(shorter)
            shown[place] = shorter
    return _join([text for text in shown if text]) + "\n"


def _join(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace")) + 2
