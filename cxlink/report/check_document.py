"""What ``check`` found, for other programs and for files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxlink.handoff import Linked, Loaded, Message, Readiness
from cxlink.report.check_sections import build_ledger_sections, build_readiness, build_sections
from cxlink.report.linkage_results import build_linkage_result, build_money_result
from cxlink.report.results import build_ledger, dump_json
from cxlink.report.section import Section
from cxlink.report.section_formats import render_csv_sections, render_markdown_sections

SCHEMA = "cxlink.check/1"


def build_check(
    loaded: Loaded, linked: Linked, readiness: Sequence[Readiness], messages: Sequence[Message]
) -> dict[str, Any]:
    """Put what ``check`` found into the shape of ``results.json``, as far as it goes.

    Parameters
    ----------
    loaded : Loaded
        For the ledger and the observed window.
    linked : Linked
        Linkage and money.
    readiness : sequence of Readiness
        Which outputs will be possible.
    messages : sequence of Message
        Diagnostics.

    Returns
    -------
    dict
        Keys schema, observed, ledger, linkage, money, readiness, diagnostics; each as in ``results.json``.
    """
    return {
        "schema": SCHEMA,
        "observed": {"from": loaded.observed_from.isoformat(), "to": loaded.observed_to.isoformat()},
        "ledger": build_ledger(loaded.ledger),
        "linkage": build_linkage_result(linked.linkage).model_dump(mode="json"),
        "money": build_money_result(linked.money).model_dump(mode="json"),
        "readiness": [
            {"output": one.output, "ready": one.ready, "needs": one.needs, "has": one.has} for one in readiness
        ],
        "diagnostics": [
            {"code": m.code, "severity": m.severity, "stage": m.stage, "message": m.message, "remedy": m.remedy}
            for m in messages
        ],
    }


def render_check_json(
    loaded: Loaded, linked: Linked, readiness: Sequence[Readiness], messages: Sequence[Message]
) -> str:
    """Write what ``check`` found as JSON.

    Parameters
    ----------
    loaded : Loaded
        For the ledger and the observed window.
    linked : Linked
        Linkage and money.
    readiness : sequence of Readiness
        Which outputs will be possible.
    messages : sequence of Message
        Diagnostics.

    Returns
    -------
    str
        Indented, with a line feed at its end.
    """
    return dump_json(build_check(loaded, linked, readiness, messages))


def render_check_markdown(loaded: Loaded, linked: Linked, readiness: Sequence[Readiness]) -> str:
    """Write what ``check`` found as Markdown.

    Parameters
    ----------
    loaded : Loaded
        For the ledger.
    linked : Linked
        Linkage and money.
    readiness : sequence of Readiness
        Which outputs will be possible.

    Returns
    -------
    str
        With a line feed at its end.
    """
    return render_markdown_sections(_sections(loaded, linked, readiness))


def render_check_csv(loaded: Loaded, linked: Linked, readiness: Sequence[Readiness]) -> str:
    """Write what ``check`` found as CSV with a line a cell.

    Parameters
    ----------
    loaded : Loaded
        For the ledger.
    linked : Linked
        Linkage and money.
    readiness : sequence of Readiness
        Which outputs will be possible.

    Returns
    -------
    str
        With a line feed at its end.
    """
    return render_csv_sections(_sections(loaded, linked, readiness))


def _sections(loaded: Loaded, linked: Linked, readiness: Sequence[Readiness]) -> tuple[Section, ...]:
    return (*build_ledger_sections(loaded.ledger), *build_sections(linked), build_readiness(readiness))
