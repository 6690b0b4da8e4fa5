"""How the columns of a source are written: date formats and decimal marks, each settled on the whole column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cxlink.errors import CxlinkError, DataError
from cxlink.load.columns import ColumnPlan
from cxlink.load.dates import Reading, Verdict, describe, judge_dates, settle_dates
from cxlink.load.numerals import MARKS, Mark, possible_marks, settle_marks, weigh_marks
from cxlink.load.raw import RawTable
from cxlink.load.sources import Source
from cxlink.load.tables import DATE_KINDS, NUMBER_KINDS, VERBATIM, Column
from cxlink.load.values import translate


@dataclass(frozen=True, slots=True)
class Cells:
    """The distinct cells of a column.

    Parameters
    ----------
    raw : list of str
        As they stand in the file.
    texts : list of str
        Trimmed, and put into our words.
    counts : list of int
        How often each occurs.
    """

    raw: list[str]
    texts: list[str]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A canonical column of one file, ready to be converted.

    Parameters
    ----------
    column : Column
        What it must become.
    header : str
        Its name in the file.
    cells : Cells or None
        None for ids and texts that are taken as they stand.
    reading : Reading or None
        Format of its dates.
    mark : {".", ","}
        Its decimal mark.
    """

    column: Column
    header: str
    cells: Cells | None
    reading: Reading | None = None
    mark: Mark = "."


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A raw table with the plan of its columns."""

    raw: RawTable
    plan: ColumnPlan


def decide_columns(
    files: Sequence[PlannedFile], source: Source, zone: ZoneInfo, *, settled: Sequence[str] = ()
) -> tuple[list[list[ReadColumn]], list[CxlinkError]]:
    """Settle how each column of each file of a source is written.

    Parameters
    ----------
    files : sequence of PlannedFile
        All files of the source: one that settles a format speaks for the others.
    source : Source
        With its settings ``dates``, ``decimal`` and ``values``.
    zone : ZoneInfo
        The project's time zone.
    settled : sequence of str
        Formats of dates that further files of the source have.

    Returns
    -------
    columns : list of list of ReadColumn
        File by file.
    faults : list of CxlinkError
        Columns that nothing settles.
    """
    cells = [_cells_of(file, source) for file in files]
    faults: list[CxlinkError] = []
    readings, marks = _readings(files, cells, source, zone, settled, faults), _marks(files, cells, source, faults)
    decided = [
        [
            ReadColumn(
                column,
                header,
                cells[n].get(column.name),
                readings.get((n, column.name)),
                marks.get((n, column.name), "."),
            )
            for column, header in file.plan.columns
        ]
        for n, file in enumerate(files)
    ]
    return decided, faults


def _cells_of(file: PlannedFile, source: Source) -> dict[str, Cells]:
    found = {}
    for column, header in file.plan.columns:
        words = source.settings.values.get(column.name, {})
        if column.kind in ("id", "text") and not words and column.name != "currency":
            continue
        distinct = file.raw.distinct(header)
        texts = distinct.texts if column.name in VERBATIM else [text.strip() for text in distinct.texts]
        translated = [translate(text, words) for text in texts] if words else texts
        found[column.name] = Cells(distinct.texts, translated, distinct.counts)
    return found


def _readings(
    files: Sequence[PlannedFile],
    cells: Sequence[Mapping[str, Cells]],
    source: Source,
    zone: ZoneInfo,
    settled: Sequence[str],
    faults: list[CxlinkError],
) -> dict[tuple[int, str], Reading]:
    found: dict[tuple[int, str], Reading] = {}
    for column, at in _by_column(files, DATE_KINDS).items():
        verdicts = [_judge(files[n], cells[n][column.name], column, source, zone) for n in at]
        for n, verdict, reading in zip(at, verdicts, settle_dates(verdicts, settled), strict=True):
            if reading is None:
                faults.append(_date_fault(files[n].raw.file, column, verdict, source))
            else:
                found[n, column.name] = reading
    return found


def _judge(file: PlannedFile, cells: Cells, column: Column, source: Source, zone: ZoneInfo) -> Verdict:
    header = next(header for other, header in file.plan.columns if other is column or other.name == column.name)
    configured = None if header in file.raw.native else source.settings.dates
    try:
        return judge_dates(_counted(cells), zone, configured, months=column.kind == "month", own_zone=source.zone)
    except ValueError as error:
        return Verdict((), f"the setting is wrong: {error}")


def _marks(
    files: Sequence[PlannedFile],
    cells: Sequence[Mapping[str, Cells]],
    source: Source,
    faults: list[CxlinkError],
) -> dict[tuple[int, str], Mark]:
    found: dict[tuple[int, str], Mark] = {}
    for column, at in _by_column(files, NUMBER_KINDS).items():
        choices = [_possible(files[n], cells[n][column.name], column, source) for n in at]
        for n, choice, mark in zip(at, choices, settle_marks(choices), strict=True):
            if mark is None:
                faults.append(_decimal_fault(files[n].raw.file, column, choice, source))
            else:
                found[n, column.name] = mark
    return found


def _possible(file: PlannedFile, cells: Cells, column: Column, source: Source) -> tuple[Mark, ...]:
    header = next(header for other, header in file.plan.columns if other.name == column.name)
    if header in file.raw.native:
        return (".",)
    if source.settings.decimal is not None:
        return (source.settings.decimal,)
    return possible_marks(weigh_marks(_counted(cells)))


def _by_column(files: Sequence[PlannedFile], kinds: frozenset[str]) -> dict[Column, list[int]]:
    found: dict[Column, list[int]] = {}
    for n, file in enumerate(files):
        for column, _ in file.plan.columns:
            if column.kind in kinds:
                found.setdefault(column, []).append(n)
    return found


def _counted(cells: Cells) -> list[tuple[str, int]]:
    return [(text, count) for text, count in zip(cells.texts, cells.counts, strict=True) if text]


def _date_fault(file: str, column: Column, verdict: Verdict, source: Source) -> DataError:
    place = f"{file} column {column.name}"
    setting = f'in cxlink.toml {source.key}, such as dates = "%d/%m/%Y"'
    if verdict.readings:
        names = " or ".join(f"{describe(r.format.name)} ({r.format.name})" for r in verdict.readings)
        return DataError("CX121", place, f"the dates can be read as {names}.", f"Say which {setting}.")
    if verdict.fault == "mixed":
        names = " and ".join(f"{describe(name)} ({name})" for name in verdict.rivals)
        return DataError(
            "CX121", place, f"the dates mix {names}.", f"Export them in one format, or say which {setting}."
        )
    if verdict.fault == "serial":
        return DataError(
            "CX123",
            place,
            "the dates are bare numbers (a spreadsheet's serial days, or seconds since 1970).",
            "Export them as dates, such as YYYY-MM-DD.",
        )
    if verdict.fault == "unknown":
        return DataError(
            "CX124",
            place,
            "no known format of dates reads this column.",
            f"Check its mapping, or say the format {setting}.",
        )
    return DataError("CX124", place, f"{verdict.fault}.", f"Correct it {setting}.")


def _decimal_fault(file: str, column: Column, choice: tuple[Mark, ...], source: Source) -> DataError:
    place = f"{file} column {column.name}"
    remedy = f'Say which in cxlink.toml {source.key}, decimal = "." or decimal = ",".'
    if choice == MARKS:
        wrong = "the comma or the point in its numbers can mean decimals or thousands."
    else:
        wrong = "some numbers have a decimal point and some a decimal comma."
    return DataError("CX122", place, wrong, remedy)
