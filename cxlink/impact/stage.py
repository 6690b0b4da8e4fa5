"""The stage: effects of each component alone, of a tenth of its incidents, and of all together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, ComponentEffect, Impact, JointEffect, Linked, Loaded, Message
from cxlink.impact.answers import Drawn, answer, first_refusal, overlap_of
from cxlink.impact.costs import ServingCost, fit_serving_cost
from cxlink.impact.experience import (
    Answers,
    ExperienceFit,
    choose_kpi,
    fit_experience,
    frame_of_means,
    gather_answers,
    mean_with_interval,
)
from cxlink.impact.gcomp import COST, CUSTOMERS, EXPERIENCE, REVENUE, Contrasts, Fits, Projector, build_base
from cxlink.impact.incidence import fit_incidence
from cxlink.impact.prices import PriceEffect, fit_price_effect
from cxlink.impact.ranks import rank_intervals
from cxlink.settings import Settings

KPI_UNITS = {"nps": "NPS points", "csat": "CSAT points", "ces": "CES points"}
QUANTITIES = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
ANSWERED_CONCERN = 0.9
NO_OVERLAP = NotEstimable("fewer than two components have an effect to overlap", "more components with an effect")
ANSWERED = (
    "regression among those who answered, carried over to all; holds only if answering does not hang on the score"
)
OBSERVED = "mean over observed responses, without incidents minus as is; regression clustered by customer"
COSTED = "cost of the component's tickets for each incident, times the incidents that would not happen"


def estimate_impact(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    *,
    weights: np.ndarray,
    rng: np.random.Generator,
    progress: Callable[[float], None],
) -> Impact:
    """Effects of each component over the customers active at the cut-off.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For what the costs export says of avoidable shares.
    churn : ChurnFit
        Fitted hazards, or why there are none.
    settings : Settings
        Finance, KPI, horizon and exposure.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all fitted parts.
    rng : Generator
        For the simulated futures.
    progress : callable
        Told the share done, 0..1.

    Returns
    -------
    Impact
        An answer in every cell.
    """
    model = settings.model
    kpi = choose_kpi(linked, model.kpi)
    unit = KPI_UNITS[kpi]
    answers = gather_answers(linked, kpi, model.exposure_days)
    experience = fit_experience(linked, answers, weights)
    base = build_base(linked, model.exposure_days)
    level = mean_with_interval(answers.value, answers.cluster, unit, "mean of all answers, clustered by customer")
    if len(base.customer) == 0:
        return _without_population(linked, churn, kpi, answers, experience, level)
    fits = Fits(
        hazards=churn.model,
        incidence=tuple(fit_incidence(linked, name, weights) for name in linked.components),
        prices=_where_churn_is_known(fit_price_effect(linked, weights), linked, churn),
        costs=fit_serving_cost(linked, settings.finance, _avoidable_shares(loaded), weights),
        experience=experience,
    )
    projector = Projector(
        base,
        fits,
        n_months=model.horizon_months,
        exposure_days=model.exposure_days,
        discount_rate=settings.finance.discount_rate,
    )
    point = projector.point(rng)
    draws = []
    for number in range(len(weights)):
        draws.append(projector.draw(number, rng))
        progress((number + 1) / len(weights))
    table = _Table(linked, churn, settings, fits, point, draws, unit, len(base.customer), answers)
    means = frame_of_means(linked, answers, unit)
    components = [
        table.component(place, means["after"].iloc[place], means["otherwise"].iloc[place])
        for place in range(len(linked.components))
    ]
    n_unpriced = int((base.price == 0).sum())
    return Impact(
        kpi=kpi,
        kpi_unit=unit,
        population=len(base.customer),
        components=tuple(components),
        joint=table.joint(),
        overlap=table.overlap(),
        experience_level=level,
        messages=(
            *_messages(n_unpriced, len(base.customer), linked, fits.costs),
            *_silent_message(linked, answers),
            *_left_out_message(churn, linked, experience),
        ),
    )


class _Table:
    """Cells of the component table, from the contrasts of the point and of every draw."""

    def __init__(
        self,
        linked: Linked,
        churn: ChurnFit,
        settings: Settings,
        fits: Fits,
        point: Contrasts,
        draws: list[Contrasts],
        unit: str,
        n: int,
        answers: Answers,
    ) -> None:
        self._exposed_answers = answers.exposed[answers.cluster >= 0].sum(axis=0)
        self._silent = bool(_silent_message(linked, answers))
        self._linked, self._churn, self._settings, self._fits = linked, churn, settings, fits
        self._point, self._draws, self._unit, self._n = point, draws, unit, n
        priced = linked.customers.loc[linked.customers["active"], "monthly_price"].notna().any()
        self._no_price = (
            None if priced else NotEstimable("no active customer has a recurring charge", "revenue of kind recurring")
        )
        self._no_margin = (
            None
            if settings.finance.gross_margin is not None
            else NotEstimable("no gross margin is given", "[finance] gross_margin")
        )
        self._ranks = self._rank()

    def component(self, place: int, after: Answer, otherwise: Answer) -> ComponentEffect:
        name = self._linked.components[place]
        incidents = self._linked.incidents
        rows = incidents.loc[(incidents["component"] == name) & (incidents["incident_day"] >= self._linked.from_day)]
        alone = self._answers(lambda contrasts: contrasts.alone[place], place)
        share = self._answers(lambda contrasts: contrasts.shapley[place], place)
        best, worst = self._ranks.get(place, (None, None))
        return ComponentEffect(
            component=name,
            incidents=len(rows),
            customers_reached=int(rows["customer"].nunique()),
            hazard_ratio=self._churn.hazard_ratios[name],
            experience=alone["experience"],
            customers_kept=alone["customers_kept"],
            revenue_kept=alone["revenue_kept"],
            margin_kept=alone["margin_kept"],
            cost_saved=alone["cost_saved"],
            net_benefit=alone["net_benefit"],
            tenth=self._answers(lambda contrasts: contrasts.tenth[place], place),
            joint_share={key: share[key] for key in ("margin_kept", "cost_saved", "net_benefit", "experience")},
            seen_after=after,
            seen_otherwise=otherwise,
            rank_best=best,
            rank_worst=worst,
            # cost of tickets is counted, not compared: it is no evidence of an effect
            grade=_grade(alone[key] for key in ("customers_kept", "revenue_kept", "experience")),
            warnings=self._warnings(place),
        )

    def joint(self) -> JointEffect:
        found = self._answers(lambda contrasts: contrasts.joint, None)
        return JointEffect(**{key: found[key] for key in QUANTITIES})

    def overlap(self) -> JointEffect:
        joint, refused = self._drawn(lambda contrasts: contrasts.joint), self._refusals(None)
        places = range(len(self._linked.components))
        alone = [self._drawn(lambda contrasts, place=place: contrasts.alone[place]) for place in places]  # type: ignore[misc]
        refusals = [self._refusals(place) for place in places]
        found = {}
        for key in QUANTITIES:
            parts = [alone[place][key] for place in places if refusals[place][key] is None]
            refusal = refused[key] if len(parts) > 1 else NO_OVERLAP
            total = overlap_of(joint[key], parts) if parts else joint[key]
            found[key] = self._answer(key, total, refusal, None)
        return JointEffect(**found)

    def _units(self) -> dict[str, str]:
        money = dict.fromkeys(
            ("revenue_kept", "margin_kept", "cost_saved", "net_benefit"), self._settings.project.currency
        )
        return money | {"customers_kept": "customers", "experience": self._unit}

    def _answers(self, of: Callable[[Contrasts], np.ndarray], place: int | None) -> Mapping[str, Answer]:
        drawn = self._drawn(of)
        refused = self._refusals(place)
        return {key: self._answer(key, drawn[key], refused[key], place) for key in QUANTITIES}

    def _answer(self, key: str, drawn: Drawn, refusal: NotEstimable | None, place: int | None) -> Answer:
        """Put beside each number what it rests on: churners, tickets or answers."""
        unit, fits = self._units()[key], self._fits
        chosen = slice(None) if place is None else slice(place, place + 1)
        if key == "cost_saved":
            n, events = int(fits.costs.customers[chosen].max(initial=0)), int(fits.costs.tickets[chosen].sum())
            return answer(drawn, refusal, unit=unit, n=n, events=events, method=COSTED)
        if key == "experience":
            events = int(self._exposed_answers[chosen].sum())
            return answer(drawn, refusal, unit=unit, n=fits.experience.n_clusters, events=events, method=ANSWERED)
        return answer(drawn, refusal, unit=unit, n=self._n, events=self._events(place))

    def _drawn(self, of: Callable[[Contrasts], np.ndarray]) -> dict[str, Drawn]:
        point, draws = of(self._point), np.array([of(one) for one in self._draws])
        margin_rate = self._settings.finance.gross_margin or 0.0
        revenue = Drawn(float(point[REVENUE]), draws[:, REVENUE])
        cost = Drawn(float(point[COST]), draws[:, COST])
        margin = revenue.times(margin_rate)
        return {
            "customers_kept": Drawn(float(point[CUSTOMERS]), draws[:, CUSTOMERS]),
            "revenue_kept": revenue,
            "margin_kept": margin,
            "cost_saved": cost,
            "net_benefit": margin.plus(cost),
            "experience": Drawn(float(point[EXPERIENCE]), draws[:, EXPERIENCE]),
        }

    def _refusals(self, place: int | None) -> dict[str, NotEstimable | None]:
        churn = self._churn_refusal(place)
        revenue = first_refusal(churn, self._linked.money_refusal, self._no_price)
        margin = first_refusal(revenue, self._no_margin)
        cost = _refusal_of(self._fits.costs.refusals, place)
        experience = _refusal_of(self._fits.experience.refusals, place)
        return {
            "customers_kept": churn,
            "revenue_kept": revenue,
            "margin_kept": margin,
            "cost_saved": cost,
            "net_benefit": first_refusal(margin, cost),
            "experience": experience,
        }

    def _churn_refusal(self, place: int | None) -> NotEstimable | None:
        ratios = self._churn.hazard_ratios
        if place is not None:
            ratio = ratios[self._linked.components[place]]
            return ratio if isinstance(ratio, NotEstimable) else None
        if self._churn.refusal is not None:
            return self._churn.refusal
        return _refusal_of([ratio if isinstance(ratio, NotEstimable) else None for ratio in ratios.values()], None)

    def _events(self, place: int | None) -> int:
        if place is None:
            return self._churn.events
        return self._churn.exposed_events[self._linked.components[place]]

    def _rank(self) -> dict[int, tuple[int, int]]:
        places = [
            place for place in range(len(self._linked.components)) if self._refusals(place)["net_benefit"] is None
        ]
        if not places:
            return {}
        drawn = [self._drawn(lambda contrasts, place=place: contrasts.alone[place])["net_benefit"] for place in places]  # type: ignore[misc]
        best, worst = rank_intervals(
            np.array([one.point for one in drawn]), np.column_stack([one.draws for one in drawn])
        )
        return {place: (int(best[row]), int(worst[row])) for row, place in enumerate(places)}

    def _warnings(self, place: int) -> tuple[str, ...]:
        found = []
        name = self._linked.components[place]
        if not self._linked.covariate_names:
            found.append("CX402")
        if (self._linked.incidents.loc[self._linked.incidents["component"] == name, "table"] == "feedback").any():
            found.append("CX212")
        if self._churn_refusal(place) is None and not self._fits.prices.estimable[place]:
            found.append("CX501")
        if self._silent and self._fits.experience.refusals[place] is None:
            found.append("CX505")
        return tuple(found)


def _without_population(
    linked: Linked, churn: ChurnFit, kpi: str, answers: Answers, fit: ExperienceFit, level: Answer
) -> Impact:
    """Experience over observed responses; everything else needs customers who are active."""
    unit = KPI_UNITS[kpi]
    refused = linked.churn_refusal or NotEstimable("nobody is active at the cut-off", "customers still active")
    used = answers.cluster >= 0
    exposed = answers.exposed[used].mean(axis=0) if used.any() else np.zeros(len(linked.components))
    gains = [Drawn(-fit.point[p] * exposed[p], -fit.draws[:, p] * exposed[p]) for p in range(len(linked.components))]
    means = frame_of_means(linked, answers, unit)
    components = []
    for place, name in enumerate(linked.components):
        rows = linked.incidents.loc[
            (linked.incidents["component"] == name) & (linked.incidents["incident_day"] >= linked.from_day)
        ]
        events = int(answers.exposed[used, place].sum())

        def gain(factor: float, place: int = place, events: int = events) -> Answer:
            return answer(
                gains[place].times(factor),
                fit.refusals[place],
                unit=unit,
                n=fit.n_clusters,
                events=events,
                method=OBSERVED,
            )

        tenth: dict[str, Answer] = dict.fromkeys(QUANTITIES, refused)
        components.append(
            ComponentEffect(
                component=name,
                incidents=len(rows),
                customers_reached=int(rows["customer"].nunique()),
                hazard_ratio=churn.hazard_ratios[name],
                experience=gain(1.0),
                customers_kept=refused,
                revenue_kept=refused,
                margin_kept=refused,
                cost_saved=refused,
                net_benefit=refused,
                tenth=tenth | {"experience": gain(0.1)},
                joint_share={
                    "margin_kept": refused,
                    "cost_saved": refused,
                    "net_benefit": refused,
                    "experience": gain(1.0),
                },
                seen_after=means["after"].iloc[place],
                seen_otherwise=means["otherwise"].iloc[place],
                rank_best=None,
                rank_worst=None,
                grade=_grade([gain(1.0)]),
                warnings=() if linked.covariate_names else ("CX402",),
            )
        )
    estimable = [gains[place] for place in range(len(gains)) if fit.refusals[place] is None]
    joint: Answer = NotEstimable("no component's effect on experience is estimable", "more answers after an incident")
    if estimable:
        total = estimable[0]
        for one in estimable[1:]:
            total = total.plus(one)
        joint = answer(total, None, unit=unit, n=fit.n_clusters, events=fit.n, method=OBSERVED)
    return Impact(
        kpi=kpi,  # type: ignore[arg-type]
        kpi_unit=unit,
        population=0,
        components=tuple(components),
        joint=JointEffect(joint, refused, refused, refused, refused, refused),
        overlap=JointEffect(NO_OVERLAP, refused, refused, refused, refused, refused),
        experience_level=level,
        messages=(*_silent_message(linked, answers), *_left_out_message(churn, linked, fit)),
    )


def _grade(answers: Iterable[Answer]) -> Literal["C", "D"]:
    """Adjusted where something is estimated; what remains otherwise is description."""
    return "C" if any(isinstance(one, Estimate) for one in answers) else "D"


def _avoidable_shares(loaded: Loaded) -> dict[str, float]:
    rows = loaded.engine.frame(
        "select component, max(avoidable_share) as share from costs where avoidable_share is not null"
        " group by component order by component"
    )
    return {str(name): float(share) for name, share in zip(rows["component"], rows["share"], strict=True)}


def _refusal_of(refusals: Sequence[NotEstimable | None], place: int | None) -> NotEstimable | None:
    """Refusal of one component; of all together only where every component is refused."""
    if place is not None:
        return refusals[place]
    if not refusals:
        return NotEstimable("no component has an incident", "tickets, events or comments that name a component")
    return None if any(refusal is None for refusal in refusals) else refusals[0]


def _where_churn_is_known(prices: PriceEffect, linked: Linked, churn: ChurnFit) -> PriceEffect:
    """Leave price effects out where revenue is refused, so that the joint effect holds what its components hold."""
    refused = np.array([isinstance(churn.hazard_ratios[name], NotEstimable) for name in linked.components], dtype=bool)
    return PriceEffect(
        point=np.where(refused, 0.0, prices.point),
        draws=np.where(refused, 0.0, prices.draws),
        estimable=prices.estimable & ~refused,
    )


def _messages(n_unpriced: int, n_active: int, linked: Linked, costs: ServingCost) -> tuple[Message, ...]:
    found = []
    if 0 < n_unpriced < n_active:
        found.append(
            Message(
                "CX502",
                "warning",
                "impact",
                f"{n_unpriced} of {n_active} active customers have no recurring charge; their money counts as zero.",
                "Check that revenue bears their customer_id.",
            )
        )
    refused: dict[NotEstimable, list[str]] = {}
    for name, refusal in zip(linked.components, costs.refusals, strict=True):
        if refusal is not None:
            refused.setdefault(refusal, []).append(name)
    for refusal, names in refused.items():
        whom = "" if len(names) == len(linked.components) else f" of {', '.join(names)}"
        found.append(
            Message(
                "CX503",
                "info" if not whom else "warning",
                "impact",
                f"cost saved{whom} is left out: {refusal.reason}.",
                f"Needs {refusal.needs}.",
            )
        )
    return tuple(found)


def _silent_message(linked: Linked, answers: Answers) -> tuple[Message, ...]:
    at_risk = linked.customers.loc[linked.customers["at_risk"], "customer"].to_numpy()
    if not len(at_risk) or not len(answers.value):
        return ()
    share = float(np.isin(at_risk, answers.cluster).mean())
    matched = linked.linkage.feedback_matched
    if share > ANSWERED_CONCERN or matched is None or matched < ANSWERED_CONCERN / 2:
        return ()
    return (
        Message(
            "CX505",
            "warning",
            "impact",
            f"{1 - share:.0%} of customers never answered; effects on the KPI hold if answering does not hang on it.",
            "If strong feelings make people answer, such effects are too large.",
        ),
    )


def _left_out_message(churn: ChurnFit, linked: Linked, fit: ExperienceFit) -> tuple[Message, ...]:
    """Say what the row "together" does not hold."""
    without_churn = [name for name in linked.components if isinstance(churn.hazard_ratios[name], NotEstimable)]
    without_kpi = [name for name, one in zip(linked.components, fit.refusals, strict=True) if one is not None]
    parts = []
    if churn.refusal is None and 0 < len(without_churn) < len(linked.components):
        parts.append("customers and money kept leave out " + ", ".join(without_churn))
    if 0 < len(without_kpi) < len(linked.components):
        parts.append("the KPI leaves out " + ", ".join(without_kpi))
    if not parts:
        return ()
    return (
        Message(
            "CX504",
            "warning",
            "impact",
            'in the row "together", ' + "; ".join(parts) + ".",
            "See what each of them needs.",
        ),
    )
