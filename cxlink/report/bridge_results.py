"""Moves of the score and of revenue in the shape of ``results.json``."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Bridge, Bridges
from cxlink.report.answer_results import answer_result
from cxlink.report.results_models import BridgeResult

FACTORS = "_factors"


def build_bridge_results(bridges: Bridges | NotEstimable) -> list[BridgeResult]:
    """Put all terms into one list.

    Parameters
    ----------
    bridges : Bridges or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    list of BridgeResult
        Of each bridge its terms, which add up to ``total``, then both levels; of revenue also, as
        ``revenue_factors``, the same total as customers times revenue per customer. Where there is a refusal, it is the
        value of ``total``.
    """
    return [] if isinstance(bridges, NotEstimable) else [line for one in bridges.bridges for line in _lines(one)]


def _lines(one: Bridge) -> Iterator[BridgeResult]:
    def line(kpi: str, term: str, value: Answer) -> BridgeResult:
        return BridgeResult(
            kpi=kpi,
            against=one.against.split()[0],
            from_=one.period_from,
            to=one.period_to,
            term=term,
            value=answer_result(value),
        )

    if one.refusal is not None:
        yield line(one.kpi, "total", one.refusal)
    if one.move is None or one.level_from is None or one.level_to is None:
        return
    for term in one.terms:
        yield line(one.kpi, term.name, term.value)
    yield line(one.kpi, "total", one.move)
    yield line(one.kpi, "level_from", one.level_from)
    yield line(one.kpi, "level_to", one.level_to)
    for term in one.factors:
        yield line(one.kpi + FACTORS, term.name, term.value)
