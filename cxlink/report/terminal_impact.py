"""What each component does, in a terminal: the main table, and each figure in words."""

from __future__ import annotations

from rich.text import Text

from cxlink.handoff import Impact
from cxlink.report.component_table import MONEY, build_component_table
from cxlink.report.effect_words import Frame, note_of, say_impact
from cxlink.report.impact_sections import ceiling_line
from cxlink.report.numbers import choose_money_unit
from cxlink.report.parts import render_sentence
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.terminal_table import hang, render_table


def render_impact(impact: Impact, frame: Frame, width: int, *, published: bool) -> list[Text]:
    """Lay out the effects within a width.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What they are about.
    width : int
        Cells of the terminal, 40 or more.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of Text
        Lines.
    """
    effects = (*impact.components, impact.joint)
    unit = choose_money_unit(frame.currency, [getattr(effect, key) for effect in effects for key in MONEY])
    table = build_component_table(impact, unit, published=published)
    lines = [*hang("", f"{ceiling_line(frame)}; money in {unit.name}", width, "bold"), Text("")]
    lines += render_table(table, width)
    for number, note in enumerate(table.notes, start=1):
        lines += hang(f"[{number}] ", render_sentence(note, Sink.TERMINAL), width, "dim")
    for remark in table.remarks:
        lines += hang("- ", render_sentence(remark, Sink.TERMINAL), width, "dim")
    for said in say_impact(impact, frame):
        lines += [Text(""), Text(render_text(said.name, Sink.TERMINAL), style="bold")]
        for sentence in said.sentences:
            lines += hang("- ", render_text(sentence, Sink.TERMINAL), width, "")
    return [*lines, Text(""), *hang("", note_of(frame), width, "dim")]
