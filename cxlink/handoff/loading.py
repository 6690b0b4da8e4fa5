"""What loading hands on: the ledger and the canonical tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from cxlink.engine.interface import Engine
    from cxlink.handoff.messages import Message


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not be used, as it stood in the file.

    ``line`` is the physical line where the record starts (1 = first line of the file); ``column`` the canonical column
    at fault, or "" where the whole row is.
    """

    file: str
    line: int
    column: str
    code: str
    reason: str
    raw: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one file: rows and money add up exactly.

    ``rows_read == rows_accepted + rows_excluded + rows_quarantined``; money is in minor units (cents) by currency.
    ``rows_rounded`` counts accepted amounts with more decimals than the currency has.
    """

    source: str
    file: str
    rows_read: int
    rows_accepted: int
    rows_excluded: int
    rows_quarantined: int
    minor_units_accepted: Mapping[str, int]
    minor_units_quarantined: Mapping[str, int]
    encoding: str
    delimiter: str
    date_format: str
    decimal: str
    rows_rounded: int = 0
    quarantine: tuple[QuarantinedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The canonical tables, typed, on the engine.

    ``columns`` names, for each table that has a source, the canonical columns its sources gave; a table without a
    source is absent there and empty on the engine. ``attributes`` gives the kind of each extra column of
    ``customers``.
    """

    engine: Engine
    ledger: tuple[LedgerEntry, ...]
    columns: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Literal["number", "category"]]
    observed_from: date
    observed_to: date
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Root causes found in feedback and tickets.

    ``tags`` has one row a record, component and cause: record_id, table, component, cause, source ("given" or "text"),
    rule, start, end, evidence, intent ("cancel" or ""); see ``tag/stage.py``. ``cancelling`` names the component and
    cause of those that announce a departure. ``classifier`` tells of the classifier that decided, if one did: when it
    was trained, and digests of its taxonomy and sentence embeddings.
    """

    tags: pd.DataFrame
    taxonomy_version: str
    taxonomy_hash: str
    messages: tuple[Message, ...]
    cancelling: frozenset[tuple[str, str]] = frozenset()
    classifier: Mapping[str, str] | None = None
