"""Edited assumptions read back from a workbook, in the place of settings."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cxlink.errors import ConfigError, CxlinkError, Faults, InputMissingError
from cxlink.handoff import Message
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.workbook.assumptions import HEADS, NAME, VALUE
from cxlink.report.workbook.typed_numbers import read_number
from cxlink.settings import ChangeSettings, FinanceSettings, ModelSettings, Settings

MAX_BYTES = 500_000_000
HEADER_ROWS = 20
OF, SETTING = HEADS.index("Of"), HEADS.index("Setting")
ALL = "all"
WHOLE_RUN = ("finance.gross_margin", "finance.discount_rate", "model.horizon_months")
SHARE = (0.0, 1.0, "between 0 and 1 (0% and 100%)")
RANGES: Mapping[str, tuple[float, float, str]] = {
    "finance.gross_margin": SHARE,
    "finance.discount_rate": SHARE,
    "model.horizon_months": (1, 60, "a whole number of months from 1 to 60"),
    "changes.reduce": (-5.0, 1.0, "between -5 and 1 (-500% and 100%)"),
    "changes.recovery.relief": SHARE,
    "changes.cost": (0.0, math.inf, "0 or more"),
    "changes.saving": (0.0, math.inf, "0 or more"),
}

NAMES: Mapping[str, str] = {
    "finance.gross_margin": "gross margin",
    "finance.discount_rate": "discount rate",
    "model.horizon_months": "horizon",
    **{
        f"{group}.{key}": f"{word}, {end}"
        for group, word in (("changes.reduce", "reduction"), ("changes.recovery.relief", "relief"))
        for key, end in (("low", "lowest"), ("likely", "most likely"), ("high", "highest"))
    },
    **{
        f"changes.{side}.{key}": f"{side}, {when}"
        for side in ("cost", "saving")
        for key, when in (("one_off", "once"), ("per_month", "a month"))
    },
}


@dataclass(frozen=True, slots=True)
class Override:
    """A setting that the workbook changed.

    ``setting`` is the key as in ``manifest.json``, such as ``changes.1.cost.one_off``; ``cell`` where it stands.
    """

    setting: str
    of: str
    before: float | None
    after: float
    cell: str

    @property
    def words(self) -> str:
        """In a line."""
        before = "nothing" if self.before is None else f"{self.before:g}"
        named = f" ({render_text(self.of, Sink.TERMINAL)})" if self.of != ALL else ""
        return f"assumption: {self.setting}{named}: {before} -> {self.after:g} ({self.cell})"


@dataclass(frozen=True, slots=True)
class Assumed:
    """Settings with the workbook's assumptions, what was changed, and what the user should know."""

    settings: Settings
    overrides: tuple[Override, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    setting: str
    of: str
    value: float | None
    cell: str
    what: str


def read_assumptions(path: Path, settings: Settings) -> Assumed:
    """Read the sheet Assumptions, and put its values in the place of the settings.

    Parameters
    ----------
    path : Path
        A workbook that ``cxlink run`` wrote, edited or not.
    settings : Settings
        The configuration.

    Returns
    -------
    Assumed
        Only what differs from the configuration is an override.

    Raises
    ------
    InputMissingError
        If there is no such file (CX001).
    ConfigError
        If it is no workbook of a run (CX670), or its columns are not as they were (CX671).
    Faults
        All cells that cannot be used, together: CX672 to CX674, CX677 to CX679.
    """
    rows, faults = _read_rows(path)
    found: dict[tuple[str, str], _Row] = {}
    messages: list[Message] = []
    known = _known(settings)
    for row in rows:
        key = (row.setting, row.of)
        if key not in known:
            messages.append(_unknown(row))
        elif key in found:
            said = f"{row.what} stands here and in {found[key].cell}."
            faults.append(ConfigError("CX677", row.cell, said, "Keep one of the two rows."))
        else:
            found[key] = row
    messages += [_deleted(path, *key, value) for key, value in known.items() if key not in found]
    wrong = {key: fault for key, row in found.items() if (fault := _check(row, known[key])) is not None}
    assumed, overrides, misfits = _apply(settings, known, {key: row for key, row in found.items() if key not in wrong})
    faults += [*wrong.values(), *misfits]
    if faults:
        raise Faults(sorted(faults, key=_row_number))
    return Assumed(assumed, overrides, tuple(messages))


def _read_rows(path: Path) -> tuple[list[_Row], list[ConfigError]]:
    cells = _cells(path)
    heads = [HEADS[OF], HEADS[VALUE], HEADS[SETTING]]
    at = next(
        (n for n, row in enumerate(cells[:HEADER_ROWS]) if set(heads) <= {str(cell).strip() for cell in row}), None
    )
    if at is None:
        named = ", ".join(f'"{head}"' for head in heads)
        said = f"a column is missing: {named}."
        raise ConfigError("CX671", f"{path.name} {NAME}", said, "Give the columns their headings back, or run again.")
    names = [str(cell).strip() for cell in cells[at]]
    of, value, setting = (names.index(head) for head in heads)
    rows, faults = [], []
    for number, row in enumerate(cells[at + 1 :], start=at + 2):
        key = str(row[setting]).strip() if setting < len(row) else ""
        if not key:
            continue  # notes below the table
        cell = f"{path.name} {NAME}!{_letters(value)}{number}"
        what = _name(key)
        try:
            rows.append(_Row(key, str(row[of]).strip(), read_number(row[value], cell, what), cell, what))
        except ConfigError as fault:
            faults.append(fault)
    return rows, faults


def _cells(path: Path) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if not path.is_file():
        remedy = "Point --assumptions at the workbook.xlsx of a run."
        raise InputMissingError("CX001", str(path), "there is no such file.", remedy)
    unusable = ConfigError(
        "CX670", path.name, f"is no workbook (.xlsx) with a sheet {NAME}.", "Take the workbook.xlsx of an internal run."
    )
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise unusable
        book = CalamineWorkbook.from_path(str(path))
        rows: list[list[Any]] = book.get_sheet_by_name(NAME).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise unusable from None
    return rows


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _name(setting: str) -> str:
    """Name a setting in an error; of a key that is not ours, only its shown form."""
    if setting in NAMES:
        return NAMES[setting]
    return render_text(setting, Sink.TERMINAL)


def _row_number(fault: CxlinkError) -> int:
    digits = re.search(r"![A-Z]+(\d+)", fault.place)
    return int(digits.group(1)) if digits else 0


def _known(settings: Settings) -> dict[tuple[str, str], float | None]:
    """What can be assumed, and what the configuration says itself; a change goes by its name as it is shown."""
    finance = settings.finance
    values = (finance.gross_margin, finance.discount_rate, settings.model.horizon_months)
    known: dict[tuple[str, str], float | None] = {
        (key, ALL): value for key, value in zip(WHOLE_RUN, values, strict=True)
    }
    for change in settings.changes:
        name = render_text(change.name, Sink.PLAIN)
        size = change.reduce if change.recovery is None else change.recovery.relief
        group = "changes.reduce" if change.recovery is None else "changes.recovery.relief"
        if size is None:
            continue
        known |= {(f"{group}.{key}", name): getattr(size, key) for key in ("likely", "low", "high")}
        for side, money in (("cost", change.cost), ("saving", change.saving)):
            known |= {(f"changes.{side}.{key}", name): getattr(money, key) for key in ("one_off", "per_month")}
    return known


def _unknown(row: _Row) -> Message:
    said = f"{row.cell}: no setting or change of the configuration goes by {row.what} of {row.of}; the row is left out."
    remedy = "Give columns Of and Setting back what they had, or add the change to the configuration."
    return Message("CX675", "warning", "assumptions", render_text(said, Sink.TERMINAL), remedy)


def _deleted(path: Path, setting: str, of: str, value: float | None) -> Message:
    kept = "nothing" if value is None else f"{value:g}"
    said = f"{path.name} {NAME} has no row for {_name(setting)} of {of}; it stays {kept}, as configured."
    remedy = "Nothing, if that is meant; otherwise take the workbook of the latest run."
    return Message("CX676", "warning", "assumptions", render_text(said, Sink.TERMINAL), remedy)


def _check(row: _Row, configured: float | None) -> ConfigError | None:
    key = row.setting if row.setting in RANGES else row.setting.rpartition(".")[0]
    low, high, words = RANGES[key]
    if row.value is None:
        if configured is None:
            return None
        return ConfigError(
            "CX678", row.cell, f"{row.what} is empty.", f"Write {configured:g}, as configured, or a new value."
        )
    is_whole = key != "model.horizon_months" or row.value.is_integer()
    if low <= row.value <= high and is_whole:
        return None
    return ConfigError("CX672", row.cell, f"{row.what} must be {words}.", "Correct the cell.")


def _differs(one: float | None, other: float) -> bool:
    # programs keep 15 digits of a number, not 17
    return one is None or not math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def _apply(
    settings: Settings, known: Mapping[tuple[str, str], float | None], found: Mapping[tuple[str, str], _Row]
) -> tuple[Settings, tuple[Override, ...], list[ConfigError]]:
    """Settings with what differs, and the changes whose cells do not fit together."""
    new = {key: row for key, row in found.items() if row.value is not None and _differs(known[key], row.value)}
    finance, model = settings.finance.model_dump(), settings.model.model_dump()
    overrides: list[Override] = []
    misfits: list[ConfigError] = []
    for key in WHOLE_RUN:
        row = new.get((key, ALL))
        if row is not None and row.value is not None:
            group, _, name = key.partition(".")
            whole = name == "horizon_months"
            (finance if group == "finance" else model)[name] = int(row.value) if whole else row.value
            overrides.append(Override(key, ALL, known[key, ALL], row.value, row.cell))
    changes = []
    for number, change in enumerate(settings.changes, start=1):
        rows = [row for (_, of), row in new.items() if of == render_text(change.name, Sink.PLAIN)]
        try:
            changes.append(_changed(change, rows) if rows else change)
        except ValidationError as error:
            said = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
            cells = ", ".join(row.cell.rpartition("!")[2] for row in rows[1:])
            place = rows[0].cell + (f" ({cells})" if cells else "")
            misfits.append(ConfigError("CX679", place, f"{change.name}: {said}.", "Correct the cells of this change."))
            continue
        overrides += [_override(number, change.name, row, known) for row in rows]
    assumed = settings.model_copy(
        update={
            "finance": FinanceSettings.model_validate(finance),
            "model": ModelSettings.model_validate(model),
            "changes": tuple(changes),
        }
    )
    return assumed, tuple(overrides), misfits


def _override(number: int, name: str, row: _Row, known: Mapping[tuple[str, str], float | None]) -> Override:
    if row.value is None:
        raise ValueError("an empty cell overrides nothing")
    setting = f"changes.{number}.{row.setting.removeprefix('changes.')}"
    return Override(setting, name, known[row.setting, row.of], row.value, row.cell)


def _changed(change: ChangeSettings, rows: Sequence[_Row]) -> ChangeSettings:
    told = change.model_dump()
    for row in rows:
        *groups, last = row.setting.removeprefix("changes.").split(".")
        inner = told
        for group in groups:
            inner = inner[group]
        inner[last] = row.value
    return ChangeSettings.model_validate(told)
