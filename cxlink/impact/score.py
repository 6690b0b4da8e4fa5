"""Effects on the KPI: among answers, corrected by labels, or over all who were asked."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Answering, Linked
from cxlink.impact.asked import gather_asked
from cxlink.impact.experience import KPI_UNITS, Answers, ExperienceFit, Kpi, fit_experience, gather_answers
from cxlink.impact.labelled import Labels
from cxlink.impact.silence import allow_for_silence
from cxlink.settings import ModelSettings


def fit_score(
    linked: Linked,
    answers: Answers,
    kpi: Kpi,
    labels: Labels | None,
    model: ModelSettings,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> tuple[ExperienceFit, Answering | NotEstimable]:
    """Fit what incidents do to the KPI, as well as the data allow.

    Parameters
    ----------
    linked : Linked
        Timelines.
    answers : Answers
        With the KPI.
    kpi : str
        Which score.
    labels : Labels or None
        Records that people read.
    model : ModelSettings
        Exposure, and whether silence is allowed for.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        Spawned from, not drawn from.

    Returns
    -------
    ExperienceFit, Answering or NotEstimable
        Over all who were asked where silence tells enough; else among answers, and why.
    """
    if not model.allow_for_silence:
        why = NotEstimable("it was not asked for", "[model] allow_for_silence = true")
    elif labels is not None:
        why = NotEstimable("effects on the score are corrected by labels, which leaves no room for it", "")
    else:
        return _over_all_asked(linked, answers, fit_experience(linked, answers, weights), kpi, model, weights, rng)
    if labels is None:
        return fit_experience(linked, answers, weights), why
    said = gather_answers(labels.linked, kpi, model.exposure_days)
    return fit_experience(linked, answers, weights, said=said, label_weights=labels.weights), why


def _over_all_asked(
    linked: Linked,
    answers: Answers,
    fit: ExperienceFit,
    kpi: Kpi,
    model: ModelSettings,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> tuple[ExperienceFit, Answering | NotEstimable]:
    own = rng.spawn(1)[0]
    asked = gather_asked(linked, answers, model.exposure_days, own)
    if isinstance(asked, NotEstimable):
        return fit, asked
    ends = (-100.0, 100.0) if kpi == "nps" else (float(answers.value.min()), float(answers.value.max()))
    found = allow_for_silence(linked, fit, asked, KPI_UNITS[kpi], ends, weights, own)
    return (fit, found) if isinstance(found, NotEstimable) else found
