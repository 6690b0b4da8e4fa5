"""The part of ``results.json`` that tells what was linked and where the money went."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class KeyMatchResult(_Part):
    """Rows of one table that one key settled, or that found no customer for one reason."""

    table: str
    key: str
    matched: bool
    rows: int
    minor_units: dict[str, int]


class UnmatchedMoneyResult(_Part):
    """Revenue without a customer."""

    kind: str
    currency: str
    rows: int
    minor_units: int
    share: float


class UnmatchedFileResult(_Part):
    """Rows of one file without a customer."""

    table: str
    file: str
    rows: int
    rows_unmatched: int


class ScoreGapResult(_Part):
    """Scores of answers with and without a customer; the difference is null where it is not estimable."""

    kpi: str
    n_matched: int
    matched: float
    n_unmatched: int
    unmatched: float
    difference: float | None
    low: float | None
    high: float | None


class RepairResult(_Part):
    """What would match if ids were written alike."""

    table: str
    damage: str
    ids: int
    rows: int
    minor_units: dict[str, int]


class AmbiguousNamesResult(_Part):
    """Names that several customers share."""

    kind: str
    names: int


class SourceCoverageResult(_Part):
    """Which days one source covers."""

    source: str
    rows: int
    first: str
    last: str
    days_behind: int
    days_before_cut_off: int
    months_without: list[str]


class AnswerBiasResult(_Part):
    """One trait of those who answered and those who did not."""

    trait: str
    unit: str
    n_answered: int
    answered: float
    n_silent: int
    silent: float
    difference: float | None


class ResponseRateResult(_Part):
    """Invitations and how many were answered."""

    invitations: int
    answered: int
    share: float | None
    low: float | None
    high: float | None


class LinkageResult(_Part):
    """Customers, and shares of each source that found its customer; then the details."""

    customers: int
    feedback_matched: float | None
    tickets_matched: float | None
    revenue_matched_by_amount: float | None
    customers_with_revenue: float | None
    events_matched: float | None
    revenue_matched: float | None
    keys: list[KeyMatchResult]
    unmatched_money: list[UnmatchedMoneyResult]
    unmatched_files: list[UnmatchedFileResult]
    unmatched_scores: list[ScoreGapResult]
    repairs: list[RepairResult]
    ambiguous_names: list[AmbiguousNamesResult]
    coverage: list[SourceCoverageResult]
    answer_bias: list[AnswerBiasResult]
    response_rate: ResponseRateResult | None


class CurrencyResult(_Part):
    """Accepted revenue in one currency."""

    currency: str
    rows: int
    minor_units: int
    converted_minor_units: int
    rows_without_rate: int
    minor_units_without_rate: int
    constant_rate: str | None


class MoneyLineResult(_Part):
    """One line of those that add up to a currency's accepted revenue."""

    currency: str
    line: str
    rows: int
    minor_units: int
    converted_minor_units: int


class ControlTotalResult(_Part):
    """A month beside the general ledger."""

    month: str
    currency: str
    ledger_minor_units: int
    books_minor_units: int
    difference: int


class OverlapResult(_Part):
    """Charges that stand in two files."""

    file: str
    other: str
    rows: int
    share: float
    minor_units: dict[str, int]


class MoneyResult(_Part):
    """Where the accepted revenue went, by currency."""

    currencies: list[CurrencyResult]
    lines: list[MoneyLineResult]
    control_totals: list[ControlTotalResult]
    overlaps: list[OverlapResult]
