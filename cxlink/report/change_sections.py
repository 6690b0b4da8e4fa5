"""Changes as sections of plain cells, and in lines for a terminal."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import ChangeEffect, Changes, Linked, Payoff
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.change_words import NOTE, money, say_break_even, say_budget, say_chance, say_change
from cxlink.report.hiding import show_count
from cxlink.report.numbers import SMALL_COUNT
from cxlink.report.section import Kind, Section, Value

TITLE = "Changes before they are made"
WORDS = "Changes in words"
BUDGET = "What to take within the budget"
DASH = "-"
MOST_CAUSES = 3


def build_change_sections(changes: Changes, *, currency: str, months: int) -> tuple[Section, ...]:
    """Show what each change would bring, and which to take.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    tuple of Section
        Nothing where no change was asked about.
    """
    if not changes.effects:
        return ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("Change", "text"),
        (f"NPV, {currency}", "text"),
        ("Likely to pay", "text"),
        ("Allowing for hidden causes", "text"),
        ("Pays back, months", "text"),
        ("Breaks even at", "text"),
        ("Customers kept", "text"),
        ("Score", "text"),
    )
    refusals = dict.fromkeys(
        one for effect in changes.effects for one in (effect.npv, effect.customers_kept, effect.experience)
    )
    rows = tuple(_row(effect) for effect in changes.effects)
    table = Section("changes", TITLE, columns, rows, (*explain_dashes(refusals), NOTE))
    said = tuple(
        (effect.asked.name, " ".join(say_change(effect, currency=currency, months=months)))
        for effect in changes.effects
    )
    words = Section("change words", WORDS, (("Change", "text"), ("In words", "prose")), said, folded=True)
    return (table, words, *_budget(changes, currency, months))


def build_change_lines(changes: Changes, *, currency: str, months: int) -> tuple[tuple[str, str], ...]:
    """Say each change in one line, for a terminal.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    tuple of (str, str)
        Name and line.
    """
    lines = []
    for effect in changes.effects:
        if isinstance(effect.payoff, NotEstimable):
            lines.append((effect.asked.name, f"no NPV can be told: {effect.payoff.reason}"))
            continue
        paid = effect.payoff.payback_months
        back = f"pays back within {paid:.0f} months" if paid else "does not pay back in most draws"
        if paid == 0:
            back = "costs nothing first"
        doubt = effect.payoff.allowing_for_doubt
        hidden = "" if doubt is None else f", {say_chance(doubt)} allowing for hidden causes"
        npv = figure_or_dash(effect.npv)
        lines.append(
            (
                effect.asked.name,
                f"NPV {currency} {npv} in {months} months; {say_chance(effect.payoff.probability)} likely to"
                f" pay{hidden}; {back}{_say_harm(effect)}",
            )
        )
    if changes.budget is not None and not isinstance(changes.budget, NotEstimable):
        taken = ", ".join(changes.budget.taken) or "none"
        lines.append((f"within {money(changes.budget.budget, currency)}", f"take {taken}"))
    return tuple(lines)


def build_answer_sections(changes: Changes, *, currency: str, months: int) -> tuple[Section, ...]:
    """Show changes by themselves: each in sentences, one below another, then the budget.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    tuple of Section
        One a change.
    """
    each = tuple(
        Section(effect.asked.name, effect.asked.name, (), (), say_change(effect, currency=currency, months=months))
        for effect in changes.effects
    )
    table, *_ = build_change_sections(changes, currency=currency, months=months)
    return (table, *each, *_budget(changes, currency, months))


def build_question_section(linked: Linked, *, currency: str, published: bool) -> Section:
    """Show what could be asked, with an example for this data.

    Parameters
    ----------
    linked : Linked
        Components and their incidents.
    currency : str
        Of the project.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    Section
        One row a component.
    """
    seen = linked.incidents.loc[linked.incidents["incident_day"] >= linked.from_day]
    counts = seen["component"].value_counts()
    rows: list[tuple[Value, ...]] = []
    for name in linked.components:
        causes = seen.loc[seen["component"] == name, "cause"].dropna().value_counts()
        named = [str(cause) for cause in causes.index if cause and causes[cause] >= SMALL_COUNT][:MOST_CAUSES]
        rows.append((name, show_count(int(counts.get(name, 0)), published=published), ", ".join(named)))
    first = str(counts.index[0]) if len(counts) else "COMPONENT"
    columns: tuple[tuple[str, Kind], ...] = (("Component", "text"), ("Incidents", "text"), ("Causes", "text"))
    ask = f"cxlink whatif --component {first} --reduce"
    notes = (
        f"Ask: {ask} 0.3 --cost 20000 (30% fewer, {currency} 20,000 once).",
        f"With a range and a ramp: {ask} 0.2,0.3,0.4 --cost-per-month 500 --ramp-months 3.",
        f"What costs incidents but saves money: {ask} -0.2 --saving-per-month 2000.",
        f"Making good afterwards: cxlink whatif --component {first} --voucher 10 --relief 0.2,0.4,0.6.",
        "Changes that are written in the configuration as [[changes]] are told by cxlink whatif without options, and"
        " which to take by --budget AMOUNT.",
    )
    return Section("questions", "What could be asked", columns, tuple(rows), notes)


def _say_harm(effect: ChangeEffect) -> str:
    """What saves cost may hurt: money alone must not hide it."""
    score = effect.experience
    if isinstance(score, NotEstimable) or score.high >= 0:
        return ""
    return f"; but the score falls: {figure_or_dash(score, signed=True)} {score.unit}"


def _row(effect: ChangeEffect) -> tuple[Value, ...]:
    payoff = effect.payoff
    people = tuple(figure_or_dash(one, signed=True) for one in (effect.customers_kept, effect.experience))
    if not isinstance(payoff, Payoff):
        return (effect.asked.name, *(DASH,) * 5, *people)
    back = "never in most draws" if payoff.payback_months is None else f"{payoff.payback_months:.0f}"
    return (
        effect.asked.name,
        figure_or_dash(effect.npv),
        say_chance(payoff.probability),
        say_chance(payoff.allowing_for_doubt),
        back,
        say_break_even(effect, payoff),
        *people,
    )


def _budget(changes: Changes, currency: str, months: int) -> tuple[Section, ...]:
    choice = changes.budget
    if choice is None:
        return ()
    if isinstance(choice, NotEstimable):
        return (Section("budget", BUDGET, (), (), (f"Cannot be told: {choice.reason}. Needs: {choice.needs}.",)),)
    columns: tuple[tuple[str, Kind], ...] = (("Change", "text"), ("Taken", "text"), ("Taken in draws", "text"))
    rows = tuple((name, "yes" if name in choice.taken else "no", say_chance(share)) for name, share in choice.often)
    error = ""
    if not isinstance(choice.npv, NotEstimable) and len(choice.taken) > 1:
        error = (
            f"The choice counts changes alone and two together, which comes to {money(choice.by_pairs, currency)};"
            f" all those taken, projected at once, come to {money(choice.npv.point, currency)}."
        )
    notes = (*say_budget(choice, currency=currency, months=months), *([error] if error else []))
    return (Section("budget", BUDGET, columns, rows, notes),)
