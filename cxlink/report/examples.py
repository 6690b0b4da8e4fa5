"""Which of a cause's example comments are shown, and how."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.report.locales import LOCALES
from cxlink.report.redact import redact_text
from cxlink.report.shown_text import Sink, render_text
from cxlink.tag.language import detect_language


def show_examples(texts: Sequence[str], n: int, language: str, *, limit: int) -> tuple[str, ...]:
    """Redact examples and choose those to show.

    Parameters
    ----------
    texts : sequence of str
        As the customers wrote them, most typical first.
    n : int
        How many at most.
    language : str
        Of the report.
    limit : int
        Characters of each.

    Returns
    -------
    tuple of str
        In their order, but first the most typical one in the report's language, if there is one: whoever reads
        one alone can read it.
    """
    shown = [one for one in (render_text(redact_text(text), Sink.PLAIN, limit=limit) for text in texts) if one]
    readable = next((k for k, one in enumerate(shown) if detect_language(one, tuple(LOCALES)) == language), None)
    if readable is not None:
        shown.insert(0, shown.pop(readable))
    return tuple(shown[:n])
