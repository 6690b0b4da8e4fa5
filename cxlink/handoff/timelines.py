"""What linking hands on: customers' timelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cxlink.handoff.linkage import MoneyAccounts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.linkage import Linkage
    from cxlink.handoff.messages import Message
    from cxlink.handoff.tracking import Exposed


@dataclass(frozen=True, slots=True)
class LabelledIncidents:
    """Customers whose records people read.

    Parameters
    ----------
    probability : ndarray
        (n_customers,) with which each could have been drawn, 1 for customers without words; 0 for those not labelled.
    incidents : DataFrame
        Of the labelled customers, by what people said; columns as of ``Linked.incidents``.
    tickets : DataFrame
        Likewise, as of ``Linked.tickets``.
    """

    probability: np.ndarray
    incidents: pd.DataFrame
    tickets: pd.DataFrame


@dataclass(frozen=True, slots=True)
class CostSplitRow:
    """Handling of a component's tickets in minor units: as split, and as two other rules would have split it.

    ``equal`` charges all components of a ticket alike, ``primary`` the one named first with all.
    """

    component: str
    minor_units: int
    equal: int
    primary: int


@dataclass(frozen=True, slots=True)
class CostSplit:
    """How the handling of tickets was split among the components they name.

    ``tickets`` have a known handling, ``shared`` of them name several components; ``refused`` says why these were split
    equally, and is empty where they were split by what each component adds.
    """

    tickets: int
    shared: int
    refused: str
    rows: tuple[CostSplitRow, ...]


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
        the response is about; missing where it names none), then one column ``rating_<component>`` a touchpoint that
        the exports rate (missing where a response does not). Their ids are in the view ``linked_responses`` on the
        engine, with the same columns as far as the exports give them.
    tickets : DataFrame
        Columns customer (-1 unmatched), component, opened_day, handling, credit (project currency; the handling of a
        ticket of several components is split as ``cost_split`` tells, its credit likewise; credits that revenue already
        bears are 0).
    price_changes : DataFrame
        Columns customer, before_day, after_day, n_changes, log_change: consecutive recurring charges, as log ratio of
        the monthly prices; days and numbers are 32 bits wide. Those without an incident between them are one row a
        customer and calendar quarter: log_change is their mean, and before_day is after_day. An incident that people
        alone saw counts here too.
    movements : DataFrame
        Columns month ("2025-01"), opening, new, expansion, contraction, churn, reactivation, correction, currency,
        closing, opening_constant, closing_constant, in minor units, and customers_paying. Movements are at constant
        rates: opening_constant
        plus those from new to correction is closing_constant, opening plus those to currency is closing.
    reconciliation : tuple of (str, int)
        Lines in minor units of the project's currency that add up to the ledger's accepted revenue, converted where
        it is in other currencies; what has no rate is in ``money`` only.
    money : MoneyAccounts
        The same by currency, and what the general ledger says.
    labelled : LabelledIncidents or None
        What people said, where there are labels.
    cost_split : CostSplit or None
        How the handling of tickets of several components was split.
    promises : DataFrame or None
        Columns customer, component, measure ("" where it is not named), promised_day (of the touchpoint), gap (value
        less promise): touchpoints of known customers that have both, before the window too.
    silent : DataFrame or None
        Columns customer, asked_day: invitations that nobody answered; None where invitations are not given.
    monthly_prices : DataFrame or None
        Columns customer, month (whole months since year 0), price (project currency, at constant rates): what recurring
        charges bear for each month of the window. None unless ``[model] event_study`` or ``[[claims]]`` ask for it.
    followed_prices : DataFrame or None
        As monthly_prices, of at most some 100,000 customers: of those who ever answered, or of all where a change that
        was made is to be judged.
    segments : mapping of str to ndarray
        Of each attribute of ``[report] segments`` the customers' values as texts, (n_customers,) in the order of the
        key; rare ones are ``other``, empty ones ``missing``.
    exposed : tuple of Exposed or None
        One a change of ``[[changes]]``.
    among : mapping of str to ndarray
        Of each condition of ``[[claims]]``, (n_customers,) bool: of whom it holds.
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
    money: MoneyAccounts = field(default_factory=MoneyAccounts)
    labelled: LabelledIncidents | None = None
    cost_split: CostSplit | None = None
    promises: pd.DataFrame | None = None
    silent: pd.DataFrame | None = None
    monthly_prices: pd.DataFrame | None = None
    followed_prices: pd.DataFrame | None = None
    segments: Mapping[str, np.ndarray] = field(default_factory=dict)
    exposed: tuple[Exposed | None, ...] = ()
    among: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def leavers_are_seen(self) -> bool:
        """Whether it is known who is a customer on a day; where people buy order by order it may not be."""
        return self.churn_refusal is None or self.business != "orders"


@dataclass(frozen=True, slots=True)
class Unexplained:
    """Records, or customers who left, that nothing is known to stand behind: how many, of how many, and their share."""

    what: Literal["low scores", "tickets", "leavers"]
    records: int
    of: int
    share: Answer


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many records bear a root cause, and whom it reached.

    ``share`` is the share of all feedback comments that name the cause; ``corrected_share`` that of comments and
    tickets of known customers, corrected by labels; ``trend`` the rate of customers reached over that of a year before;
    ``examples`` are record ids, and ``texts``
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
    corrected_share: Answer
    trend: Answer
