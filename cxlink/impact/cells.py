"""Cells of the component table, from the contrasts of the point and of every draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Answering, ChurnFit, ComponentEffect, JointEffect, Linked
from cxlink.handoff.effects import NOT_LOOKED_AT
from cxlink.impact.answers import METHOD, Drawn, answer, first_refusal, overlap_of
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE, Contrasts
from cxlink.impact.experience import Answers
from cxlink.impact.gcomp import Fits
from cxlink.impact.labelled import CORRECTED
from cxlink.impact.messages import silent_message
from cxlink.impact.project import Projection
from cxlink.settings import Settings
from cxlink.stats import EstimationError
from cxlink.stats.rank_sets import rank_sets_from_draws

QUANTITIES = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
NO_OVERLAP = NotEstimable("fewer than two components have an effect to overlap", "more components with an effect")
NOT_LEAVING = NotEstimable("it is not about leaving", "nothing")
LOST_BY_LEAVING = ("customers_kept", "revenue_kept", "margin_kept")
ANSWERED = (
    "regression among those who answered, carried over to all; holds only if answering does not hang on the score"
)
ASKED = "shared-parameter model of score and answering over all who were asked, carried over to the active customers"
COSTED = "cost of the component's tickets for each incident, times the incidents that would not happen"


class EffectTable:
    """Every cell of the component table.

    Parameters
    ----------
    linked : Linked
        Timelines.
    churn : ChurnFit
        Hazard ratios, or why there are none.
    settings : Settings
        Margin and currency.
    fits : Fits
        Everything that was fitted, with its refusals.
    projected : Projection
        At the point estimate and in each draw.
    unit : str
        Of the KPI.
    n : int
        Active customers.
    answers : Answers
        For how many answers an effect on the KPI rests on.
    answering : Answering or NotEstimable
        Whether its effects allow for silence.
    """

    def __init__(
        self,
        linked: Linked,
        churn: ChurnFit,
        settings: Settings,
        fits: Fits,
        projected: Projection,
        unit: str,
        n: int,
        answers: Answers,
        answering: Answering | NotEstimable = NOT_LOOKED_AT,
    ) -> None:
        self._exposed_answers = answers.exposed[answers.cluster >= 0].sum(axis=0)
        told = silent_message(linked, answers, answering)
        self._silent = any(message.code == "CX505" for message in told)
        self._how_scored = ASKED if isinstance(answering, Answering) else ANSWERED
        self._linked, self._churn, self._settings, self._fits = linked, churn, settings, fits
        self._point, self._draws, self._unit, self._n = projected.point, projected.draws, unit, n
        priced = linked.customers.loc[linked.customers["active"], "monthly_price"].notna().any()
        self._no_price = (
            None if priced else NotEstimable("no active customer has a recurring charge", "revenue of kind recurring")
        )
        self._no_margin = (
            None
            if settings.finance.gross_margin is not None
            else NotEstimable("no gross margin is given", "[finance] gross_margin")
        )
        self.rank_refusal = ""
        self._ranks = self._rank()

    def component(self, place: int, after: Answer, otherwise: Answer) -> ComponentEffect:
        """One component's row.

        Parameters
        ----------
        place : int
            Which component.
        after, otherwise : Answer
            Plain means of the KPI, as description.

        Returns
        -------
        ComponentEffect
            An answer in every cell.
        """
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
            grade=grade_of(alone[key] for key in ("customers_kept", "revenue_kept", "experience")),
            warnings=self._warnings(place),
        )

    def of_segment(self, segment: int, place: int | None, *, n: int, refusal: NotEstimable | None) -> JointEffect:
        """Effects over the customers of one segment.

        Parameters
        ----------
        segment : int
            Which one.
        place : int or None
            Of one component; None: all at once.
        n : int
            Its active customers.
        refusal : NotEstimable or None
            Why it cannot be told.

        Returns
        -------
        JointEffect
            Refused as well wherever the whole is; ``n`` counts the segment's customers, ``events`` is of the fits,
            which are of all customers.
        """
        found = self._answers(lambda contrasts: contrasts.segments[segment, -1 if place is None else place], place)
        if refusal is not None:
            found = dict.fromkeys(found, refusal)
        return JointEffect(
            **{key: replace(one, n=n) if isinstance(one, Estimate) else one for key, one in found.items()}
        )

    def joint(self) -> JointEffect:
        """All components' incidents stopped at once.

        Returns
        -------
        JointEffect
            An answer in every cell.
        """
        found = self._answers(lambda contrasts: contrasts.joint, None)
        return JointEffect(**{key: found[key] for key in QUANTITIES})

    def left_out(self) -> tuple[str, ...]:
        """Components that customers and money kept by all together leave out.

        Returns
        -------
        tuple of str
            Those whose own cannot be told.
        """
        return self._left_out("customers_kept")

    def overlap(self) -> JointEffect:
        """Joint effect less the sum of the effects alone.

        Returns
        -------
        JointEffect
            An answer in every cell; refused where fewer than two components have an effect.
        """
        joint, refused = self._drawn(lambda contrasts: contrasts.joint), self.refusals(None)
        places = range(len(self._linked.components))
        alone = [self._alone(place) for place in places]
        refusals = [self.refusals(place) for place in places]
        found = {}
        for key in QUANTITIES:
            parts = [alone[place][key] for place in places if refusals[place][key] is None]
            refusal = refused[key] if len(parts) > 1 else NO_OVERLAP
            total = overlap_of(joint[key], parts) if parts else joint[key]
            found[key] = self._answer(key, total, refusal, None)
        return JointEffect(**found)

    def not_explained(self) -> JointEffect:
        """Leaving, and what the leavers would have paid, that no component's incidents explain.

        Returns
        -------
        JointEffect
            What is lost to leaving of one's own will, less the joint effect; refused where that is, and for what is not
            about leaving.
        """
        ceiling, joint = self._drawn(lambda one: one.ceiling), self._drawn(lambda one: one.joint)
        refused = self.refusals(None)
        found = {
            key: self._answer(key, ceiling[key].plus(joint[key].times(-1.0)), refused[key], None)
            if key in LOST_BY_LEAVING
            else NOT_LEAVING
            for key in QUANTITIES
        }
        return JointEffect(**found)

    def _units(self) -> dict[str, str]:
        money = dict.fromkeys(
            ("revenue_kept", "margin_kept", "cost_saved", "net_benefit"), self._settings.project.currency
        )
        return money | {"customers_kept": "customers", "experience": self._unit}

    def _answers(self, of: Callable[[Contrasts], np.ndarray], place: int | None) -> Mapping[str, Answer]:
        drawn = self._drawn(of)
        refused = self.refusals(place)
        return {key: self._answer(key, drawn[key], refused[key], place) for key in QUANTITIES}

    def _answer(self, key: str, drawn: Drawn, refusal: NotEstimable | None, place: int | None) -> Answer:
        """Put beside each number what it rests on: churners, tickets or answers."""
        unit, fits = self._units()[key], self._fits
        chosen = slice(None) if place is None else slice(place, place + 1)
        if key == "cost_saved":
            by_labels = fits.costs.labels[chosen]
            method = self._method(COSTED, key, place, is_corrected=bool(by_labels) and set(by_labels) <= {""})
            n, events = int(fits.costs.customers[chosen].max(initial=0)), int(fits.costs.tickets[chosen].sum())
            return answer(drawn, refusal, unit=unit, n=n, events=events, method=method)
        if key == "experience":
            events = int(self._exposed_answers[chosen].sum())
            method = self._method(self._how_scored, key, place, is_corrected=fits.experience.labels == "")
            return answer(drawn, refusal, unit=unit, n=fits.experience.n_clusters, events=events, method=method)
        method = self._method(METHOD, key, place, is_corrected=bool(self._churn.uncorrected_ratios))
        return answer(drawn, refusal, unit=unit, n=self._n, events=self._events(place), method=method)

    def _method(self, base: str, key: str, place: int | None, *, is_corrected: bool) -> str:
        """How, and of what is several components' what it leaves out."""
        parts = [base, *([CORRECTED] if is_corrected else [])]
        left_out = () if place is not None else self._left_out(key)
        if left_out:
            parts.append("without " + ", ".join(left_out))
        return "; ".join(parts)

    def _left_out(self, key: str) -> tuple[str, ...]:
        names = self._linked.components
        return tuple(name for place, name in enumerate(names) if self.refusals(place)[key] is not None)

    def _alone(self, place: int) -> dict[str, Drawn]:
        return self._drawn(lambda contrasts: contrasts.alone[place])

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

    def refusals(self, place: int | None) -> dict[str, NotEstimable | None]:
        """Why a component's quantities cannot be told.

        Parameters
        ----------
        place : int or None
            Which component; all together where None.

        Returns
        -------
        dict of str to NotEstimable or None
            By quantity; None where it can be told.
        """
        churn = self._churn_refusal(place)
        revenue = first_refusal(churn, self._linked.money_refusal, self._no_price)
        margin = first_refusal(revenue, self._no_margin)
        cost = refusal_of(self._fits.costs.refusals, place)
        experience = refusal_of(self._fits.experience.refusals, place)
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
        return refusal_of([ratio if isinstance(ratio, NotEstimable) else None for ratio in ratios.values()], None)

    def _events(self, place: int | None) -> int:
        if place is None:
            return self._churn.events
        return self._churn.exposed_events[self._linked.components[place]]

    def benefits(self) -> dict[int, Drawn]:
        """Net benefits of the components that have one.

        Returns
        -------
        dict of int to Drawn
            By place in the components.
        """
        places = range(len(self._linked.components))
        return {
            place: self._alone(place)["net_benefit"] for place in places if self.refusals(place)["net_benefit"] is None
        }

    def _rank(self) -> dict[int, tuple[int, int]]:
        benefits = self.benefits()
        if not benefits:
            return {}
        places, drawn = list(benefits), list(benefits.values())
        try:
            sets = rank_sets_from_draws(
                np.array([one.point for one in drawn]), np.column_stack([one.draws for one in drawn])
            )
        except EstimationError as error:
            self.rank_refusal = error.reason
            return {}
        return {place: (int(sets.best[row]), int(sets.worst[row])) for row, place in enumerate(places)}

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


def grade_of(answers: Iterable[Answer]) -> Literal["C", "D"]:
    """Evidence behind effects: adjusted where something is estimated, else description.

    Parameters
    ----------
    answers : iterable of Answer
        Effects of one component.

    Returns
    -------
    str
        ``C`` or ``D``.
    """
    return "C" if any(isinstance(one, Estimate) for one in answers) else "D"


def refusal_of(refusals: Sequence[NotEstimable | None], place: int | None) -> NotEstimable | None:
    """Refusal of one component; of all together only where every component is refused.

    Parameters
    ----------
    refusals : sequence of NotEstimable or None
        One a component.
    place : int or None
        Which component; all together where None.

    Returns
    -------
    NotEstimable or None
        None where a number can be given.
    """
    if place is not None:
        return refusals[place]
    if not refusals:
        return NotEstimable("no component has an incident", "tickets, events or comments that name a component")
    return None if any(refusal is None for refusal in refusals) else refusals[0]
