"""Which column tells the customer: checked against the customers and payments that are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxlink.profiles.drafts import Line, SourceDraft

REFERENCE = ("customers", "revenue")
ASKING = ("feedback", "tickets")


def settle_identity(sources: Sequence[SourceDraft]) -> None:
    """Choose, for each source of answers and tickets, the id that customers and payments know.

    Parameters
    ----------
    sources : sequence of SourceDraft
        All sources; lines of ``customer_id`` are changed where they stand. An id that nobody knows would stop the
        e-mail from being looked at, so it is switched off where the e-mail does find customers.
    """
    ids, emails = _known(sources, "customer_id"), _known(sources, "email")
    if not ids:
        return
    for source in sources:
        if source.table in ASKING and not source.off and source.query is None:
            _settle(source, ids, emails)


def _known(sources: Iterable[SourceDraft], ours: str) -> frozenset[str]:
    found: set[str] = set()
    for source in sources:
        if source.table in REFERENCE and not source.off:
            header = source.column(ours) or _placeholder(source, ours)
            found |= {_folded(text) if ours == "email" else text for text in source.ids.get(header or "", frozenset())}
    return frozenset(found)


def _placeholder(source: SourceDraft, ours: str) -> str | None:
    """A query's own column of that meaning."""
    prefix = f"{ours}: "
    return next((remark.removeprefix(prefix) for remark in source.remarks if remark.startswith(prefix)), None)


def _settle(source: SourceDraft, ids: frozenset[str], emails: frozenset[str]) -> None:
    line = source.line("columns", "customer_id")
    if line is None:
        return
    names = ids | emails
    found = {header: _found(source.ids[header], names) for header in source.id_choices if header in source.ids}
    best = max(found, key=lambda header: found[header], default=None)
    email = source.column("email")
    addresses = source.ids.get(email or "", frozenset())
    by_email = _found(addresses, emails)
    if best is not None and found[best] > 0:
        line.value = best
        _say(line, f"{found[best]} of its {len(source.ids[best])} values are customers of the other exports")
    elif email is not None and by_email > 0:
        line.is_on = False
        finds = f"the e-mail finds {by_email} of {len(addresses)}"
        _say(line, f"off: none of its values is a customer of the other exports; {finds}")
    elif line.value != email:
        _say(line, "please check: none of its values is a customer of the other exports")


def _found(texts: frozenset[str], names: frozenset[str]) -> int:
    return sum(text in names or _folded(text) in names for text in texts)


def _folded(text: str) -> str:
    return text.strip().lower()


def _say(line: Line, words: str) -> None:
    line.comment = f"{line.comment}; {words}" if line.comment else words
