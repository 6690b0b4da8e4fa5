"""Answers with one KPI, ready to be compared in several ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.experience import KPI_UNITS, LEVEL, MIN_RESPONSES, Answers, Kpi, ScoreRows, gather_answers
from cxlink.stats import EstimationError
from cxlink.stats.nps_scale import nps_values
from cxlink.stats.score_levels import ScoreLevel, estimate_mean, estimate_nps

LEVEL_METHODS = {
    "adjusted_wald": "adjusted Wald interval of all answers, clustered by customer",
    "t": "mean of all answers with Student's interval, clustered by customer",
}


@dataclass(frozen=True, slots=True)
class DriverRows:
    """Answers of one KPI.

    Parameters
    ----------
    kpi, unit : str
        Which score, and its unit.
    answers : Answers
        All of them.
    rows : ScoreRows
        Those of known customers.
    marks : ndarray
        (n,) answers of known customers as given: 0 to 10 for NPS.
    components : tuple of str
        In the order of the columns.
    """

    kpi: Kpi
    unit: str
    answers: Answers
    rows: ScoreRows
    marks: np.ndarray
    components: tuple[str, ...]

    @classmethod
    def of(cls, linked: Linked, kpi: Kpi, exposure_days: int) -> DriverRows:
        """Gather the answers of one KPI.

        Parameters
        ----------
        linked : Linked
            Timelines.
        kpi : str
            Which score.
        exposure_days : int
            How long an incident counts.

        Returns
        -------
        DriverRows
            In the order of the responses.
        """
        answers = gather_answers(linked, kpi, exposure_days)
        marks = linked.responses[kpi].dropna().to_numpy(dtype=float)
        return cls(
            kpi=kpi,
            unit=KPI_UNITS[kpi],
            answers=answers,
            rows=ScoreRows.of(linked, answers),
            marks=marks[answers.cluster >= 0],
            components=tuple(linked.components),
        )

    def worth(self, levels: np.ndarray) -> np.ndarray:
        """What answers are worth on the KPI's scale.

        Parameters
        ----------
        levels : ndarray
            (n_levels,) answers as given.

        Returns
        -------
        ndarray
            (n_levels,) 100, 0 or -100 for NPS, else the answers.
        """
        return nps_values(levels) if self.kpi == "nps" else levels


def estimate_level(linked: Linked, kpi: Kpi, answers: Answers) -> Answer:
    """Level of a KPI over all answers, unmatched ones included.

    Parameters
    ----------
    linked : Linked
        The answers as given.
    kpi : str
        Which score.
    answers : Answers
        The same, with their customers.

    Returns
    -------
    Estimate or NotEstimable
        Refused below ten answers of ten customers, and for a mean where all are the same.
    """
    marks = linked.responses[kpi].dropna().to_numpy(dtype=float)
    customers = len(np.unique(answers.cluster))
    if min(len(marks), customers) < MIN_RESPONSES:
        return NotEstimable(f"{len(marks)} answers of {customers} customers, needs {MIN_RESPONSES}", "more answers")
    try:
        found = (estimate_nps if kpi == "nps" else estimate_mean)(marks, answers.cluster, level=LEVEL)
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")
    return _told(found, KPI_UNITS[kpi])


def _told(found: ScoreLevel, unit: str) -> Estimate:
    return Estimate(
        found.point, found.low, found.high, found.level, unit, found.n_clusters, found.n, LEVEL_METHODS[found.method]
    )
