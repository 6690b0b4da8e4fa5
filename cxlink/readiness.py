"""Which outputs this data allows, and what would unlock the others."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked, Loaded, Message, Readiness
from cxlink.settings import Settings

UNUSED_TABLES = ("invitations", "employees", "labels", "fx")


def assess_readiness(linked: Linked, settings: Settings) -> tuple[Readiness, ...]:
    """Say of each output whether it is possible, and if not, what it needs.

    Parameters
    ----------
    linked : Linked
        The timelines.
    settings : Settings
        Finance settings unlock margin and cost.

    Returns
    -------
    tuple of Readiness
        In the order in which a reader meets them.
    """
    churn, money = linked.churn_refusal, linked.money_refusal
    scored = int(linked.responses[["nps", "csat", "ces"]].notna().any(axis=1).sum())
    known = int((linked.responses["customer"] >= 0).sum())
    leavers = int((linked.customers["event"] == 1).sum())
    priced = bool(linked.customers.loc[linked.customers["active"], "monthly_price"].notna().any())
    finance = settings.finance
    return (
        _one("root causes", linked.components != (), "comments, tickets or events that name a component"),
        _one("experience", scored > 0 and known > 0, "answers with a score and a customer_id"),
        Readiness("churn", churn is None and leavers > 0, churn.needs if churn else _leavers(leavers)),
        _revenue(churn or money, priced=priced),
        _margin(churn or money, priced=priced, gross_margin=finance.gross_margin),
        Readiness("cost to serve", _costs_known(linked, settings), _cost_needs(linked, settings)),
    )


def tell_unused(loaded: Loaded, settings: Settings) -> tuple[Message, ...]:
    """Say which sources and settings this version reads and does not use, so that nobody relies on them.

    Parameters
    ----------
    loaded : Loaded
        The tables that have a source.
    settings : Settings
        The configuration.

    Returns
    -------
    tuple of Message
        Empty where everything is used.
    """
    tables = [name for name in UNUSED_TABLES if name in loaded.columns]
    groups = {
        "[gates]": settings.gates.rules,
        "[[changes]]": settings.changes,
        "[[claims]]": settings.claims,
        "[report] language": settings.report.language != "en",
    }
    ignored = [name for name, given in groups.items() if given]
    found = []
    if tables:
        found.append(Message("CX221", "info", "load", f"read and not used yet: {', '.join(tables)}.", "Nothing to do."))
    if ignored:
        found.append(
            Message(
                "CX222",
                "error" if settings.gates.rules else "warning",
                "load",
                f"this version does not act on {', '.join(ignored)}.",
                "A gate that is not checked does not fail." if settings.gates.rules else "Do not rely on it.",
            )
        )
    return tuple(found)


def _revenue(refusal: NotEstimable | None, *, priced: bool) -> Readiness:
    if refusal is not None:
        return Readiness("revenue", ready=False, needs=refusal.needs)
    return _one("revenue", priced, "recurring charges of active customers")


def _margin(refusal: NotEstimable | None, *, priced: bool, gross_margin: float | None) -> Readiness:
    revenue = _revenue(refusal, priced=priced)
    if not revenue.ready:
        return Readiness("margin", ready=False, needs=revenue.needs)
    return _one("margin", gross_margin is not None, "[finance] gross_margin")


def _one(output: str, ready: bool, needs: str) -> Readiness:
    return Readiness(output, ready, _unless(ready, needs))


def _unless(ready: bool, needs: str) -> str:
    return "" if ready else needs


def _leavers(leavers: int) -> str:
    return "" if leavers else "customers who left inside the observed window"


def _costs_known(linked: Linked, settings: Settings) -> bool:
    return _cost_needs(linked, settings) == ""


def _cost_needs(linked: Linked, settings: Settings) -> str:
    if linked.tickets.empty:
        return "a tickets export with handle_minutes, cost or credit_amount"
    if linked.tickets["handling"].isna().all():
        return "tickets.cost, or handle_minutes and [finance] cost_per_handle_minute"
    if settings.finance.avoidable_share is None:
        return "[finance] avoidable_share"
    return ""
