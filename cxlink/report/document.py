"""The facts of a run as they are shown to people: built once, then rendered in every format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, CauseCount, ComponentEffect, Message, RunResult, Unexplained
from cxlink.report.answering_sections import build_answering_section
from cxlink.report.bridge_sections import build_bridge_sections, say_bridge
from cxlink.report.build_calls import build_calls
from cxlink.report.build_comments import build_comments
from cxlink.report.build_workings import build_workings, tell
from cxlink.report.change_sections import build_change_lines, build_change_sections
from cxlink.report.chart_specs import place_charts
from cxlink.report.claim_sections import SHOWN, build_claim_sections, say_claim
from cxlink.report.component_table import MONEY, build_component_table, cell_of, figure_of, sort_effects
from cxlink.report.coverage import (
    add_up_revenue,
    build_ledger_line,
    count_held_back,
    list_accounts,
    list_ledger,
    list_matches,
    list_reconciliation,
)
from cxlink.report.diagnostics import collect_messages, money_difference
from cxlink.report.doubt_sections import build_doubt_sections
from cxlink.report.driver_lines import build_driver_lines
from cxlink.report.driver_sections import build_driver_sections
from cxlink.report.effect_words import build_word_section, frame_of
from cxlink.report.employee_sections import build_employee_section
from cxlink.report.event_sections import build_event_sections
from cxlink.report.examples import show_examples
from cxlink.report.first_screen import build_first_screen
from cxlink.report.group_sections import build_group_section
from cxlink.report.kpi_sections import build_kpi_section, say_kpis
from cxlink.report.lever_sections import build_levers
from cxlink.report.loop_sections import build_loop_sections, say_loop
from cxlink.report.method import describe_limits, describe_method
from cxlink.report.monitor_sections import build_monitor_sections, say_monitoring
from cxlink.report.notes import Notes, explain
from cxlink.report.numbers import Figure, MoneyUnit, choose_money_unit, round_estimate, round_exact
from cxlink.report.parts import (
    CauseRow,
    Cell,
    Column,
    DetailRow,
    DetailTable,
    Document,
    Notice,
    Sentence,
    Untrusted,
    Wanted,
)
from cxlink.report.promise_sections import build_promise_section
from cxlink.report.section import Section
from cxlink.report.segment_sections import build_segment_section, build_segment_table
from cxlink.report.serving_sections import build_serving_section
from cxlink.report.sheet_rows import ClaimLine
from cxlink.report.suppress import show_count, suppress_small_cells
from cxlink.report.survival_curve import build_curves
from cxlink.report.track_sections import build_track_sections
from cxlink.report.words import WHAT, say_amount_of

CEILING = "CEILING: if no such incident happened"
EXAMPLE_CHARACTERS = 240
_MAX_NEEDS = 2
_WHAT = WHAT


def build_document(result: RunResult) -> Document:
    """Choose, round and word what people are shown.

    Parameters
    ----------
    result : RunResult
        Of any audience; for the public, small cells are suppressed here.

    Returns
    -------
    Document
        The same figures and words for every rendering.
    """
    result = suppress_small_cells(result)
    published = result.audience == "published"
    impact = result.impact
    unit = choose_money_unit(result.currency, _shown_money(result))
    table = build_component_table(impact, unit, published=published)
    messages = collect_messages(result)
    notices = tuple(_notice(m) for m in messages if m.severity != "info")
    wanted = tuple(Wanted(r.output, r.ready, r.needs) for r in result.readiness)
    linkage = result.linked.linkage
    headline, tenth_line = _headline(result, unit), _tenth_line(result, unit)
    ledger_line = build_ledger_line(result.loaded.ledger, linkage, money_difference(result))
    level = _level(result)
    return Document(
        project=result.project,
        customers=_customers(result, published=published),
        cut_off=result.loaded.observed_to.isoformat(),
        scale=_scale(result, unit, any(column.key in MONEY for column in table.columns)),
        headline=headline,
        ledger_line=ledger_line,
        ceiling_line=f"{CEILING} ({level}% interval)",
        table=table,
        tenth_line=tenth_line,
        experience_line=_experience_line(result),
        details=_details(result, unit, published=published),
        causes=tuple(_cause_row(cause, result, published=published) for cause in result.causes),
        unexplained=tuple(_unexplained(one, published=published) for one in result.unexplained if one.of),
        matches=list_matches(linkage),
        ledger=list_ledger(result.loaded.ledger),
        held_back=count_held_back(result.loaded.ledger),
        reconciliation=list_reconciliation(result),
        churn_line=_churn_line(result, published=published),
        curves=build_curves(result.churn.curve),
        wanted=wanted,
        notices=notices,
        remarks=tuple(_notice(m) for m in messages if m.severity == "info"),
        next_steps=_next_steps(notices, wanted),
        method=describe_method(result),
        not_to_conclude=describe_limits(result),
        sections=_sections(result, published=published),
        kpi_line=say_kpis(result.kpis),
        bridge_line=say_bridge(result.bridge),
        loop_line=say_loop(result.loop, published=published),
        event_studies=impact.event_studies,
        monitor_lines=say_monitoring(result.monitoring, most=5),
        claim_lines=tuple(say_claim(one) for one in result.claims.claims),
        drivers=build_driver_lines(result.drivers, published=published),
        segments=build_segment_table(
            impact.segments,
            kpi=impact.kpi,
            kpi_unit=impact.kpi_unit,
            currency=result.currency,
            published=published,
        ),
        changes=build_change_lines(impact.changes, currency=result.currency, months=result.horizon_months),
        levers=build_levers(result),
        first=build_first_screen(
            result, unit, costliest=headline, tenth=tenth_line, ledger_line=ledger_line, level=level
        ),
        charts=place_charts(result, unit),
        workings=build_workings(result),
        comments=build_comments(result),
        calls=build_calls(result),
        claims=tuple(build_claim_line(one) for one in result.claims.claims),
        accounts=list_accounts(result),
        accepted_revenue=add_up_revenue(result),
        language=result.language,
        published=published,
    )


def build_claim_line(one: AuditedClaim) -> ClaimLine:
    """Put a claim into a row of the workbook.

    Parameters
    ----------
    one : AuditedClaim
        With its verdict.

    Returns
    -------
    ClaimLine
        Numbers as in ``results.json``.
    """
    return ClaimLine(
        text=one.name,
        source=one.source,
        verdict=SHOWN[one.verdict],
        unit=one.unit,
        claimed=None if one.claimed is None else round_exact(one.claimed),
        estimate=tell(one.estimate),
        naive=tell(one.naive),
        inflation=tell(one.inflation),
        inflation_set=one.inflation_set,
        words=" ".join(part for part in (one.sentence, one.why, one.settle) if part),
    )


def _words(result: RunResult) -> tuple[Section, ...]:
    """The figures in words, where there is one."""
    section = build_word_section(result.impact, frame_of(result))
    return (section,) if section.rows else ()


def _sections(result: RunResult, *, published: bool) -> tuple[Section, ...]:
    """Tables that stand by themselves."""
    impact = result.impact
    return (
        *_words(result),
        *build_claim_sections(result.claims.claims),
        build_answering_section(impact.answering, kpi_unit=impact.kpi_unit),
        *build_driver_sections(result.drivers, published=published),
        *build_segment_section(
            impact.segments,
            kpi=impact.kpi,
            kpi_unit=impact.kpi_unit,
            currency=result.currency,
            published=published,
        ),
        *build_serving_section(impact.serving, currency=result.currency),
        *build_doubt_sections(impact.doubts),
        build_kpi_section(result.kpis, published=published),
        *build_track_sections(result.tracking, published=published),
        *build_monitor_sections(result.monitoring),
        *build_bridge_sections(result.bridge, published=published),
        *build_loop_sections(result.loop, published=published),
        *build_change_sections(impact.changes, currency=result.currency, months=result.horizon_months),
        build_promise_section(impact.promises, kpi_unit=impact.kpi_unit, published=published),
        build_group_section(impact.groups, currency=result.currency, published=published),
        build_employee_section(impact.employees),
        *build_event_sections(impact.event_studies, currency=result.currency, published=published),
    )


def _level(result: RunResult) -> str:
    """Find the coverage of the intervals, in percent; all have the same."""
    answers = (getattr(effect, key) for effect in result.impact.components for key in (*MONEY, "experience"))
    return next((f"{100 * answer.level:g}" for answer in answers if isinstance(answer, Estimate)), "95")


def _shown_money(result: RunResult) -> Iterator[Answer]:
    for effect in (*result.impact.components, result.impact.joint):
        yield from (getattr(effect, key) for key in MONEY)


def _customers(result: RunResult, *, published: bool) -> str:
    if result.impact.population:
        return f"{show_count(result.impact.population, published=published)} active customers"
    return f"{show_count(result.linked.linkage.customers, published=published)} customers"


def _scale(result: RunResult, unit: MoneyUnit, has_money: bool) -> str:
    if not result.impact.population:
        return result.impact.kpi_unit
    return (f"{unit.name}, " if has_money else "") + _horizon(result)


def _horizon(result: RunResult) -> str:
    return f"next {result.horizon_months} months"


def _main_key(answers: Mapping[str, Answer]) -> str | None:
    """Find the figure that says most: net benefit, else margin, revenue, cost or experience."""
    return next((key for key in (*_WHAT, "experience") if isinstance(answers.get(key), Estimate)), None)


def _headline(result: RunResult, unit: MoneyUnit) -> Sentence:
    for effect in sort_effects(result.impact.components)[:1]:
        answers = {key: getattr(effect, key) for key in (*_WHAT, "experience")}
        key = _main_key(answers)
        if key:
            amount = _amount(answers[key], key, result, unit)
            first = "Costliest we can tell: " if key in _WHAT else "What moves the score most: "
            return (first, Untrusted(effect.component), f" incidents, up to {amount}{_doubt(answers[key])}.")
    return ("No component's cost can be told from this data yet.",)


def _amount(answer: Answer, key: str, result: RunResult, unit: MoneyUnit) -> str:
    figure = _figure(answer, key, result, unit)
    said = say_amount_of(figure, key, kpi_unit=result.impact.kpi_unit, unit=unit.name)
    if key == "experience":
        return said
    return f"{said} in the {_horizon(result)}"


def _figure(answer: Answer, key: str, result: RunResult, unit: MoneyUnit) -> Figure:
    figure = figure_of(answer, Column(key, "", result.impact.kpi_unit), unit)
    if figure is None:
        raise ValueError("only an estimate has an amount")
    return figure


def _doubt(answer: Answer) -> str:
    return "; it may be nothing" if isinstance(answer, Estimate) and answer.low <= 0 <= answer.high else ""


def _tenth_line(result: RunResult, unit: MoneyUnit) -> Sentence:
    effect = _costliest_with_tenth(result)
    if effect is None:
        return ()
    key = _main_key(effect.tenth)
    if key is None:
        return ()
    answer = effect.tenth[key]
    fix = ", before the fix's cost" if key in _WHAT else ""
    about = f" incidents: about {_amount(answer, key, result, unit)}{fix}{_doubt(answer)}"
    return ("10% fewer ", Untrusted(effect.component), about)


def _costliest_with_tenth(result: RunResult) -> ComponentEffect | None:
    return next((effect for effect in sort_effects(result.impact.components) if _main_key(effect.tenth)), None)


def _experience_line(result: RunResult) -> str:
    level = result.impact.experience_level
    if isinstance(level, NotEstimable):
        return ""
    return f"{result.impact.kpi.upper()} as observed: {round_estimate(level).text}"


def _details(result: RunResult, unit: MoneyUnit, *, published: bool) -> DetailTable:
    notes = Notes()
    effects = sort_effects(result.impact.components)
    keys = [_main_key(effect.tenth) for effect in effects]
    key = next((key for key in (*_WHAT, "experience") if key in keys), "experience")
    tenth = Column(key, "10% fewer", unit.name if key in MONEY else result.impact.kpi_unit)
    rows = tuple(_detail_row(effect, tenth, unit, notes, published=published) for effect in effects)
    label = f"10% fewer, {_WHAT[key]}, {unit.name}" if key in _WHAT else f"10% fewer, {tenth.unit}"
    return DetailTable(result.impact.kpi.upper(), label, rows, notes.sentences())


def _detail_row(effect: ComponentEffect, tenth: Column, unit: MoneyUnit, notes: Notes, *, published: bool) -> DetailRow:
    def cell(answer: Answer, label: str) -> Cell:
        return cell_of(answer, Column("", label, ""), unit, notes, effect.component)

    missing = NotEstimable("not computed", "")
    return DetailRow(
        name=effect.component,
        incidents=show_count(effect.incidents, published=published),
        hazard_ratio=cell(effect.hazard_ratio, "churn ratio"),
        seen_after=cell(effect.seen_after, "after an incident"),
        seen_otherwise=cell(effect.seen_otherwise, "otherwise"),
        tenth=cell_of(effect.tenth.get(tenth.key, missing), tenth, unit, notes, effect.component),
        rank=_rank(effect),
        warnings=", ".join(effect.warnings),
    )


def _rank(effect: ComponentEffect) -> str:
    if effect.rank_best is None or effect.rank_worst is None:
        return "-"
    low, high = sorted((effect.rank_best, effect.rank_worst))
    return str(low) if low == high else f"{low}-{high}"


def _cause_row(cause: CauseCount, result: RunResult, *, published: bool) -> CauseRow:
    return CauseRow(
        cause.component,
        cause.cause,
        show_count(cause.comments, published=published),
        show_count(cause.tickets, published=published),
        show_count(cause.customers, published=published),
        _percent(cause.share),
        _percent(cause.corrected_share),
        _trend(cause.trend),
        show_examples(cause.texts, result.verbatims, result.language, limit=EXAMPLE_CHARACTERS),
    )


_NOTHING_BEHIND = {
    "low scores": "low scores come without a cause in their words, from customers who met no incident before",
    "tickets": "tickets name no component",
    "leavers": "customers who left of their own will had met no incident before",
}


def _unexplained(one: Unexplained, *, published: bool) -> Sentence:
    records, of = show_count(one.records, published=published), show_count(one.of, published=published)
    share = f": {_percent(one.share)}" if isinstance(one.share, Estimate) else ""
    return (f"{records} of {of} {_NOTHING_BEHIND[one.what]}{share}.",)


def _percent(share: Answer) -> str:
    if not isinstance(share, Estimate):
        return "-"
    percent = _in_percent(share)
    return f"{percent.point_text}% ({percent.interval_text})"


def _trend(trend: Answer) -> str:
    """Change in a year, in percent."""
    if not isinstance(trend, Estimate):
        return "-"
    return f"{trend.point - 1:+.0%} ({trend.low - 1:+.0%} to {trend.high - 1:+.0%})"


def _in_percent(share: Estimate) -> Figure:
    return round_estimate(share, divisor=Decimal("0.01"))


def _churn_line(result: RunResult, *, published: bool) -> Sentence:
    churn = result.churn
    if churn.refusal is not None:
        return ("Churn cannot be modelled: ", *explain(churn.refusal))
    customers = show_count(churn.customers, published=published)
    return (f"{show_count(churn.events, published=published)} of {customers} customers left while observed.",)


def _notice(message: Message) -> Notice:
    stop = "" if message.message.rstrip().endswith((".", "!", "?")) else "."
    return Notice(message.code, message.severity, message.message.rstrip() + stop, message.remedy)


def _next_steps(notices: tuple[Notice, ...], wanted: tuple[Wanted, ...]) -> tuple[Sentence, ...]:
    steps: list[Sentence] = [("cxlink explain ", Untrusted(notice.code)) for notice in notices[:1]]
    missing = [item for item in wanted if not item.ready and item.needs][:_MAX_NEEDS]
    steps += [("to get ", Untrusted(item.output), ": ", Untrusted(item.needs)) for item in missing]
    return tuple(steps)
