"""The first screen: what a director who reads nothing else takes away."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from cxlink.currencies import exponent_of
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Answering, AuditedClaim, CauseCount, ClosedLoop, ComponentEffect, LowAnswers, RunResult
from cxlink.report.cell_texts import figure_or_dash
from cxlink.report.claim_sections import SHOWN
from cxlink.report.component_table import EVIDENCE, figure_of, sort_effects
from cxlink.report.examples import show_examples
from cxlink.report.first_parts import CauseToMend, ClaimLine, FirstScreen, WaitingScore
from cxlink.report.hiding import show_count
from cxlink.report.monitor_sections import say_monitoring
from cxlink.report.not_yet import list_not_yet
from cxlink.report.numbers import MoneyUnit, format_count, round_estimate
from cxlink.report.parts import Column, Sentence, Untrusted
from cxlink.report.words import say_amount_of

MOST_CAUSES = 3
MOST_WAITING = 3
MOST_SIGNALS = 3
_EXAMPLE_CHARACTERS = 140
_PERCENT_OF = ("detractors", "promoters")
RESTS_ON = {
    "A": "an experiment",
    "B": "the same customers before and after, which nothing that stays the same about them can distort",
    "C": "customers who met it beside like ones who did not; no experiment",
    "D": "a description alone; it does not show that the component did it",
}


def build_first_screen(
    result: RunResult, unit: MoneyUnit, *, costliest: Sentence, tenth: Sentence, ledger_line: str, level: str
) -> FirstScreen:
    """Choose what stands on the first screen.

    Parameters
    ----------
    result : RunResult
        With small cells hidden where that is wanted.
    unit : MoneyUnit
        In what money is shown.
    costliest, tenth : Sentence
        As the document has them.
    ledger_line : str
        Likewise.
    level : str
        Coverage of the intervals, in percent.

    Returns
    -------
    FirstScreen
        The same facts, with the same rounding, as the tables below it.
    """
    published = result.audience == "published"
    effects = sort_effects(result.impact.components)
    line, waiting = _waiting(result.loop, result.currency, published=published)
    return FirstScreen(
        costliest=costliest,
        evidence=_evidence(effects),
        tenth=tenth,
        ceiling=_ceiling(result, unit, level),
        mend=tuple(_mend(cause, result, published=published) for cause in _causes(effects, result.causes)),
        waiting_line=line,
        waiting=waiting,
        claims=tuple(map(_claim, result.claims.claims)),
        moved=say_monitoring(result.monitoring, most=MOST_SIGNALS),
        matched=ledger_line,
        silent=_silent(result.impact.answering),
        not_yet=list_not_yet(
            effects, result.readiness, first=result.loaded.observed_from, last=result.loaded.observed_to
        ),
    )


def _evidence(effects: Sequence[ComponentEffect]) -> Sentence:
    """Say what the costliest component's figures rest on, and how sure its place is."""
    if not effects:
        return ()
    first = effects[0]
    rank = ""
    if first.rank_best is not None and first.rank_worst is not None and len(effects) > 1:
        low, high = sorted((first.rank_best, first.rank_worst))
        place = f"place {low}" if low == high else f"place {low} to {high}"
        rank = f" Counting chance, it takes {place} of {len(effects)}."
    return (f"{EVIDENCE[first.grade]}: {RESTS_ON[first.grade]}.{rank}",)


def _ceiling(result: RunResult, unit: MoneyUnit, level: str) -> Sentence:
    """Say what all components together cost."""
    joint, n = result.impact.joint, len(result.impact.components)
    if n < 2:
        return ()
    for key in ("net_benefit", "margin_kept", "revenue_kept", "cost_saved", "experience"):
        answer = getattr(joint, key)
        if isinstance(answer, Estimate):
            figure = figure_of(answer, Column(key, "", result.impact.kpi_unit), unit)
            assert figure is not None  # noqa: S101 - an estimate has a figure
            amount = say_amount_of(figure, key, kpi_unit=result.impact.kpi_unit, unit=unit.name)
            said = f"All {n} components together: up to {amount}, if none of their incidents happened"
            return (f"{said} ({level}% interval).",)
    return ("What all components cost together cannot be told.",)


