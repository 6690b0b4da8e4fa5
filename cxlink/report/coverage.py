"""What became of the data: files, rows, money, matches and what was held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cxlink.currencies import exponent_of
from cxlink.handoff import LedgerEntry, Linkage, RunResult
from cxlink.report.diagnostics import balances
from cxlink.report.numbers import format_count, format_share
from cxlink.report.parts import HeldBack, LedgerRow


def build_ledger_line(ledger: Sequence[LedgerEntry], linkage: Linkage, money_difference: int = 0) -> str:
    """Say whether the ledger balances, what was held back and how much was matched.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.
    linkage : Linkage
        Shares matched.
    money_difference : int
        What the reconciliation of revenue leaves open.

    Returns
    -------
    str
        Such as ``Ledger balances to the cent | matched: 71% of feedback, 83% of revenue``.
    """
    parts = ["Ledger balances to the cent" if balances(ledger) and not money_difference else "LEDGER DOES NOT BALANCE"]
    held_back = sum(entry.rows_quarantined for entry in ledger)
    if held_back:
        parts.append(f"{format_count(held_back)} row{'s' if held_back > 1 else ''} held back")
    shares = [
        f"{format_share(share)} of {name}"
        for name, share in (("feedback", linkage.feedback_matched), ("revenue", linkage.revenue_matched_by_amount))
        if share is not None
    ]
    return " | ".join([*parts, f"matched: {', '.join(shares)}"] if shares else parts)


def list_matches(linkage: Linkage) -> tuple[tuple[str, str], ...]:
    """List how much of each source found its customer.

    Parameters
    ----------
    linkage : Linkage
        Shares matched.

    Returns
    -------
    tuple of (str, str)
        What, and the share; sources that are absent are left out.
    """
    shares = (
        ("Feedback responses", linkage.feedback_matched),
        ("Tickets", linkage.tickets_matched),
        ("Events", linkage.events_matched),
        ("Revenue (rows)", linkage.revenue_matched),
        ("Revenue (amount)", linkage.revenue_matched_by_amount),
    )
    return tuple((name, format_share(share)) for name, share in shares if share is not None)


def list_reconciliation(result: RunResult) -> tuple[tuple[str, str], ...]:
    """List the lines that add up to the accepted revenue.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    tuple of (str, str)
        Line and amount; empty where revenue was not reconciled.
    """
    return tuple((line, format_minor_units({result.currency: amount})) for line, amount in result.linked.reconciliation)


def list_accounts(result: RunResult) -> tuple[tuple[str, float], ...]:
    """List the lines of the reconciliation as numbers.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    tuple of (str, float)
        In the project's currency.
    """
    divisor = 10 ** exponent_of(result.currency)
    return tuple((line, amount / divisor) for line, amount in result.linked.reconciliation)


def add_up_revenue(result: RunResult) -> float | None:
    """Add up the revenue that the ledger accepted.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    float or None
        In the project's currency; None where revenue is in another one as well.
    """
    total = 0
    for entry in result.loaded.ledger:
        if entry.source.split("-")[0] == "revenue" and "/" not in entry.source:
            if set(entry.minor_units_accepted) - {result.currency}:
                return None
            total += entry.minor_units_accepted.get(result.currency, 0)
    return float(total / 10 ** exponent_of(result.currency))


def list_ledger(ledger: Sequence[LedgerEntry]) -> tuple[LedgerRow, ...]:
    """List what became of each file.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.

    Returns
    -------
    tuple of LedgerRow
        In the same order.
    """
    return tuple(
        LedgerRow(
            entry.source,
            entry.file,
            entry.rows_read,
            entry.rows_accepted,
            entry.rows_excluded,
            entry.rows_quarantined,
            format_minor_units(entry.minor_units_accepted),
            format_minor_units(entry.minor_units_quarantined),
            ", ".join(part for part in (entry.encoding, _delimiter(entry.delimiter), entry.date_format) if part),
        )
        for entry in ledger
    )


def count_held_back(ledger: Sequence[LedgerEntry]) -> tuple[HeldBack, ...]:
    """Count the refused rows by source and reason.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.

    Returns
    -------
    tuple of HeldBack
        Most frequent first within a source.
    """
    counts = Counter((entry.source, row.code, row.column, row.reason) for entry in ledger for row in entry.quarantine)
    order = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return tuple(HeldBack(*key, rows=rows) for key, rows in order)


def format_minor_units(amounts: Mapping[str, int]) -> str:
    """Show amounts to the last cent.

    Parameters
    ----------
    amounts : mapping of str to int
        Minor units by currency.

    Returns
    -------
    str
        Such as ``EUR 1,204.50``; "" where there are none.
    """
    return ", ".join(f"{currency} {_major(amounts[currency], currency)}" for currency in sorted(amounts))


def _major(minor: int, currency: str) -> str:
    exponent = exponent_of(currency)
    whole, rest = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")


def _delimiter(delimiter: str) -> str:
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(delimiter, delimiter)
