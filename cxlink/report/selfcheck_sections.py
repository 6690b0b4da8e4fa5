"""What drawn companies say about the method, as sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import CheckedEffect, Likeness, SelfCheck
from cxlink.report.numbers import choose_money_unit, format_count, format_share, round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import DOMINATED, FEW, clean_answer, is_suppressed, show_count

PROMISED = 0.95
MEANINGFUL = 0.02
"""Coverage may differ from what is promised by so much before it is said."""

NAMES = {
    "hazard_ratio": "ratio",
    "customers_kept": "customers",
    "margin_kept": "margin",
    "cost_saved": "cost",
    "net_benefit": "net",
    "experience": "score",
}
UNLIKE = 0.05
"""Of a count: by so much a drawn company may differ from the data before it is said."""

_UNLIKE = (
    "*: drawn companies differ from your data here, so something in it is not as the model has it. The more of these,"
    " the less the figures above say about your data."
)
_NONE = "-"
_TEXT: Kind = "text"
_RIGHT: Kind = "count"
"""Kind of texts that stand on the right, as numbers do."""


def build_selfcheck_sections(told: SelfCheck, *, published: bool) -> tuple[Section, ...]:
    """Show how often intervals hold the truth, and how small an effect can be found.

    Parameters
    ----------
    told : SelfCheck
        Of any audience.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        The answer first; only those that have something to tell.
    """
    shown = suppress_selfcheck(told) if published else told
    sections = (
        _answer(shown),
        *_found(shown),
        _coverage(shown),
        _ranking(shown),
        _refusals(shown),
        _likeness(shown, published=published),
    )
    return tuple(section for section in sections if section.rows or section.notes)


def suppress_selfcheck(told: SelfCheck) -> SelfCheck:
    """Leave out what the public must not see of the data that companies were drawn from.

    Parameters
    ----------
    told : SelfCheck
        Whose own answers :func:`cxlink.report.suppress.suppress_impact` has cleaned.

    Returns
    -------
    SelfCheck
        Without errors and counts of what is hidden. Counts that are small stay: what shows them asks
        :func:`cxlink.report.suppress.is_suppressed`.
    """
    few = {one.component for one in told.effects if one.found == FEW}
    effects = [
        replace(one, smallest=one.found)
        if one.found in (FEW, DOMINATED)
        else replace(one, found=clean_answer(one.found))
        for one in told.effects
    ]
    return replace(
        told, effects=tuple(effects), likeness=tuple(one for one in told.likeness if one.component not in few)
    )


def _answer(told: SelfCheck) -> Section:
    return Section(
        "answer", f"{told.companies:,} companies shaped like yours", (), (), tuple(line for line in _lines(told))
    )


def _lines(told: SelfCheck) -> Iterator[str]:
    coverage, alarms = told.coverage, told.false_alarms
    if isinstance(coverage, Estimate):
        yield (
            f"In {told.companies:,} companies shaped like yours, 95% intervals held the truth in {_range(coverage)}."
            f" {_verdict(coverage)}"
        )
    else:
        yield f"Nothing could be told of any of them: {coverage.reason}."
    if isinstance(alarms, Estimate):
        yield f"Where incidents do nothing, an effect was found all the same in {_range(alarms)}; 5% is right."
    yield (
        "They are drawn from what was fitted to your data: a third with the effects found there, a third with half of"
        " them, a third with none. So they obey the model. This tells whether your data is enough for it; not whether"
        " something that nobody recorded moves both incidents and leaving, nor whether comments were read rightly."
    )
    if told.customers < told.of:
        yield (
            f"Each has {told.customers:,} of your {told.of:,} customers at risk. Smallest effects and shares found are"
            " scaled to all of them; coverage, ranks and refusals are those of the smaller companies."
        )
    if told.has_labels:
        yield "Labels are not drawn: this is about intervals without the tagger's mistakes."


def _verdict(coverage: Estimate) -> str:
    if coverage.high < PROMISED and coverage.point < PROMISED - MEANINGFUL:
        return f"That is less than promised: on data like yours, read them as {format_share(coverage.point)} intervals."
    more = coverage.low > PROMISED and coverage.point > PROMISED + MEANINGFUL
    return "That is more than they promise." if more else "That is what they promise."


def _range(share: Estimate) -> str:
    return f"{format_share(share.point)} ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _found(told: SelfCheck) -> Iterator[Section]:
    """What could be found, before what was found."""
    margins = [one for one in told.effects if one.quantity == "margin_kept"]
    unit = choose_money_unit(told.currency, [answer for one in margins for answer in (one.smallest, one.found)])
    titles = {
        "hazard_ratio": ("Leaving: hazard ratio after an incident", Decimal(1)),
        "margin_kept": (f"Margin kept if no such incident happened, {unit.name}", unit.divisor),
        "experience": (f"Score: {told.kpi_unit} gained if no such incident happened", Decimal(1)),
    }
    columns: tuple[tuple[str, Kind], ...] = (
        ("", _TEXT),
        ("finds from", _RIGHT),
        ("yours", _RIGHT),
        ("none", _RIGHT),
        ("half", _RIGHT),
        ("full", _RIGHT),
    )
    for quantity, (title, divisor) in titles.items():
        effects = [one for one in told.effects if one.quantity == quantity]
        rows = tuple(_found_row(one, divisor) for one in effects)
        notes = tuple(_why_not_found(effects))
        if quantity == "hazard_ratio":
            notes = (
                "A ratio of 1.30 means 30% more leaving while an incident counts. finds from: the smallest effect that"
                " is found four times in five. A smaller one can be there and be missed. yours: what cxlink run tells."
                " none, half, full: share of companies in which an effect was found where incidents do nothing (5% is"
                " right), half of what they do in your data, and all of it. half and full take your figures for true;"
                " where these are luck, so are they.",
                *notes,
            )
        yield Section(f"found {quantity}", title, columns, rows, notes)


def _found_row(one: CheckedEffect, divisor: Decimal) -> tuple[Value, ...]:
    smallest, found = one.smallest, one.found
    return (
        one.component,
        _NONE if isinstance(smallest, NotEstimable) else _round(smallest, divisor),
        _NONE if isinstance(found, NotEstimable) else round_estimate(found, divisor=divisor).text,
        _share(one.false_alarms),
        _share(one.power_half),
        _share(one.power_found),
    )


def _round(smallest: Estimate, divisor: Decimal) -> str:
    """Two significant figures: what luck leaves of the mean of many errors."""
    around = abs(smallest.point) if smallest.unit != "hazard ratio" else smallest.point - 1.0
    return round_estimate(
        replace(smallest, low=smallest.point - around / 2, high=smallest.point + around / 2), divisor=divisor
    ).point_text


def _why_not_found(effects: list[CheckedEffect]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for one in effects:
        if isinstance(one.found, NotEstimable):
            reasons.setdefault(f"{one.found.reason}. Needs: {one.found.needs}", []).append(one.component)
    for reason, names in reasons.items():
        whom = "" if len(names) == len(effects) else f"{', '.join(names)}: "
        yield f"{whom}{reason}."


def _share(answer: Answer) -> str:
    return _NONE if isinstance(answer, NotEstimable) else format_share(answer.point)


def _coverage(told: SelfCheck) -> Section:
    cells = {(one.component, one.quantity): one.coverage for one in told.effects}
    names = tuple(dict.fromkeys(one.component for one in told.effects))
    columns: tuple[tuple[str, Kind], ...] = (("", _TEXT), *((label, _RIGHT) for label in NAMES.values()))
    rows = [(name, *(_share(cells[name, key]) if (name, key) in cells else "" for key in NAMES)) for name in names]
    pooled = ("all components", *(_share(told.coverage_by_quantity[key]) for key in NAMES))
    luck = 1.96 * (PROMISED * (1 - PROMISED) / told.companies) ** 0.5
    note = f"With {told.companies:,} companies, luck alone moves a cell by up to {100 * luck:.0f} points either way."
    return Section("coverage", "Share of 95% intervals that held the truth", columns, (*rows, pooled), (note,))


def _ranking(told: SelfCheck) -> Section:
    answers = {
        "costliest component named": told.costliest_right,
        "all true ranks within those told": told.ranks_held,
    }
    columns: tuple[tuple[str, Kind], ...] = (("", _TEXT), ("companies", _RIGHT))
    rows = tuple((name, _range(one)) for name, one in answers.items() if isinstance(one, Estimate))
    reasons = dict.fromkeys(one.reason for one in answers.values() if isinstance(one, NotEstimable))
    notes = tuple(f"No ranking is checked: {reason}." for reason in reasons)
    return Section("ranking", "How often the ranking by net benefit is right", columns, rows, notes)


def _refusals(told: SelfCheck) -> Section:
    """Effects that some companies refused, those for the same reason together."""
    groups: dict[tuple[str, int, str], list[str]] = {}
    for one in told.effects:
        if one.refused:
            groups.setdefault((one.component, one.refused, one.refusal), []).append(NAMES[one.quantity])
    columns: tuple[tuple[str, Kind], ...] = (("", _TEXT), ("companies", _RIGHT), ("of", _RIGHT), ("mostly", _TEXT))
    rows = tuple(
        (f"{component}: {', '.join(names)}", format_count(refused), format_count(told.companies), reason)
        for (component, refused, reason), names in groups.items()
    )
    notes = ("Coverage leaves them out; an effect that is refused counts as not found.",) if rows else ()
    return Section("refusals", "What companies refused to tell", columns, rows, notes)


def _likeness(told: SelfCheck, *, published: bool) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (("", _TEXT), ("yours", _RIGHT), ("drawn", _RIGHT), ("95% of them", _RIGHT))
    rows = tuple(
        (_what(one), _data(one, published=published), *_drawn(one, published=published)) for one in told.likeness
    )
    notes = [_UNLIKE] if any(_is_unlike(one) for one in told.likeness) else []
    if told.customers < told.of:
        notes.append("yours: as many as a sample of this size would have.")
    return Section("likeness", "Do they look like yours? (those with all effects)", columns, rows, tuple(notes))


def _is_unlike(one: Likeness) -> bool:
    """Outside of what was drawn, and by enough to matter."""
    return not one.low <= one.data <= one.high and abs(one.mean - one.data) > UNLIKE * one.data


def _what(one: Likeness) -> str:
    name = f"{one.component}: {one.what}" if one.component else one.what
    return f"{name} *" if _is_unlike(one) else name


def _data(one: Likeness, *, published: bool) -> str:
    return show_count(round(one.data), published=published)


def _drawn(one: Likeness, *, published: bool) -> tuple[str, str]:
    """The drawn counts; hidden beside a hidden one, which they would tell."""
    if is_suppressed(round(one.data), published=published):
        return _NONE, _NONE
    return format_count(round(one.mean)), f"{format_count(round(one.low))}-{format_count(round(one.high))}"
