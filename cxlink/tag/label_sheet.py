"""What people filled in: causes of each record, read back from the sheet that ``cxlink tag review`` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cxlink.errors import ConfigError
from cxlink.tag.sheet_file import SheetRow, read_sheet
from cxlink.tag.taxonomy import Taxonomy

NONE = "none"
"""Written where a record was read and complains of nothing; an empty row was not read yet."""

CAUSE_COLUMNS = ("cause 1", "cause 2", "cause 3")
REQUIRED = ("customer", "record_id", "table", *CAUSE_COLUMNS, "probability")
REMEDY = "Write a fresh sheet with: cxlink tag review --out labels.xlsx"
MAX_FAULTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class LabelledRecord:
    """One record as one person read it; ``causes`` is empty where it complains of nothing."""

    record_id: str
    table: str
    causes: tuple[str, ...]
    labelled_by: str
    probability: float


def read_label_sheet(path: Path, taxonomy: Taxonomy, *, labelled_by: str) -> tuple[list[LabelledRecord], int]:
    """Read a sheet of labels.

    Parameters
    ----------
    path : Path
        As ``cxlink tag review`` wrote it, and people filled it in; ``.xlsx`` or ``.csv``.
    taxonomy : Taxonomy
        Whose causes may be named.
    labelled_by : str
        Who filled it in.

    Returns
    -------
    records : list of LabelledRecord
        Of customers all of whose records were read. Customers stand in random order, so that those who were read are a
        random part of those who were drawn: each probability is multiplied by that part.
    unread : int
        Rows without any cause, nor "none", and the others of their customers.

    Raises
    ------
    ConfigError
        CX305 with all faults of the sheet, each with its row.
    """
    rows = read_sheet(path, code="CX305", required=REQUIRED, remedy=REMEDY)
    known = {f"{cause.component}.{cause.name}" for cause in taxonomy.causes}
    faults: list[str] = []
    found: list[LabelledRecord] = []
    customers = {row.text.get("customer", "") for row in rows}
    unread_customers = {row.text.get("customer", "") for row in rows if not _causes(row)}
    share = 1.0 - len(unread_customers) / len(customers) if customers else 1.0
    unread = 0
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        said = _causes(row)
        told = _faults(row, said, known, seen) if said else []
        faults += told
        if row.text.get("customer", "") in unread_customers:
            unread += 1
        elif not told:
            causes = tuple(dict.fromkeys(cause for cause in said if cause != NONE))
            record = (row.text["record_id"], row.text["table"])
            found.append(LabelledRecord(*record, causes, labelled_by, share * float(row.text["probability"])))
    if faults:
        raise _as_error(path, faults)
    return found, unread


def _causes(row: SheetRow) -> list[str]:
    return [cell.casefold() for name in CAUSE_COLUMNS if (cell := row.text.get(name, ""))]


def _faults(row: SheetRow, said: Sequence[str], known: set[str], seen: dict[tuple[str, str], int]) -> list[str]:
    where, key = f"row {row.number}", (row.text.get("record_id", ""), row.text.get("table", ""))
    found = [f"{where}: {cause!r} is no cause of the taxonomy" for cause in said if cause not in known | {NONE}]
    if NONE in said and len(set(said)) > 1:
        found.append(f"{where}: none stands beside a cause")
    if not key[0] or key[1] not in {"feedback", "tickets"}:
        found.append(f"{where}: record_id and table must stay as they were written")
    elif key in seen:
        found.append(f"{where}: the record stands in row {seen[key]} already")
    seen.setdefault(key, row.number)
    if not _is_probability(row.text.get("probability", "")):
        found.append(f"{where}: probability must stay as it was written, above 0 and at most 1")
    return found


def _is_probability(text: str) -> bool:
    try:
        return 0.0 < float(text) <= 1.0
    except ValueError:
        return False


def _as_error(path: Path, faults: list[str]) -> ConfigError:
    more = [f"and {len(faults) - MAX_FAULTS_SHOWN} more"] if len(faults) > MAX_FAULTS_SHOWN else []
    listed = "".join(f"\n  {fault}" for fault in [*faults[:MAX_FAULTS_SHOWN], *more])
    count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    return ConfigError("CX305", path.name, f"{count} in the labels:{listed}\n", "Mend them in the sheet.")
