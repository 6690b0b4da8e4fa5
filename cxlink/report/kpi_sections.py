"""Which score tells who leaves and what they pay, as a section of plain cells and as one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import KpiGain, KpiRace, Kpis
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.hiding import show_count
from cxlink.report.section import Kind, Section, Value

TITLE = "Which score tells who leaves and what they pay"
NOTE = (
    "Share explained: of what is uncertain about the outcome, what the score explains beyond the base, learnt on"
    " earlier days and judged on later customers; 0 adds nothing, below 0 predicts worse. Luck, p: how easily luck"
    " alone would make what came follow what one of so many scores said; a score is said to add where that is below"
    " 0.05 and the share above 0. Evidence: descriptive (D). What not to"
    " conclude: a score that tells who leaves is a sign of it, not a lever. That a score adds nothing here does"
    " not say that what it asks about costs nothing: for that, see Components. Attributes are those exported today."
)
MOST_PAIRS = 3


def build_kpi_section(kpis: Kpis | NotEstimable, *, published: bool) -> Section:
    """Show what each KPI adds to the prediction of leaving and of revenue.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    Section
        Without rows where there is a refusal.
    """
    if isinstance(kpis, NotEstimable):
        return Section("kpis", TITLE, (), (), (f"Cannot be told: {kpis.reason}. Needs: {kpis.needs}.",))
    columns: tuple[tuple[str, Kind], ...] = (
        ("Outcome, score", "text"),
        ("Share explained, %", "text"),
        ("Luck, p", "text"),
        ("Customers", "text"),
    )
    rows = tuple(_row(race, one, published=published) for race in kpis.races for one in race.gains)
    told = (line for race in kpis.races for line in _say(race, kpis.adjusted_for, published=published))
    dashes = explain_dashes(dict.fromkeys(one.gain for race in kpis.races for one in race.gains))
    return Section("kpis", TITLE, columns if rows else (), rows, (*told, *((NOTE,) if rows else ()), *dashes))


def say_kpis(kpis: Kpis | NotEstimable) -> str:
    """Say in one line which scores tell of leaving.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    str
        Empty where that cannot be told.
    """
    if isinstance(kpis, NotEstimable):
        return ""
    return next((_verdict(race, kpis.adjusted_for) for race in kpis.races if race.refusal is None), "")


def name_kpi(kpi: str, form: str = "score") -> str:
    """Name a KPI as people do.

    Parameters
    ----------
    kpi : str
        Such as ``nps`` or ``rating_delivery``.
    form : str, default "score"
        ``classes`` for detractors, passives and promoters.

    Returns
    -------
    str
        Such as ``NPS``, or ``rating of delivery``.
    """
    first, *rest = kpi.split(" about ", maxsplit=1)
    named = f"rating of {first.removeprefix('rating_')}" if first.startswith("rating_") else first.upper()
    named += "".join(f" about {component}" for component in rest)
    return f"{named} by classes" if form == "classes" else named


def _row(race: KpiRace, one: KpiGain, *, published: bool) -> tuple[Value, ...]:
    gain = one.gain
    customers = show_count(gain.n, published=published) if isinstance(gain, Estimate) else "-"
    named = f"{race.outcome}: {name_kpi(one.kpi, one.form)}"
    p_value = "-" if one.p_value is None else _show_p(one.p_value)
    return (named, figure_or_dash(gain, times=100, signed=True), p_value, customers)


def _show_p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _say(race: KpiRace, adjusted_for: tuple[str, ...], *, published: bool) -> Iterator[str]:
    if race.refusal is not None:
        yield f"{race.outcome.capitalize()}: cannot be told: {race.refusal.reason}. Needs: {race.refusal.needs}."
        return
    yield _verdict(race, adjusted_for)
    customers, leavers = (show_count(count, published=published) for count in (race.customers, race.leavers))
    days = ", ".join(day.isoformat() for day in race.judged_on)
    whose = "the same customers for all scores" if race.same_respondents else "the most that one score has"
    base = _list(_base(adjusted_for))
    yield (
        f"{race.outcome.capitalize()}: {customers} customers ({whose}; {leavers} left), judged on {days}, each time"
        f" over {race.months} months. Alone, {base} {_explains(race.base, plural=bool(adjusted_for))}."
    )
    if not race.same_respondents:
        yield (
            f"{race.outcome.capitalize()}: too few gave every score, so that each row is of those who gave it. Rows do"
            " not compare; only scores of the same customers do, pair by pair."
        )
    yield from _say_pairs(race)


def _explains(base: Answer, *, plural: bool) -> str:
    known, verb = figure_or_dash(base, times=100), "explain" if plural else "explains"
    shows = isinstance(base, Estimate) and base.low > 0
    return f"{verb} {known} percent" if shows else f"{verb} nothing that shows ({known} percent)"


def _verdict(race: KpiRace, adjusted_for: tuple[str, ...]) -> str:
    base = _list(_base(adjusted_for))
    months = f"{race.months} months" if race.months > 1 else "a month"
    what = f"who leaves within {months}" if race.outcome == "leaving" else f"what they will pay over {months}"
    told = [one for one in race.gains if isinstance(one.gain, Estimate)]
    names = list(dict.fromkeys(name_kpi(one.kpi) for one in told))
    adding = list(dict.fromkeys(name_kpi(one.kpi) for one in told if one.adds))
    if not adding:
        none = f"None of {_list(names)} adds" if len(names) > 1 else f"{_list(names)} adds nothing that shows"
        return f"{none} to {base} in telling {what}."
    rest = [name for name in names if name not in adding]
    best = next(one for one in told if one.adds)
    more = figure_or_dash(best.gain, times=100, signed=True)
    others = f" {_list(rest)} {'do' if len(rest) > 1 else 'does'} not, as far as can be told." if rest else ""
    verb = "tell" if len(adding) > 1 else "tells"
    most = f", {name_kpi(best.kpi)} most" if len(adding) > 1 else ""
    return f"{_list(adding)} {verb} {what} beyond {base}{most}: {more} percent of what is uncertain.{others}"


def _say_pairs(race: KpiRace) -> Iterator[str]:
    clear = [one for one in race.pairs if one.p_value is not None and one.p_value < 0.05]
    if race.pairs and not clear:
        yield f"{race.outcome.capitalize()}: no score tells reliably more than another, among those who gave both."
    for one in sorted(clear, key=lambda pair: pair.p_value or 0.0)[:MOST_PAIRS]:
        if isinstance(one.difference, NotEstimable):
            continue
        more, less = (one.first, one.second) if one.difference.point > 0 else (one.second, one.first)
        yield (
            f"{race.outcome.capitalize()}: {name_kpi(more)} tells more than {name_kpi(less)} (p"
            f" {_show_p(one.p_value or 0.0)}, {one.difference.n:,} customers who gave both)."
        )


def _base(adjusted_for: tuple[str, ...]) -> list[str]:
    return ["tenure", *adjusted_for]


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
