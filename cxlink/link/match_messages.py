"""Warnings about what found no customer."""

from __future__ import annotations

from cxlink.estimate import Estimate
from cxlink.handoff import KeyMatch, Linkage, Message
from cxlink.link.damage import damage_messages

MATCH_CONCERN = 0.9
_TABLES = (
    ("CX203", "revenue", "revenue (charges and refunds, each without its sign)"),
    ("CX204", "feedback", "feedback"),
    ("CX205", "tickets", "tickets"),
    ("CX206", "events", "events"),
)


def match_messages(linkage: Linkage, lost_digits: dict[str, int]) -> tuple[Message, ...]:
    """Warn of tables that miss customers, of names that name several, and of ids that were damaged.

    Parameters
    ----------
    linkage : Linkage
        What was measured.
    lost_digits : dict of str to int
        Rows by table whose ids have lost their digits.

    Returns
    -------
    tuple of Message
        Empty where nearly all matched.
    """
    return (
        *_missing(linkage),
        *_ambiguous(linkage),
        *damage_messages(linkage.repairs, lost_digits),
        *_answering_otherwise(linkage),
    )


def _missing(linkage: Linkage) -> tuple[Message, ...]:
    shares = {
        "revenue": linkage.revenue_matched_by_amount,
        "feedback": linkage.feedback_matched,
        "tickets": linkage.tickets_matched,
        "events": linkage.events_matched,
    }
    found = []
    for code, table, what in _TABLES:
        share = shares[table]
        if share is not None and share < MATCH_CONCERN:
            reasons = _reasons([key for key in linkage.keys if key.table == table and not key.matched])
            found.append(
                Message(
                    code,
                    "warning",
                    "link",
                    f"{1 - share:.0%} of {what} has no customer{reasons}",
                    "Export the customer_id (or the email) with it.",
                )
            )
    return tuple(found)


def _reasons(keys: list[KeyMatch]) -> str:
    """The commonest reasons, by rows."""
    ordered = sorted(keys, key=lambda key: (-key.rows, key.key))
    return f" ({', '.join(f'{key.key} in {key.rows:,} rows' for key in ordered[:3])})" if ordered else ""


def _ambiguous(linkage: Linkage) -> tuple[Message, ...]:
    if not linkage.ambiguous_names:
        return ()
    told = ", ".join(f"{names.names:,} of kind {names.kind}" for names in linkage.ambiguous_names)
    keys = [key for key in linkage.keys if key.key == "ambiguous name"]
    rows = sum(key.rows for key in keys)
    where = ", ".join(f"{key.rows:,} of {key.table}" for key in keys)
    return (
        Message(
            "CX230",
            "warning",
            "link",
            f"names that several customers share identify none of them: {told}; {rows:,} rows stay without a customer"
            + (f" ({where})." if where else "."),
            "Give each email and alias to one customer, in customers and identities.",
        ),
    )


def _answering_otherwise(linkage: Linkage) -> tuple[Message, ...]:
    return tuple(
        Message(
            "CX236",
            "warning",
            "link",
            f"answers without a customer differ in {gap.kpi}: {gap.unmatched:.1f} (n {gap.n_unmatched:,}),"
            f" with one {gap.matched:.1f} (n {gap.n_matched:,}).",
            "What is said of scores and leaving holds for answers with a customer; export the missing ids.",
        )
        for gap in linkage.score_gaps
        if isinstance(gap.difference, Estimate) and (gap.difference.low > 0 or gap.difference.high < 0)
    )
