"""The document in a terminal: what fits on a screen, plain where it is not a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from cxlink.handoff import Impact, Linked, Loaded, Readiness
from cxlink.report.effect_words import Frame
from cxlink.report.page_words import HEADINGS
from cxlink.report.parts import Document, Notice, Sentence, render_sentence
from cxlink.report.section import Section
from cxlink.report.section_formats import render_sections
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.terminal_check import render_check
from cxlink.report.terminal_impact import render_impact
from cxlink.report.terminal_table import hang, render_table
from cxlink.report.words import OVERLAP, REST

if TYPE_CHECKING:
    from rich.console import Console

MAX_WIDTH = 100
SEPARATOR = " | "
_MIN_WIDTH = 40
_MAX_NOTICES = 5


def print_document(document: Document, console: Console, out: Path | None = None) -> None:
    """Print a document.

    Parameters
    ----------
    document : Document
        What is shown.
    console : rich.console.Console
        Where; it settles colours and width. Nothing of the text is taken as markup.
    out : Path, optional
        Folder of the reports, for the next steps.
    """
    _print(render_terminal(document, width=console.width, out=out), console)


def print_check(
    loaded: Loaded, linked: Linked, readiness: Sequence[Readiness], console: Console, out: Path | None = None
) -> None:
    """Print what was read and linked, and what it will be good for.

    Parameters
    ----------
    loaded : Loaded
        For the ledger and the observed window.
    linked : Linked
        For the shares matched.
    readiness : sequence of Readiness
        Which outputs will be possible.
    console : rich.console.Console
        Where.
    out : Path, optional
        Folder of the ledger, for the next steps.
    """
    width = max(_MIN_WIDTH, min(console.width, MAX_WIDTH))
    _print(render_check(loaded, linked, readiness, width=width, out=out), console)


def print_impact(impact: Impact, frame: Frame, console: Console, *, published: bool) -> None:
    """Print what each component does, and what each figure means.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What the sentences are about.
    console : rich.console.Console
        Where.
    published : bool
        Whether the audience is the public.
    """
    width = max(_MIN_WIDTH, min(console.width, MAX_WIDTH))
    _print(Text("\n").join(render_impact(impact, frame, width, published=published)), console)


def print_sections(sections: Sequence[Section], console: Console) -> None:
    """Print sections.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.
    console : rich.console.Console
        Where.
    """
    width = max(_MIN_WIDTH, min(console.width, MAX_WIDTH))
    for line in render_sections(sections, width)[1:]:
        _print(line, console)


def _print(text: Text, console: Console) -> None:
    console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def render_terminal(document: Document, *, width: int = 80, out: Path | None = None) -> Text:
    """Lay out a document in fixed-width text.

    Parameters
    ----------
    document : Document
        What is shown.
    width : int
        Cells of the terminal; between 40 and 100 are used.
    out : Path, optional
        Folder of the reports, for the next steps.

    Returns
    -------
    rich.text.Text
        Lines of at most `width` cells.
    """
    width = max(_MIN_WIDTH, min(width, MAX_WIDTH))
    lines = [
        *_packed(render_sentence(document.header, Sink.TERMINAL), width, "bold"),
        *_packed(document.ledger_line, width),
        *_wrapped(document.ceiling_line, width),
        Text(),
        *render_table(document.table, width),
        *_below(document, width),
        *_first(document, width),
        *_moved(document, width),
        *_claims(document, width),
        *_notices(document.notices, width),
        *_next(document, width, out),
    ]
    return Text("\n").join(lines)


def _below(document: Document, width: int) -> list[Text]:
    lines = [Text()]
    for number, note in enumerate(document.table.notes, start=1):
        lines += hang(f"[{number}] ", render_sentence(note, Sink.TERMINAL), width, "dim")
    for remark in document.table.remarks:
        lines += hang("- ", render_sentence(remark, Sink.TERMINAL), width, "dim")
    kinds = {row.kind for row in document.table.rows}
    for kind, words in (("overlap", OVERLAP), ("rest", REST)):
        lines += hang("", words, width, "dim") if kind in kinds else []
    for sentence in filter(None, (document.first.ceiling, document.tenth_line)):
        lines += hang("", render_sentence(sentence, Sink.TERMINAL), width, "bold")
    if document.first.evidence:
        lines += hang("Evidence: ", render_sentence(document.first.evidence, Sink.TERMINAL), width, "dim")
    lines += hang("", render_text(document.kpi_line, Sink.TERMINAL), width, "dim") if document.kpi_line else []
    for line in filter(None, (document.bridge_line, document.loop_line)):
        lines += hang("", render_text(line, Sink.TERMINAL), width, "dim")
    for name, said in document.changes:
        lines += hang("", f"{render_text(name, Sink.TERMINAL)}: {render_text(said, Sink.TERMINAL)}", width, "bold")
    return lines


def _first(document: Document, width: int) -> list[Text]:
    """What to do next, and how the silent differ; what moved and the claims follow."""
    first = document.first
    lines = [Text(), Text(HEADINGS.do_next, "bold")] if first.mend or first.waiting_line else []
    for one in first.mend:
        named = f"{render_text(one.component, Sink.TERMINAL)}, {render_text(one.cause, Sink.TERMINAL)}: {one.reach}"
        records = f"; {render_sentence(one.command, Sink.TERMINAL)}" if one.command else ""
        lines += hang("- ", named + records, width, "")
    lines += hang("- ", render_text(first.waiting_line, Sink.TERMINAL), width, "") if first.waiting_line else []
    if first.silent:
        lines += [Text(), Text(HEADINGS.silent, "bold"), *hang("", render_text(first.silent, Sink.TERMINAL), width, "")]
    return lines


def _moved(document: Document, width: int) -> list[Text]:
    """What moved: the last line is about all the rest."""
    said = (hang("- ", render_text(line, Sink.TERMINAL), width, "") for line in document.monitor_lines)
    lines = [line for one in said for line in one]
    return [Text(), Text(HEADINGS.moved, "bold"), *lines] if lines else []


def _claims(document: Document, width: int) -> list[Text]:
    said = (hang("- ", render_text(line, Sink.TERMINAL), width, "") for line in document.claim_lines)
    lines = [line for one in said for line in one]
    return [Text(), Text(HEADINGS.claims, "bold"), *lines] if lines else []


def _notices(notices: tuple[Notice, ...], width: int) -> list[Text]:
    lines: list[Text] = []
    for notice in notices[:_MAX_NOTICES]:
        style = "red" if notice.severity == "error" else "yellow"
        text = f"{render_text(notice.code, Sink.TERMINAL)} {render_text(notice.message, Sink.TERMINAL)}"
        lines += hang("! ", text, width, style)
    more = len(notices) - _MAX_NOTICES
    if more > 0:
        lines.append(Text(f"! and {more} more: see report.html", "yellow"))
    return lines


def _next(document: Document, width: int, out: Path | None) -> list[Text]:
    steps: list[Sentence] = list(document.next_steps)
    if out is not None:
        steps.insert(0, (f"open {render_text(str(out / 'report.html'), Sink.TERMINAL)}",))
    lines: list[Text] = []
    for place, step in enumerate(steps):
        lines += hang("Next: " if place == 0 else "      ", render_sentence(step, Sink.TERMINAL), width, "")
    return lines


def _packed(text: str, width: int, style: str = "") -> list[Text]:
    """Break a line of parts between its parts, and within a part only where it is too long by itself."""
    lines: list[str] = []
    for part in text.split(SEPARATOR):
        joined = f"{lines[-1]}{SEPARATOR}{part}" if lines else part
        if lines and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return [wrapped for line in lines for wrapped in _wrapped(line, width, style)]


def _wrapped(text: str, width: int, style: str = "") -> list[Text]:
    return hang("", text, width, style)
