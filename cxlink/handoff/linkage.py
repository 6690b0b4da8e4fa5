"""How well the sources fit together, and whose revenue is whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class KeyMatch:
    """Rows of one table that one key settled.

    ``key`` is ``id``, ``alias`` or ``email`` where a customer was found, else why not: ``no id``, ``unknown id``,
    ``unknown email`` or ``ambiguous name``. ``minor_units`` are amounts without their sign, by currency; empty for
    tables without money.
    """

    table: str
    key: str
    matched: bool
    rows: int
    minor_units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UnmatchedMoney:
    """Revenue without a customer, of one kind and currency; ``share`` of that currency's accepted revenue, unsigned."""

    kind: str
    currency: str
    rows: int
    minor_units: int
    share: float


@dataclass(frozen=True, slots=True)
class UnmatchedFile:
    """Rows of one file, and how many of them found no customer."""

    table: str
    file: str
    rows: int
    rows_unmatched: int


@dataclass(frozen=True, slots=True)
class ScoreGap:
    """How those without a customer answer, beside those with one; means on the KPI's own scale (NPS on -100..100)."""

    kpi: str
    n_matched: int
    matched: float
    n_unmatched: int
    unmatched: float
    difference: Answer


@dataclass(frozen=True, slots=True)
class Repair:
    """What more would match if both sides' ids were written alike; never done in silence."""

    table: str
    damage: str
    ids: int
    rows: int
    minor_units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AmbiguousNames:
    """Names (aliases, emails) that several customers share, by kind; they identify nobody."""

    kind: str
    names: int


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """Which days one source covers.

    ``days_behind`` is counted from its last record to the last one of the freshest source, ``days_before_cut_off`` to
    the cut-off (negative beyond it); ``months_without`` are months between its first and last record that have none.
    """

    source: str
    rows: int
    first: date
    last: date
    days_behind: int
    days_before_cut_off: int
    months_without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerBias:
    """One trait of customers who answered beside those who did not.

    ``difference`` is standardised: the difference of the means over the pooled standard deviation; None where nothing
    varies.
    """

    trait: str
    unit: str
    n_answered: int
    answered: float
    n_silent: int
    silent: float
    difference: float | None


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """Invitations, and the share of them that was answered."""

    invitations: int
    answered: int
    share: Answer


@dataclass(frozen=True, slots=True)
class CurrencyMoney:
    """Accepted revenue in one currency, in its own minor units.

    ``converted_minor_units`` is what the rows with a rate are worth in the project's currency, each rounded half up;
    ``constant_rate`` the one rate of the view at constant rates, as written in ``fx``.
    """

    currency: str
    rows: int
    minor_units: int
    converted_minor_units: int
    rows_without_rate: int
    minor_units_without_rate: int
    constant_rate: str | None


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One line of those that add up to a currency's accepted revenue."""

    currency: str
    line: str
    rows: int
    minor_units: int
    converted_minor_units: int


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A month's revenue in the ledger beside that of the general ledger, in minor units of one currency."""

    month: str
    currency: str
    ledger_minor_units: int
    books_minor_units: int

    @property
    def difference(self) -> int:
        """Ledger less books."""
        return self.ledger_minor_units - self.books_minor_units


@dataclass(frozen=True, slots=True)
class Overlap:
    """Charges that stand in two files of one source; ``share`` of the smaller file's rows on the days both cover."""

    file: str
    other: str
    rows: int
    share: float
    minor_units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MoneyAccounts:
    """Where the accepted revenue went, by currency; for each, the lines add up to what the ledger accepted."""

    currencies: tuple[CurrencyMoney, ...] = ()
    lines: tuple[MoneyLine, ...] = ()
    control_totals: tuple[ControlTotal, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True, slots=True)
class Linkage:
    """How much of each source found its customer; shares 0..1, None where the source is absent or empty."""

    customers: int
    feedback_matched: float | None
    tickets_matched: float | None
    events_matched: float | None
    revenue_matched: float | None
    revenue_matched_by_amount: float | None
    customers_with_revenue: float | None = None
    keys: tuple[KeyMatch, ...] = ()
    unmatched_money: tuple[UnmatchedMoney, ...] = ()
    unmatched_files: tuple[UnmatchedFile, ...] = ()
    score_gaps: tuple[ScoreGap, ...] = ()
    repairs: tuple[Repair, ...] = ()
    ambiguous_names: tuple[AmbiguousNames, ...] = ()
    coverage: tuple[SourceCoverage, ...] = ()
    answer_bias: tuple[AnswerBias, ...] = ()
    response_rate: ResponseRate | None = None
