"""Faults that real exports have, planted on purpose and listed in the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

NO_ID_WITH_EMAIL_SHARE = 0.15
NO_ID_NO_EMAIL_SHARE = 0.10
UNKNOWN_PAYER_SHARE = 0.01
UNREADABLE_AMOUNTS = ("n/a", "12,3O")
UNREADABLE_DATES = ("2024-13-45", "yesterday")
REPEATED_INVOICES = 3
Rows = list[list[str]]


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Parameters
    ----------
    file : str
        File name, without its folder.
    record_id : str
        Id of the row.
    column : str
        Column at fault.
    kind : str
        ``repeated_id``, ``unreadable_amount``, ``unreadable_date`` or ``too_many_fields``.
    """

    file: str
    record_id: str
    column: str
    kind: str


def hide_respondents(feedback: pd.DataFrame, emails: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Take the customer id from some responses; most of those keep an email, in another case.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Responses with ``customer_id``.
    emails : pandas.Series
        Email by customer id.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        With a column ``email``, filled only where the id is empty.
    """
    draw = rng.random(len(feedback))
    by_email = draw < NO_ID_WITH_EMAIL_SHARE
    anonymous = ~by_email & (draw < NO_ID_WITH_EMAIL_SHARE + NO_ID_NO_EMAIL_SHARE)
    is_title = rng.random(len(feedback)) < 0.5
    known = emails.loc[feedback["customer_id"]].reset_index(drop=True)
    other_case = known.str.title().where(is_title, known.str.upper())
    return feedback.assign(
        customer_id=feedback["customer_id"].mask(by_email | anonymous),
        email=other_case.where(by_email),
    )


def hide_payers(revenue: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Take the customer id from a few charges, or replace it with one that no customer has.

    Parameters
    ----------
    revenue : pandas.DataFrame
        Charges with ``customer_id``.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        The same charges.
    """
    draw = rng.random(len(revenue))
    unknown = "X" + pd.Series(rng.integers(1000, 9999, len(revenue)).astype(str))
    customer_id = revenue["customer_id"].mask(draw < UNKNOWN_PAYER_SHARE / 2)
    is_unknown = (draw >= UNKNOWN_PAYER_SHARE / 2) & (draw < UNKNOWN_PAYER_SHARE)
    return revenue.assign(customer_id=customer_id.where(~is_unknown, unknown))


def spoil_revenue(rows: Rows, header: list[str], rng: np.random.Generator) -> tuple[Rows, list[Fault]]:
    """Plant repeated invoices, unreadable amounts, an unreadable date and a line with too many fields.

    Parameters
    ----------
    rows : list of list of str
        Rows as they will be written; rows are replaced, never changed.
    header : list of str
        Column names.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    tuple
        The rows, and what was planted.
    """
    place = {name: header.index(name) for name in ("invoice_id", "amount", "charged_on")}
    needed = len(UNREADABLE_AMOUNTS) + 2 + REPEATED_INVOICES
    if len(rows) < 2 * needed:
        return rows, []
    chosen = [int(row) for row in rng.choice(len(rows), needed, replace=False)]
    spoiled, faults = list(rows), []

    def spoil(row: int, column: str, value: str, kind: str) -> None:
        spoiled[row] = _replaced(rows[row], place[column], value)
        faults.append(Fault("revenue.csv", rows[row][place["invoice_id"]], column, kind))

    for value in UNREADABLE_AMOUNTS:
        spoil(chosen.pop(), "amount", value, "unreadable_amount")
    spoil(chosen.pop(), "charged_on", UNREADABLE_DATES[0], "unreadable_date")
    long_row = chosen.pop()
    spoiled[long_row] = [*rows[long_row], "see note", "paid twice?"]
    faults.append(Fault("revenue.csv", rows[long_row][place["invoice_id"]], "", "too_many_fields"))
    for row in sorted(chosen, reverse=True):
        spoiled.insert(row + 1, rows[row])
        faults.append(Fault("revenue.csv", rows[row][place["invoice_id"]], "invoice_id", "repeated_id"))
    return spoiled, faults


def spoil_feedback(rows: Rows, header: list[str], rng: np.random.Generator) -> tuple[Rows, list[Fault]]:
    """Plant an unreadable date.

    Parameters
    ----------
    rows : list of list of str
        Rows as they will be written; rows are replaced, never changed.
    header : list of str
        Column names.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    tuple
        The rows, and what was planted.
    """
    if len(rows) < 10:
        return rows, []
    row = int(rng.integers(len(rows)))
    spoiled = list(rows)
    spoiled[row] = _replaced(rows[row], header.index("responded_at"), UNREADABLE_DATES[1])
    fault = Fault("feedback.csv", rows[row][header.index("response_id")], "responded_at", "unreadable_date")
    return spoiled, [fault]


def _replaced(row: list[str], place: int, value: str) -> list[str]:
    return [*row[:place], value, *row[place + 1 :]]
