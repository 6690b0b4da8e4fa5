"""Effects where nobody is active, such as one-off buyers: over the responses that were observed."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Answering, ChurnFit, ComponentEffect, Impact, JointEffect, Linked
from cxlink.impact.answers import Drawn, answer
from cxlink.impact.cells import NO_OVERLAP, QUANTITIES, grade_of
from cxlink.impact.experience import KPI_UNITS, Answers, ExperienceFit, Kpi, frame_of_means
from cxlink.impact.messages import left_out_message, silent_message

OBSERVED = "mean over observed responses, without incidents minus as is; regression clustered by customer"


def estimate_observed(
    linked: Linked,
    churn: ChurnFit,
    kpi: Kpi,
    answers: Answers,
    fit: ExperienceFit,
    level: Answer,
    answering: Answering | NotEstimable,
) -> Impact:
    """Effects on experience over observed responses, where nobody is active: everything else needs active customers.

    Parameters
    ----------
    linked : Linked
        Timelines.
    churn : ChurnFit
        Why churn is not estimable.
    kpi : str
        Which score.
    answers : Answers
        The answers, with what was met before them.
    fit : ExperienceFit
        The fitted KPI.
    level : Answer
        The KPI as observed.
    answering : Answering or NotEstimable
        Whether its effects allow for silence.

    Returns
    -------
    Impact
        With refusals in every cell but experience.
    """
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
                grade=grade_of([gain(1.0)]),
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
        kpi=kpi,
        kpi_unit=unit,
        population=0,
        components=tuple(components),
        joint=JointEffect(joint, refused, refused, refused, refused, refused),
        overlap=JointEffect(NO_OVERLAP, refused, refused, refused, refused, refused),
        experience_level=level,
        messages=(*silent_message(linked, answers, answering), *left_out_message(churn, linked, fit)),
    )
