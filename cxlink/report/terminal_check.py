"""What ``check`` prints: the ledger of each file, what was held back, and what will be possible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from cxlink.handoff import Linked, Loaded, Readiness
from cxlink.report.check_sections import build_sections
from cxlink.report.coverage import build_ledger_line, count_held_back, list_ledger
from cxlink.report.numbers import format_count
from cxlink.report.parts import LedgerRow
from cxlink.report.section_formats import render_sections
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.terminal_table import hang

_HEADS = ("Read", "Accepted", "Excluded", "Held back")


def render_check(
    loaded: Loaded, linked: Linked, readiness: Sequence[Readiness], *, width: int = 80, out: Path | None = None
) -> Text:
    """Lay out what was read and linked in fixed-width text.

    Parameters
    ----------
    loaded : Loaded
        For the ledger and the observed window.
    linked : Linked
        For the shares matched.
    readiness : sequence of Readiness
        Which outputs will be possible.
    width : int
        Cells of the terminal.
    out : Path, optional
        Folder of the ledger, for the next steps.

    Returns
    -------
    rich.text.Text
        Lines of at most `width` cells.
    """
    customers = f"{format_count(linked.linkage.customers)} customers"
    window = f"{loaded.observed_from.isoformat()} to {loaded.observed_to.isoformat()}"
    lines = [
        *hang("", f"{customers} | {window}", width, "bold"),
        *hang("", build_ledger_line(loaded.ledger, linked.linkage), width, ""),
        Text(),
        *_ledger(list_ledger(loaded.ledger), width),
        *_held_back(loaded, width),
        *render_sections(build_sections(linked), width),
        *_readiness(readiness, width),
        *_next(loaded, readiness, width, out),
    ]
    return Text("\n").join(lines)


def _ledger(rows: Sequence[LedgerRow], width: int) -> list[Text]:
    counts = [(row.rows_read, row.rows_accepted, row.rows_excluded, row.rows_quarantined) for row in rows]
    table = [_HEADS, *(tuple(format_count(number) for number in numbers) for numbers in counts)]
    widths = [max(len(line[place]) for line in table) for place in range(len(_HEADS))]
    figures = ["  ".join(text.rjust(w) for text, w in zip(line, widths, strict=True)) for line in table]
    left = width - len(figures[0]) - 2
    if left < len("File of source"):
        return [line for row, text in zip(rows, figures[1:], strict=True) for line in _file(row, f"  {text}", 0, width)]
    head = Text("File".ljust(left) + "  " + figures[0], "bold")
    return [
        head,
        *(line for row, text in zip(rows, figures[1:], strict=True) for line in _file(row, text, left, width)),
    ]


def _file(row: LedgerRow, figures: str, left: int, width: int) -> list[Text]:
    """One file: its figures beside its name where there is room, its source and money below."""
    name = hang(
        "", f"{render_text(row.file, Sink.TERMINAL)} ({render_text(row.source, Sink.TERMINAL)})", left or width, ""
    )
    if left:
        name[-1] = Text(name[-1].plain + " " * (left - name[-1].cell_len) + "  " + figures)
    else:
        name.append(Text(figures))
    money = [f"{row.money_accepted} accepted" if row.money_accepted else ""]
    money += [f"{row.money_quarantined} held back" if row.money_quarantined else ""]
    told = ", ".join(part for part in money if part)
    return name + (hang("  ", told, width, "dim") if told else [])


def _held_back(loaded: Loaded, width: int) -> list[Text]:
    lines: list[Text] = []
    for held in count_held_back(loaded.ledger):
        place = f"{held.source}, {held.column}" if held.column else held.source
        text = f"{format_count(held.rows)} held back in {place}: {held.reason} ({held.code})"
        lines += hang("! ", render_text(text, Sink.TERMINAL), width, "yellow")
    return [Text(), *lines] if lines else []


def _readiness(readiness: Sequence[Readiness], width: int) -> list[Text]:
    lines = [Text(), Text("What will be possible", "bold")]
    for item in readiness:
        has = f": {item.has}" if item.ready and item.has else ""
        needs = f"{';' if has else ':'} needs {item.needs}" if item.needs else ""
        text = render_text(item.output + has + needs, Sink.TERMINAL)
        lines += hang("yes  " if item.ready else "no   ", text, width, "" if item.ready else "dim")
    return lines if readiness else []


def _next(loaded: Loaded, readiness: Sequence[Readiness], width: int, out: Path | None) -> list[Text]:
    steps = ["cxlink run"] if any(item.ready for item in readiness) else []
    if out is not None and any(entry.quarantine for entry in loaded.ledger):
        steps.append(f"look into {render_text(str(out / 'quarantine'), Sink.TERMINAL)}")
    lines: list[Text] = []
    for place, step in enumerate(steps):
        lines += hang("Next: " if place == 0 else "      ", step, width, "")
    return [Text(), *lines] if lines else []
