"""All messages of a run in one list, and those that the report itself adds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxlink.handoff import LedgerEntry, Message, RunResult

_SEVERITIES = ("error", "warning", "info")


def collect_messages(result: RunResult) -> tuple[Message, ...]:
    """Gather the messages of all stages, errors first, each once.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    tuple of Message
        Errors, warnings, then remarks; within each, in the order of the stages.
    """
    stages = (
        result.loaded.messages,
        result.tagged.messages,
        result.linked.messages,
        result.churn.messages,
        result.impact.messages,
        result.messages,
        _ledger_messages(result),
    )
    distinct = dict.fromkeys(message for stage in stages for message in stage)
    return tuple(sorted(distinct, key=lambda message: _SEVERITIES.index(message.severity)))


def money_difference(result: RunResult) -> int:
    """How much of the accepted revenue the reconciliation leaves open.

    Parameters
    ----------
    result : RunResult
        Of one run.

    Returns
    -------
    int
        Minor units of the project's currency; 0 where revenue is in several currencies or was not reconciled.
    """
    accepted = [entry.minor_units_accepted for entry in result.loaded.ledger if _is_revenue(entry.source)]
    if not result.linked.reconciliation or {code for amounts in accepted for code in amounts} != {result.currency}:
        return 0
    explained = sum(amount for _, amount in result.linked.reconciliation)
    return sum(amounts.get(result.currency, 0) for amounts in accepted) - explained


def _is_revenue(source: str) -> bool:
    return re.fullmatch(r"revenue(-[0-9]+)?", source) is not None


def balances(ledger: Sequence[LedgerEntry]) -> bool:
    """Whether every row that was read is accounted for.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.

    Returns
    -------
    bool
        True if read = accepted + excluded + quarantined in each.
    """
    return not [entry for entry in ledger if _difference(entry)]


def _difference(entry: LedgerEntry) -> int:
    return entry.rows_read - entry.rows_accepted - entry.rows_excluded - entry.rows_quarantined


def _ledger_messages(result: RunResult) -> list[Message]:
    faults = [
        f"the ledger of {entry.file} does not balance: {_difference(entry)} rows are not accounted for."
        for entry in result.loaded.ledger
        if _difference(entry)
    ]
    open_money = money_difference(result)
    if open_money:
        faults.append(f"revenue does not reconcile: {open_money} minor units are not accounted for.")
    remedy = "This is a fault of cxlink: please report it with the ledger's line."
    return [Message("CX803", "error", "report", fault, remedy) for fault in faults]