def _causes(effects: Sequence[ComponentEffect], causes: Sequence[CauseCount]) -> list[CauseCount]:
    """Choose the widest cause of each component, costliest first; then the widest of the rest."""
    widest = sorted(causes, key=lambda cause: (-cause.customers, cause.component, cause.cause))
    chosen: list[CauseCount] = []
    for effect in effects:
        chosen += [cause for cause in widest if cause.component == effect.component][:1]
    chosen += [cause for cause in widest if cause not in chosen]
    return chosen[:MOST_CAUSES]


def _mend(cause: CauseCount, result: RunResult, *, published: bool) -> CauseToMend:
    counts = (
        (cause.customers, "customers"),
        (cause.tickets, "tickets"),
        (cause.comments, "comments"),
    )
    reach = ", ".join(f"{show_count(count, published=published)} {what}" for count, what in counts if count)
    records: Sentence = () if published else ("cxlink rows ", Untrusted(shlex.quote(cause.component)))
    shown = show_examples(cause.texts, result.verbatims, result.language, limit=_EXAMPLE_CHARACTERS)
    return CauseToMend(cause.component, cause.cause, reach, next(iter(shown), ""), records)


def _waiting(
    loop: ClosedLoop | NotEstimable, currency: str, *, published: bool
) -> tuple[str, tuple[WaitingScore, ...]]:
    """Say how many low scores wait for an answer, and whose are worth most."""
    if isinstance(loop, NotEstimable):
        return "", ()
    low = loop.low
    if not isinstance(low, LowAnswers):
        needs = f" Needs: {low.needs}." if low.needs else ""
        return f"Who waits for an answer cannot be told: {low.reason}.{needs}", ()
    who = "detractors" if low.kpi == "nps" else "low scores"
    waiting, given = (show_count(count, published=published) for count in (low.waiting, low.given))
    said = f"{waiting} of {given} {who} of the last {low.look_back_days} days have no answer yet"
    if low.waiting_monthly is not None:
        those = "those"
        if low.waiting_customers != low.waiting:
            those = f"the {show_count(low.waiting_customers, published=published)} of them"
        monthly = f"{currency} {format_count(round(low.waiting_monthly))}"
        said += f"; {those} who are still customers pay {monthly} a month"
    told = tuple(
        WaitingScore(
            one.customer_id,
            (date(1970, 1, 1) + timedelta(days=one.day)).isoformat(),
            f"{low.kpi.upper()} {one.score:g}",
            f"{currency} {one.monthly_price:,.{exponent_of(currency)}f} a month",
        )
        for one in low.by_value[:MOST_WAITING]
    )
    return f"{said}.", told


def _claim(one: AuditedClaim) -> ClaimLine:
    found = figure_or_dash(one.estimate)
    told = f"claimed {one.claimed:,.3g}, here {found}" if one.claimed is not None and found != "-" else one.why
    return ClaimLine(one.name, SHOWN[one.verdict], told)


def _silent(answering: Answering | NotEstimable) -> str:
    """Say how those who do not answer differ."""
    if isinstance(answering, NotEstimable):
        needs = f" Needs: {answering.needs}." if answering.needs else ""
        return f"How the silent differ cannot be told: {answering.reason}.{needs}"
    return " ".join(_say_silent(answering))


def _say_silent(answering: Answering) -> Iterator[str]:
    shares = [
        f"{round_estimate(share).point * 100:.0f}% of {said}"
        for said in _PERCENT_OF
        if isinstance(share := answering.shares.get(said), Estimate)
    ]
    if shares:
        yield f"{' and '.join(shares)} answer."
    among, of_all = answering.among_answers, answering.of_all
    if isinstance(among, Estimate) and isinstance(of_all, Estimate):
        unit = among.unit.removesuffix(" points")
        yield (
            f"{unit} is {figure_or_dash(among, signed=True)} among answers and {figure_or_dash(of_all, signed=True)} of"
            " all asked."
        )
