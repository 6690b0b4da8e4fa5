"""What in the journey moves the score: every KPI that has answers, each component in several ways, and ratings."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ComponentDriver, Drivers, KpiDrivers, Linked, Message, OddsCheck, ScoreContrast
from cxlink.impact.answers import Drawn, answer
from cxlink.impact.driver_contrasts import (
    compare_all,
    compare_like_for_like,
    fit_within_customers,
    misleads,
    tell_difference,
)
from cxlink.impact.driver_odds import fit_ordered
from cxlink.impact.driver_ratings import describe_ratings
from cxlink.impact.driver_rows import DriverRows, estimate_level
from cxlink.impact.experience import Kpi, choose_kpi, fit_experience, gather_answers
from cxlink.impact.labelled import CORRECTED, Labels, find_labels
from cxlink.settings import Settings

KPIS: tuple[Kpi, ...] = ("nps", "csat", "ces")
LINEAR = "least squares, adjusted for attributes, tenure and calendar; clustered by customer"


def find_drivers(linked: Linked, settings: Settings, *, weights: np.ndarray, rng: np.random.Generator) -> Drivers:
    """Find what goes with each KPI, and how strong the evidence is.

    Parameters
    ----------
    linked : Linked
        Timelines.
    settings : Settings
        KPI of the run, and how long an incident counts.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        Draws customers and orders where there are very many.

    Returns
    -------
    Drivers
        One table a KPI that has answers, that of the run first.
    """
    first = choose_kpi(linked, settings.model.kpi)
    has_answers = [kpi for kpi in KPIS if bool(linked.responses[kpi].notna().to_numpy().any())]
    labels = find_labels(linked)
    tables: list[KpiDrivers] = []
    messages: list[Message] = []
    for kpi in sorted(has_answers, key=lambda one: one != first):
        data = DriverRows.of(linked, kpi, settings.model.exposure_days)
        linear = _fit_linear(linked, data, labels, weights, settings.model.exposure_days)
        ordinal, odds = fit_ordered(data, weights, rng)
        components, misled = _compare(data, linear, ordinal, odds)
        ratings = describe_ratings(linked, data, weights, rng)
        tables.append(
            KpiDrivers(
                kpi=kpi,
                unit=data.unit,
                answers=len(data.rows.value),
                customers=len(np.unique(data.rows.cluster)),
                level=estimate_level(linked, kpi, data.answers),
                components=components,
                ratings=ratings,
            )
        )
        messages += [*_say_strays(kpi, components), *_say_misled(kpi, misled)]
    return Drivers(settings.model.exposure_days, tuple(tables), tuple(messages))


def _fit_linear(
    linked: Linked, data: DriverRows, labels: Labels | None, weights: np.ndarray, exposure_days: int
) -> tuple[Answer, ...]:
    """The regression of the run, with its labels."""
    if labels is None:
        fit = fit_experience(linked, data.answers, weights)
    else:
        said = gather_answers(labels.linked, data.kpi, exposure_days)
        fit = fit_experience(linked, data.answers, weights, said=said, label_weights=labels.weights)
    method = f"{LINEAR}; {CORRECTED}" if fit.labels == "" else LINEAR
    return tuple(
        answer(
            Drawn(float(fit.point[place]), fit.draws[:, place]),
            refusal,
            unit=data.unit,
            n=fit.n_clusters,
            events=int(data.rows.exposed[:, place].sum()),
            method=method,
        )
        for place, refusal in enumerate(fit.refusals)
    )


def _compare(
    data: DriverRows,
    linear: tuple[Answer, ...],
    ordinal: tuple[Answer, ...],
    odds: tuple[OddsCheck | NotEstimable, ...],
) -> tuple[tuple[ComponentDriver, ...], list[str]]:
    within = fit_within_customers(data)
    found, misled = [], []
    for place, name in enumerate(data.components):
        plain, same = compare_all(data, place), compare_like_for_like(data, place)
        if misleads(plain, same):
            misled.append(name)
        met = data.rows.exposed[:, place]
        found.append(
            ComponentDriver(
                component=name,
                answers=int(met.sum()),
                customers=len(np.unique(data.rows.cluster[met])),
                contrasts=(
                    ScoreContrast("difference", "D", tell_difference(plain, data.unit)),
                    ScoreContrast("like_for_like", "B", tell_difference(same, data.unit)),
                    ScoreContrast("within", "B", within[place]),
                    ScoreContrast("adjusted", "C", linear[place]),
                    ScoreContrast("ordinal", "C", ordinal[place]),
                ),
                odds=odds[place],
            )
        )
    return tuple(found), misled


def _say_strays(kpi: Kpi, components: tuple[ComponentDriver, ...]) -> list[Message]:
    strays = {one.component: one.odds.strays for one in components if isinstance(one.odds, OddsCheck)}
    told = [f"{name} (from {', '.join(f'{cut:.1f}' for cut in cuts)} up)" for name, cuts in strays.items() if cuts]
    if not told:
        return []
    return [
        Message(
            "CX520",
            "info",
            "drivers",
            f"{kpi.upper()}: incidents do not shift all answers alike: {'; '.join(told)}.",
            "Read the other columns of these components; that of ordered answers is an average.",
        )
    ]


def _say_misled(kpi: Kpi, names: list[str]) -> list[Message]:
    if not names:
        return []
    return [
        Message(
            "CX521",
            "info",
            "drivers",
            f"{kpi.upper()}: the plain difference of {', '.join(names)} is not that of the same customers: those who"
            " meet it score otherwise anyway, or those who answered twice are not like the rest.",
            "Read the columns of the same customers, for customers like those.",
        )
    ]
