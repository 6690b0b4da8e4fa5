"""The first screen as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.report.first_parts import CauseToMend, FirstScreen
from cxlink.report.page_words import HEADINGS
from cxlink.report.parts import render_sentence
from cxlink.report.shown_text import Sink, render_text

MOST_NOT_YET = 3


def say_first_screen(first: FirstScreen) -> list[str]:
    """Say what stands on the first screen, but for the headline.

    Parameters
    ----------
    first : FirstScreen
        Of the document.

    Returns
    -------
    list of str
        Paragraphs and lists; no line starts with the words of others.
    """
    facts = ((HEADINGS.tenth, first.tenth), (HEADINGS.ceiling, first.ceiling), (HEADINGS.evidence, first.evidence))
    told = [f"- {label}: **{render_sentence(text, Sink.MARKDOWN)}**" for label, text in facts if text]
    return ["\n".join(told), *_lists(first)]


def _lists(first: FirstScreen) -> Iterator[str]:
    if first.mend:
        yield f"### {HEADINGS.do_next}"
        yield "\n".join(f"{place}. {_mend(one)}" for place, one in enumerate(first.mend, start=1))
    if first.waiting_line:
        whose = (
            f"  - {_shown(one.customer)}: {_shown(one.score)} on {one.day}, {one.monthly}" for one in first.waiting
        )
        yield "\n".join([f"- {_shown(first.waiting_line)}", *whose])
    if first.moved:
        yield f"### {HEADINGS.moved}"
        yield "\n".join(f"- {_shown(line)}" for line in first.moved)
    if first.claims:
        yield f"### {HEADINGS.claims}"
        yield "\n".join(
            f"- {_shown(one.text)}: **{one.verdict}**{f' ({_shown(one.found)})' if one.found else ''}"
            for one in first.claims
        )
    yield f"### {HEADINGS.silent}"
    yield _shown(first.silent) if first.silent else "Not looked at."
    if first.not_yet:
        yield f"### {HEADINGS.not_yet}"
        missing = [
            f"- {_shown(one.output)}: {_shown(one.needs)}{f' ({one.when})' if one.when else ''}"
            for one in first.not_yet[:MOST_NOT_YET]
        ]
        more = len(first.not_yet) - MOST_NOT_YET
        yield "\n".join([*missing, *([f"- {more} more, below"] if more > 0 else [])])


def _mend(one: CauseToMend) -> str:
    parts = [f"**{_shown(one.component)}, {_shown(one.cause)}**", one.reach]
    if one.example:
        parts.append(f"such as: {_shown(one.example)}")
    if one.command:
        parts.append(f"records: {render_sentence(one.command, Sink.MARKDOWN)}")
    return "; ".join(parts)


def _shown(text: str) -> str:
    return render_text(text, Sink.MARKDOWN)
