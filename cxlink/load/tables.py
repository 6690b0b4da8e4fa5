"""The canonical schema as data: what each table may hold, and how it is typed on the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "day", "month", "moment", "amount", "number", "score", "flag", "choice", "rate"]

RATING_PREFIX = "rating_"
ATTRIBUTE_TABLE = "customers"
DATE_KINDS = frozenset({"day", "month", "moment"})
VERBATIM = frozenset({"comment", "subject", "body", "tags"})
NUMBER_KINDS = frozenset({"amount", "number", "score", "rate"})
SQL_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "day": "DATE",
    "month": "DATE",
    "moment": "TIMESTAMP",
    "amount": "BIGINT",
    "number": "DOUBLE",
    "score": "DOUBLE",
    "rate": "DOUBLE",
    "flag": "BOOLEAN",
}
TYPED_NAMES: Mapping[str, str] = {
    "amount": "amount_minor",
    "margin": "margin_minor",
    "credit_amount": "credit_minor",
    "cost": "cost_minor",
    "refunded_amount": "refunded_minor",
    "chargeback_amount": "chargeback_minor",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name : str
        As in the configuration.
    kind : Kind
        How its cells are read.
    required : bool
        Whether the column must exist.
    filled : bool
        Whether a row with an empty cell is held back.
    choices : tuple of str
        The words a ``choice`` may take.
    low, high : float
        Range of a number, both ends included.
    """

    name: str
    kind: Kind
    required: bool = False
    filled: bool = False
    choices: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")

    @property
    def typed_name(self) -> str:
        """Name of the column on the engine; money bears its unit."""
        return TYPED_NAMES.get(self.name, self.name) if self.kind == "amount" else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name : str
        As in the configuration.
    columns : tuple of Column
        In the order of the contract.
    key : tuple of str
        Columns whose values together must not repeat; empty where rows may.
    money : str
        The amount that the ledger adds up; "" for none.
    coverage : str
        The day or moment that tells which days the table covers; "" where it is not a record of time.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    money: str = ""
    coverage: str = ""

    def column(self, name: str) -> Column | None:
        """Find a column by its canonical name.

        Parameters
        ----------
        name : str
            Such as ``customer_id`` or ``rating_delivery``.

        Returns
        -------
        Column or None
            None where the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        if self.name == "feedback" and name.startswith(RATING_PREFIX) and name != RATING_PREFIX:
            return Column(name, "number")
        return None

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must exist."""
        return tuple(column.name for column in self.columns if column.required)


def _must(name: str, kind: Kind, *, filled: bool = True, choices: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, required=True, filled=filled, choices=choices)


_CUSTOMER = _must("customer_id", "id", filled=False)
_CUSTOMER_MAYBE = Column("customer_id", "id")
_EMAIL = Column("email", "text")
_SCORE_HIGH = 100

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "customers",
            (
                _must("customer_id", "id"),
                _must("acquired_on", "day"),
                Column("ended_on", "day"),
                Column("notice_on", "day"),
                Column("end_reason", "choice", choices=("voluntary", "involuntary")),
                _EMAIL,
            ),
            key=("customer_id",),
        ),
        Table(
            "revenue",
            (
                _CUSTOMER,
                _must("charged_on", "day"),
                _must("amount", "amount"),
                Column("invoice_id", "id"),
                Column("currency", "text"),
                Column("kind", "choice", choices=("recurring", "one_off", "refund", "credit", "chargeback")),
                Column("period_start", "day"),
                Column("period_end", "day"),
                Column("margin", "amount"),
                Column("refunded_amount", "amount"),
                Column("refunded_on", "day"),
                Column("chargeback_amount", "amount"),
                Column("chargeback_on", "day"),
                _EMAIL,
            ),
            key=("invoice_id",),
            money="amount",
            coverage="charged_on",
        ),
        Table(
            "feedback",
            (
                _must("response_id", "id"),
                _CUSTOMER_MAYBE,
                _must("responded_at", "moment"),
                Column("nps", "score", low=0, high=10),
                Column("csat", "number", low=0, high=_SCORE_HIGH),
                Column("ces", "number", low=0, high=_SCORE_HIGH),
                Column("component", "text"),
                Column("comment", "text"),
                Column("language", "text"),
                Column("event_id", "id"),
                Column("answered_at", "moment"),
                _EMAIL,
            ),
            key=("response_id",),
            coverage="responded_at",
        ),
        Table(
            "invitations",
            (_CUSTOMER, _must("invited_at", "moment"), Column("responded", "flag")),
        ),
        Table(
            "tickets",
            (
                _must("ticket_id", "id"),
                _CUSTOMER_MAYBE,
                _must("opened_at", "moment"),
                Column("closed_at", "moment"),
                Column("component", "text"),
                Column("cause", "text"),
                Column("subject", "text"),
                Column("body", "text"),
                Column("tags", "text"),
                Column("handle_minutes", "number", low=0),
                Column("cost", "amount"),
                Column("credit_amount", "amount"),
                Column("agent_team", "text"),
                Column("csat", "number", low=0, high=_SCORE_HIGH),
                _EMAIL,
            ),
            key=("ticket_id",),
            coverage="opened_at",
        ),
        Table(
            "events",
            (
                _must("event_id", "id"),
                _CUSTOMER,
                _must("occurred_at", "moment"),
                _must("component", "text"),
                Column("measure", "text"),
                Column("value", "number"),
                Column("promised", "number"),
                Column("failed", "flag"),
            ),
            key=("event_id",),
            coverage="occurred_at",
        ),
        Table(
            "costs",
            (
                _must("component", "text"),
                Column("per_contact", "rate", low=0),
                Column("per_handle_minute", "rate", low=0),
                Column("fixed_per_month", "rate", low=0),
                Column("avoidable_share", "rate", low=0, high=1),
            ),
            key=("component",),
        ),
        Table(
            "employees",
            (
                _must("team", "text"),
                _must("month", "month"),
                Column("engagement", "number"),
                Column("headcount", "number", low=0),
            ),
            key=("team", "month"),
        ),
        Table(
            "labels",
            (
                _must("record_id", "id"),
                _must("table", "choice", choices=("feedback", "tickets")),
                _must("component", "text"),
                Column("cause", "text"),
                Column("labelled_by", "text"),
                Column("probability", "rate", low=0, high=1),
            ),
        ),
        Table(
            "fx",
            (
                _must("currency", "text"),
                _must("date", "day"),
                Column("rate_to_project", "rate", required=True, filled=True, low=1e-12),
            ),
            key=("currency", "date"),
        ),
        Table(
            "identities",
            (_must("customer_id", "id"), _must("alias", "text"), Column("kind", "text")),
        ),
        Table(
            "control_totals",
            (_must("month", "month"), _must("amount", "amount"), Column("currency", "text")),
            money="amount",
        ),
    )
}
