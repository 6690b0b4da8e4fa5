"""Open tickets, low scores that wait for an answer, and what followed answers, as sections and as one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import AfterAnswers, ClosedLoop, LowAnswers
from cxlink.handoff.loop import AGES
from cxlink.report.cell_texts import figure_or_dash
from cxlink.report.hiding import show_count
from cxlink.report.section import Kind, Section

TITLE = "Closed loop: what is open, and who waits"
CAUSE_TITLE = "Open tickets of the causes that reach most customers"
NOTE = (
    "Open: opened and not closed by the cut-off, whenever it was opened. A ticket of several components counts in each."
)
PROXY = (
    " Answers are not exported: a ticket of the customer, opened or closed up to 14 days after the score, stands for"
    " one. It can be the customer's own complaint, and a call leaves none."
)
AFTER_NOTE = (
    "What not to conclude: that answering changed it. Staff choose whom to answer, so those answered may differ in what"
    " moves scores and leaving. Low scores rise by themselves (regression to the mean), for both alike at equal low"
    " scores; the difference is free of that, not of the choice. Evidence: descriptive (D)."
)


def build_loop_sections(loop: ClosedLoop | NotEstimable, *, published: bool) -> tuple[Section, ...]:
    """Show what is open, who waits, and what followed answers.

    Parameters
    ----------
    loop : ClosedLoop or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        Without rows where the exports do not tell.
    """
    if isinstance(loop, NotEstimable):
        return (Section("closed_loop", TITLE, (), (), (_refuse("Cannot be told", loop),)),)
    columns: tuple[tuple[str, Kind], ...] = (
        ("Open tickets", "text"),
        *((name, "text") for name in AGES),
        ("Together", "text"),
    )
    rows = tuple(
        (one.component, *(show_count(count, published=published) for count in (*one.ages, one.total)))
        for one in loop.open
    )
    notes = (*_notes(loop, published=published), *((NOTE,) if rows else ()))
    main = Section("closed_loop", TITLE, columns if rows else (), rows, notes)
    if not loop.causes:
        return (main,)
    of_causes: tuple[tuple[str, Kind], ...] = (
        ("Component, cause", "text"),
        ("Customers reached", "text"),
        ("Tickets", "text"),
        ("Open", "text"),
    )
    told = tuple(
        (
            f"{one.component}, {one.cause}",
            *(show_count(count, published=published) for count in (one.customers, one.tickets, one.open)),
        )
        for one in loop.causes
    )
    return (main, Section("open_causes", CAUSE_TITLE, of_causes, told))


def say_loop(loop: ClosedLoop | NotEstimable, *, published: bool) -> str:
    """Say in one line what is open and who was answered.

    Parameters
    ----------
    loop : ClosedLoop or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    str
        Empty where neither can be told.
    """
    if isinstance(loop, NotEstimable):
        return ""
    parts = []
    if loop.open:
        total, old = (show_count(count, published=published) for count in (loop.open[0].total, loop.open[0].ages[-1]))
        parts.append(f"{total} tickets are open, {old} for over 30 days")
    if isinstance(loop.low, LowAnswers) and loop.low.given:
        parts.append(_say_low(loop.low, published=published))
    return "; ".join(parts) + "." if parts else ""


def _say_low(low: LowAnswers, *, published: bool) -> str:
    in_time, given = (show_count(count, published=published) for count in (low.in_time, low.given))
    who = "detractors" if low.kpi == "nps" else "low scores"
    guessed = " (by their tickets)" if low.by_proxy else ""
    return (
        f"{in_time} of {given} {who} of {low.look_back_days} days were answered within {low.within_days} days{guessed}"
    )


def _notes(loop: ClosedLoop, *, published: bool) -> Iterator[str]:
    if loop.open_refusal is not None:
        yield _refuse("Open tickets cannot be counted", loop.open_refusal)
    low = loop.low
    if isinstance(low, NotEstimable):
        yield _refuse("Answers to low scores cannot be told", low)
    else:
        waiting = show_count(low.waiting, published=published)
        yield f"{_say_low(low, published=published)}; {waiting} have no answer yet.{PROXY if low.by_proxy else ''}"
        yield (
            f"Share answered within {low.within_days} days, those given last counted for as long as they were followed,"
            f" %: {_show(low.share, times=100)}. Days until half are answered: {_show(low.median_days)}."
        )
    yield from _say_after(loop.after, published=published)


def _say_after(after: AfterAnswers | NotEstimable, *, published: bool) -> Iterator[str]:
    if isinstance(after, NotEstimable):
        return
    answered, others = (show_count(count, published=published) for count in (after.answered, after.others))
    unit = f" {after.score.unit}" if isinstance(after.score, Estimate) else ""
    yield (
        f"Of all low scores, {answered} were answered within 14 days and {others} not. Their next score, answered less"
        f" not: {_show(after.score, signed=True)}{unit}. Left within 90 days after, percentage points:"
        f" {_show(after.leaving, times=100, signed=True)}."
    )
    yield AFTER_NOTE


def _show(answer: Answer, *, times: int = 1, signed: bool = False) -> str:
    if isinstance(answer, NotEstimable):
        return f"cannot be told ({answer.reason})"
    return figure_or_dash(answer, times=times, signed=signed)


def _refuse(what: str, why: NotEstimable) -> str:
    return f"{what}: {why.reason}.{f' Needs: {why.needs}.' if why.needs else ''}"
