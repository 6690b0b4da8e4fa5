"""What goes with each score, as sections of plain cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ComponentDriver, Drivers, KpiDrivers, OddsCheck, RatedTouchpoint, RatingDrivers
from cxlink.handoff.drivers import Way
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.component_table import EVIDENCE
from cxlink.report.numbers import format_share, round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import show_count

COLUMNS: tuple[tuple[Way, str], ...] = (
    ("difference", "All answers (D)"),
    ("like_for_like", "Same customers (B)"),
    ("within", "Same, adjusted (B)"),
    ("adjusted", "All, adjusted (C)"),
    ("ordinal", "As ordered (C)"),
)
NOTE = (
    "Same customers: those who answered both after an incident and without one, so that what they are like is out."
    " Adjusted: jointly with the other components, tenure and calendar, and among all customers with attributes; as"
    " ordered: likewise, by a model of ordered answers, for those who met one. Where all answers and the same customers"
    " differ much, those who meet it score otherwise anyway, or those who answer twice are not like the rest. Evidence:"
    " the best that there is. What not to conclude: rows do not add up, and none says what a fix would bring; for that,"
    " see Components. Order: by All, adjusted."
)
NO_RATING = "no answer rates a touchpoint"
SHARE_NOTE = (
    "Evidence: descriptive (D). A share of variance is not what a change would bring: it is small wherever nearly all"
    " rate alike, and one person gives rating and score at the same moment. No money follows from it. Not rated counts"
    " as not met; nothing is filled in."
)
CLASS_NOTE = (
    "Penalty: a low rating goes with more points lost than a high one with points gained; reward: the other way round;"
    " both alike: neither by more than a quarter of what lies between. Otherwise the answers do not settle it."
)


def build_driver_sections(drivers: Drivers | NotEstimable, *, published: bool) -> tuple[Section, ...]:
    """Show each KPI's level and what goes with it.

    Parameters
    ----------
    drivers : Drivers or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        One a KPI, and one more where touchpoints are rated; one without rows where there is a refusal.
    """
    if isinstance(drivers, NotEstimable) or not drivers.kpis:
        why = (
            drivers
            if isinstance(drivers, NotEstimable)
            else NotEstimable("no answer bears a score", "nps, csat or ces in feedback")
        )
        note = f"Cannot be told: {why.reason}. Needs: {why.needs}."
        return (Section("drivers", "What moves the score", (), (), (note,)),)
    found: list[Section] = []
    for one in drivers.kpis:
        found.append(_incidents(one, drivers.exposure_days, first=not found, published=published))
        if isinstance(one.ratings, RatingDrivers):
            found.append(_ratings(one, one.ratings, published=published))
    return tuple(found)


def _incidents(one: KpiDrivers, exposure_days: int, *, first: bool, published: bool) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component", "text"),
        ("Answered after", "text"),
        *((label, "text") for _, label in COLUMNS),
        ("Evidence", "prose"),
    )
    told = f": {round_estimate(one.level).text}" if isinstance(one.level, Estimate) else ""
    answers = show_count(one.answers, published=published)
    customers = show_count(one.customers, published=published)
    what = (
        f"{one.unit} after an incident of the last {exposure_days} days less those without one: below zero, the score"
        " is lower after one."
    )
    notes = [f"{what} {NOTE}" if first else what, *_odds_notes(one.components), *_dash_notes(one.components)]
    if isinstance(one.ratings, NotEstimable) and one.ratings.reason != NO_RATING:
        notes.append(f"Ratings of touchpoints tell nothing: {one.ratings.reason}. Needs: {one.ratings.needs}.")
    title = f"What moves {one.kpi.upper()}{told}; {answers} answers of {customers} known customers"
    told_of = sorted((driver for driver in one.components if _grades(driver)), key=_order)
    rows = tuple(_row(driver, published=published) for driver in told_of)
    return Section(f"drivers-{one.kpi}", title, columns, rows, tuple(notes))


def _grades(driver: ComponentDriver) -> list[Literal["B", "C", "D"]]:
    return sorted(one.grade for one in driver.contrasts if isinstance(one.answer, Estimate))


def _order(driver: ComponentDriver) -> tuple[float, str]:
    """By what is adjusted among all, which is the same kind of figure for every component; without it last."""
    found = next(one.answer for one in driver.contrasts if one.way == "adjusted")
    return (-abs(found.point) if isinstance(found, Estimate) else 0.0, driver.component)


def _row(driver: ComponentDriver, *, published: bool) -> tuple[Value, ...]:
    by_way = {one.way: one.answer for one in driver.contrasts}
    return (
        driver.component,
        show_count(driver.customers, published=published),
        *(figure_or_dash(by_way[way], signed=True) for way, _ in COLUMNS),
        EVIDENCE[_grades(driver)[0]],
    )


def _dash_notes(components: tuple[ComponentDriver, ...]) -> Iterator[str]:
    refused: dict[NotEstimable, list[str]] = {}
    for driver in components:
        for one in driver.contrasts:
            if isinstance(one.answer, NotEstimable) and driver.component not in refused.setdefault(one.answer, []):
                refused[one.answer].append(driver.component)
    for why, names in refused.items():
        yield f"- of {', '.join(names)}: {why.reason}. Needs: {why.needs}."


def _odds_notes(components: tuple[ComponentDriver, ...]) -> Iterator[str]:
    strays = [
        f"{one.component} (from {', '.join(f'{cut:g}' for cut in one.odds.strays)} up)"
        for one in components
        if isinstance(one.odds, OddsCheck) and one.odds.strays
    ]
    if strays:
        yield (
            "As ordered answers, an incident is taken to shift all answers alike (proportional odds). That does not"
            f" hold for {', '.join(strays)}: there that column is an average over unlike shifts."
        )


def _ratings(one: KpiDrivers, ratings: RatingDrivers, *, published: bool) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (
        ("Touchpoint", "text"),
        ("Rated by", "text"),
        ("Mean rating", "text"),
        ("Of variance, %", "text"),
        ("Place", "text"),
        (f"Low, {one.unit}", "text"),
        (f"High, {one.unit}", "text"),
        ("Class", "text"),
    )
    rows = tuple(_touchpoint(rated, published=published) for rated in ratings.touchpoints)
    title = (
        f"Ratings beside {one.kpi.upper()}: {show_count(ratings.answers, published=published)} answers of"
        f" {show_count(ratings.customers, published=published)} customers"
    )
    return Section(f"ratings-{one.kpi}", title, columns, rows, tuple(_rating_notes(ratings, published=published)))


def _touchpoint(rated: RatedTouchpoint, *, published: bool) -> tuple[Value, ...]:
    place = "-"
    if rated.rank_best is not None and rated.rank_worst is not None:
        same = rated.rank_best == rated.rank_worst
        place = f"{rated.rank_best}" if same else f"{rated.rank_best}-{rated.rank_worst}"
    kind = "-" if rated.kind == "undetermined" else rated.kind
    return (
        rated.component,
        show_count(rated.customers, published=published),
        figure_or_dash(rated.mean),
        figure_or_dash(rated.share, times=100),
        place,
        figure_or_dash(rated.low_rating, signed=True),
        figure_or_dash(rated.high_rating, signed=True),
        kind,
    )


def _rating_notes(ratings: RatingDrivers, *, published: bool) -> Iterator[str]:
    yield (
        f"Ratings go with {format_share(ratings.r2 - ratings.r2_others)} of the variance of the score, beyond the"
        f" {format_share(ratings.r2_others)} of attributes, tenure and calendar; the column shares it out among the"
        f" touchpoints, and Place says which places cannot be ruled out. {SHARE_NOTE}"
    )
    if ratings.low is not None:
        yield (
            f"Low: a rating up to {ratings.low:g}, high: one from {ratings.high:g}, each against those between; cuts"
            f" chosen by the scale, not by the score. {CLASS_NOTE}"
        )
    shaky = [one.component for one in ratings.touchpoints if one.kind != "undetermined" and one.stable is False]
    if shaky:
        yield f"With a cut one step aside the class is another, so do not build on it: {', '.join(shaky)}."
    untried = [one.component for one in ratings.touchpoints if one.kind != "undetermined" and one.stable is None]
    if untried:
        yield f"Too few rated it otherwise to try other cuts: {', '.join(untried)}."
    if ratings.unrated:
        yield f"{show_count(ratings.unrated, published=published)} answers rate nothing and are left out."
    yield from (f"{name} is left out: {why.reason}. Needs: {why.needs}." for name, why in ratings.left_out)
    refusals = dict.fromkeys(one.balance for one in ratings.touchpoints)
    yield from explain_dashes(refusals)
