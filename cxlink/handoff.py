"""What a stage hands to the next: frozen, documented, and the only place where stages meet.

``load`` hands over :class:`Loaded`, ``tag`` :class:`Tagged`, ``link`` :class:`Linked`, ``churn``
:class:`ChurnFit`, ``impact`` :class:`Impact`; ``report`` gets all of them as :class:`RunResult`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from cxlink.engine.interface import Engine
    from cxlink.estimate import Answer, NotEstimable

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Message:
    """A diagnostic: what happened, where, and what to do about it. Never holds a customer's data."""

    code: str
    severity: Severity
    stage: str
    message: str
    remedy: str


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
    rule, start, end, evidence, intent ("cancel" or ""); see ``tag/stage.py``.
    """

    tags: pd.DataFrame
    taxonomy_version: str
    taxonomy_hash: str
    messages: tuple[Message, ...]


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


@dataclass(frozen=True, slots=True)
class Linked:
    """One timeline a customer, as frames that share the integer key ``customer`` (0..n_customers-1).

    Days named ``*_day`` are calendar days as whole numbers since 1970-01-01; tenure is in days since acquisition.

    Parameters
    ----------
    customers : DataFrame
        One row a customer in the order of the key: customer, customer_id, acquired_day, start, stop (the observed
        spell: at risk on ``(start, stop]`` days of tenure), event (0 none, 1 voluntary, 2 involuntary), at_risk (bool:
        the spell has a day inside the window), active (bool: at the cut-off, no notice given), tenure (days at the
        cut-off), monthly_price (project currency; NaN where no charge says),
        covered_months (months that the last charge covers; NaN likewise).
    covariates : ndarray
        (n_customers, n_covariates) attributes named in ``[model] adjust_for``, as numbers; no missing values.
    covariate_names : tuple of str
        Name of each column, such as ``plan=pro``.
    incidents : DataFrame
        Columns customer, component, cause, incident_day, table, record_id; one a customer, component and day.
    experiences : DataFrame
        Columns customer, component, experienced_day, failed (bool): touchpoints that are recorded whether they failed
        or not.
    responses : DataFrame
        Columns customer (-1 unmatched), responded_day, nps, csat, ces, event_component, event_failed (of the event that
        the response is about; missing where it names none). Their ids are in the view ``linked_responses`` on the
        engine, with the same columns as far as the exports give them.
    tickets : DataFrame
        Columns customer (-1 unmatched), component, opened_day, handling, credit (project currency; a ticket of several
        components is split equally; credits that revenue already bears are 0).
    price_changes : DataFrame
        Columns customer, before_day, after_day, n_changes, log_change: consecutive recurring charges, as log ratio of
        the monthly prices; days and numbers are 32 bits wide. Those without an incident between them are one row a
        customer and calendar quarter: log_change is their mean, and before_day is after_day.
    movements : DataFrame
        Columns month ("2025-01"), opening, new, expansion, contraction, churn, reactivation, correction, currency,
        closing, opening_constant, closing_constant, in minor units. Movements are at constant rates: opening_constant
        plus those from new to correction is closing_constant, opening plus those to currency is closing.
    reconciliation : tuple of (str, int)
        Lines in minor units of the project's currency that add up to the ledger's accepted revenue, converted where
        it is in other currencies; what has no rate is in ``money`` only.
    money : MoneyAccounts
        The same by currency, and what the general ledger says.
    """

    customers: pd.DataFrame
    covariates: np.ndarray
    covariate_names: tuple[str, ...]
    incidents: pd.DataFrame
    experiences: pd.DataFrame
    responses: pd.DataFrame
    tickets: pd.DataFrame
    price_changes: pd.DataFrame
    movements: pd.DataFrame
    reconciliation: tuple[tuple[str, int], ...]
    components: tuple[str, ...]
    business: Literal["subscription", "orders"]
    linkage: Linkage
    from_day: int
    to_day: int
    churn_refusal: NotEstimable | None
    money_refusal: NotEstimable | None
    messages: tuple[Message, ...]
    money: MoneyAccounts = MoneyAccounts()


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many records bear a root cause, and whom it reached.

    ``share`` is the share of all feedback comments that name the cause; ``examples`` are record ids, and ``texts``
    their comments as written (not redacted: the report redacts them).
    """

    component: str
    cause: str
    comments: int
    tickets: int
    customers: int
    share: Answer
    examples: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One step of a Kaplan-Meier curve of staying, by tenure."""

    segment: str
    day: int
    survival: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class ChurnFit:
    """The fitted churn hazards, with an answer for each component.

    ``exposed_events`` counts voluntary ends under exposure to each component. ``model`` is None where churn is not
    estimable, and ``refusal`` says why.
    """

    customers: int
    events: int
    involuntary_events: int
    hazard_ratios: Mapping[str, Answer]
    exposed_events: Mapping[str, int]
    covariate_ratios: Mapping[str, Answer]
    curve: tuple[CurvePoint, ...]
    model: HazardModel | None
    refusal: NotEstimable | None
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class HazardModel:
    """What the projection needs of the fitted hazards.

    Component coefficients are log hazard ratios of "an incident in the last ``exposure_days`` days". Draws are joint
    with those of all other fitted parts: draw ``b`` everywhere comes from the same customer weights.

    Parameters
    ----------
    components : tuple of str
        Names, in the order of the arrays below.
    estimable : ndarray
        (n_components,) bool: the ratio is shown. Of the others, exposure acts with its coefficient (0 where there is
        none) in every contrast, so that removing it gains nothing.
    log_hazard_ratio : ndarray
        (n_components,).
    log_hazard_ratio_draws : ndarray
        (n_draws, n_components).
    coefficients : ndarray
        (n_covariates,) log hazard ratios of ``Linked.covariates``.
    coefficient_draws : ndarray
        (n_draws, n_covariates).
    calendar : float
        Log hazard of the projected calendar: the mean of the last four quarters.
    calendar_draws : ndarray
        (n_draws,).
    band_edges : ndarray
        (n_bands,) first tenure day of each band, ascending from 0; the last band is open.
    voluntary_rates : ndarray
        (n_bands,) hazard a day of leaving of one's own will, at zero covariates.
    voluntary_rate_draws : ndarray
        (n_draws, n_bands).
    involuntary_rates : ndarray
        (n_bands,) hazard a day of any other end, covariates or not.
    involuntary_rate_draws : ndarray
        (n_draws, n_bands).
    """

    components: tuple[str, ...]
    estimable: np.ndarray
    log_hazard_ratio: np.ndarray
    log_hazard_ratio_draws: np.ndarray
    coefficients: np.ndarray
    coefficient_draws: np.ndarray
    calendar: float
    calendar_draws: np.ndarray
    band_edges: np.ndarray
    voluntary_rates: np.ndarray
    voluntary_rate_draws: np.ndarray
    involuntary_rates: np.ndarray
    involuntary_rate_draws: np.ndarray


@dataclass(frozen=True, slots=True)
class ComponentEffect:
    """What all incidents of one component do, as answers in the terms of results.json.

    ``tenth`` holds the same quantities for 10% fewer incidents; ``seen_after`` and ``seen_otherwise`` are plain means
    of the KPI of responses after an incident and of all others that had the chance (description, not an effect).
    """

    component: str
    incidents: int
    customers_reached: int
    hazard_ratio: Answer
    experience: Answer
    customers_kept: Answer
    revenue_kept: Answer
    margin_kept: Answer
    cost_saved: Answer
    net_benefit: Answer
    tenth: Mapping[str, Answer]
    joint_share: Mapping[str, Answer]
    seen_after: Answer
    seen_otherwise: Answer
    rank_best: int | None
    rank_worst: int | None
    grade: Literal["A", "B", "C", "D"]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointEffect:
    """The same quantities with all components' incidents stopped at once."""

    experience: Answer
    customers_kept: Answer
    revenue_kept: Answer
    margin_kept: Answer
    cost_saved: Answer
    net_benefit: Answer


@dataclass(frozen=True, slots=True)
class Impact:
    """Effects of each component and of all together, over the customers active at the cut-off.

    ``overlap`` is the joint effect less the sum of the components' effects alone, from the same draws;
    ``experience_level`` is the KPI as observed, with its interval (NPS on -100..100).
    """

    kpi: Literal["nps", "csat", "ces"]
    kpi_unit: str
    population: int
    components: tuple[ComponentEffect, ...]
    joint: JointEffect
    overlap: JointEffect
    experience_level: Answer
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether one output is possible with this data, what it would rest on, and what would unlock it."""

    output: str
    ready: bool
    needs: str
    has: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything a run found: the only thing a report reads."""

    project: str
    currency: str
    seed: int
    horizon_months: int
    gross_margin: float | None
    audience: Literal["internal", "published"]
    verbatims: int
    loaded: Loaded
    tagged: Tagged
    linked: Linked
    causes: tuple[CauseCount, ...]
    churn: ChurnFit
    impact: Impact
    readiness: tuple[Readiness, ...]
    messages: tuple[Message, ...]
