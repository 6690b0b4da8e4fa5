"""Rows as they will be read, for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping

from cxlink.currencies import strip_mark
from cxlink.load.dates import read_cell
from cxlink.load.numerals import read_numeral
from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.formats import UTC_ZONE, Finding
from cxlink.profiles.masking import show_cell
from cxlink.profiles.model import Feed


def show_row(
    mapped: Mapping[str, str], findings: Mapping[str, Finding], feed: Feed, raw: FileCells, row: int
) -> dict[str, str]:
    """Show a row as it will be read, without what people wrote.

    Parameters
    ----------
    mapped : mapping of str to str
        The export's header by canonical column.
    findings : mapping of str to Finding
        How dates and amounts are written.
    feed : Feed
        With its words.
    raw : FileCells
        The file.
    row : int
        Index of the row.

    Returns
    -------
    dict of str to str
        Cells that are not empty.
    """
    shown = {}
    for ours, header in mapped.items():
        text = str(raw.columns[header][row]).strip()
        words = {word.casefold(): put for word, put in feed.values.get(ours, {}).items()}
        text = words.get(text.casefold(), text)
        if text:
            shown[ours] = show_cell(ours, _as_read(text, findings[ours]))
    return shown


def _as_read(text: str, finding: Finding) -> str:
    moment = read_cell(text, finding.reading, UTC_ZONE) if finding.reading is not None else None
    numeral = read_numeral(strip_mark(text)[0], finding.mark) if finding.mark is not None else None
    if numeral is not None:
        return f"{'-' if numeral.negative else ''}{numeral.whole}" + (f".{numeral.part}" if numeral.part else "")
    return moment.isoformat(sep=" ").removesuffix(" 00:00:00") if moment is not None else text
