"""What meeting an incident does to the KPI, among those who answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.calendar import quarter_columns
from cxlink.impact.labelled import correct_regression
from cxlink.impact.windows import last_day_before
from cxlink.stats import EstimationError, find_partners, fit_clustered_ols, fit_kept_columns

Kpi = Literal["nps", "csat", "ces"]
KPI_UNITS = {"nps": "NPS points", "csat": "CSAT points", "ces": "CES points"}
MIN_RESPONSES = 10
MIN_CLUSTERS = 30
TENURE_EDGES = np.array([90, 365], dtype=np.int64)
"""Days of tenure that part new, young and old customers."""
SAME_ANSWERS = NotEstimable(
    "its incidents are known from the same answers as the score", "tickets or events of this component"
)
LEVEL = 0.95
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers with a KPI, and what their customers had met before.

    Parameters
    ----------
    value : ndarray
        (n,) KPI; NPS as -100, 0 or 100.
    cluster : ndarray
        (n,) customer, or a negative number of its own where unmatched.
    day : ndarray
        (n,) days since 1970-01-01.
    exposed, experienced : ndarray
        (n, n_components) bool: met an incident in the window before the answer; had the touchpoint at all. Where an
        answer is about one event, that event alone decides about its component.
    """

    value: np.ndarray
    cluster: np.ndarray
    day: np.ndarray
    exposed: np.ndarray
    experienced: np.ndarray


@dataclass(frozen=True, slots=True)
class ExperienceFit:
    """KPI points that being exposed to each component adds (mostly negative), with draws.

    Parameters
    ----------
    refusals : tuple
        (n_components,) NotEstimable or None.
    point : ndarray
        (n_components,); 0 where refused.
    draws : ndarray
        (n_draws, n_components).
    level, level_draws : ndarray
        (n_customers,) is ``constant + covariates @ slopes``: KPI without exposure; kept as (n_terms,) and
        (n_draws, n_terms), constant first.
    n, n_clusters : int
        Answers and customers behind it.
    labels : str or None
        None without labels; "" where they corrected it, else why they did not.
    """

    refusals: tuple[NotEstimable | None, ...]
    point: np.ndarray
    draws: np.ndarray
    level: np.ndarray
    level_draws: np.ndarray
    n: int
    n_clusters: int
    labels: str | None = None


def choose_kpi(linked: Linked, asked: Kpi | None) -> Kpi:
    """KPI of the run: the one asked for, else the one with most answers.

    Parameters
    ----------
    linked : Linked
        The answers.
    asked : str or None
        Of ``[model] kpi``.

    Returns
    -------
    str
        ``nps``, ``csat`` or ``ces``.
    """
    if asked is not None:
        return asked
    kpis: tuple[Kpi, ...] = ("nps", "csat", "ces")
    return max(kpis, key=lambda kpi: int(linked.responses[kpi].notna().to_numpy().sum()))


def gather_answers(linked: Linked, kpi: Kpi, exposure_days: int) -> Answers:
    """Put each answer beside what its customer had met.

    Parameters
    ----------
    linked : Linked
        Responses, incidents and experiences.
    kpi : str
        Which score.
    exposure_days : int
        How long an incident counts: an incident on day d counts for answers of the days d+1 .. d+exposure_days.

    Returns
    -------
    Answers
        Only answers that bear the score.
    """
    rows = linked.responses.loc[linked.responses[kpi].notna()].reset_index(drop=True)
    raw = rows[kpi].to_numpy(dtype=float)
    value = np.where(raw >= 9, 100.0, np.where(raw <= 6, -100.0, 0.0)) if kpi == "nps" else raw
    customer, day = rows["customer"].to_numpy(), rows["responded_day"].to_numpy()
    exposed, experienced = look_up(linked, customer, day, exposure_days)
    for place, name in enumerate(linked.components):
        about = (rows["event_component"] == name).to_numpy()
        experienced[about, place] = True
        exposed[about, place] = rows["event_failed"].to_numpy()[about] == 1.0
    return Answers(
        value=value,
        cluster=np.where(customer >= 0, customer, -1 - np.arange(len(rows))),
        day=day,
        exposed=exposed,
        experienced=experienced,
    )


def look_up(linked: Linked, customer: np.ndarray, day: np.ndarray, exposure_days: int) -> tuple[np.ndarray, np.ndarray]:
    """Look up what customers had met before a day.

    Parameters
    ----------
    linked : Linked
        Incidents and experiences.
    customer, day : ndarray
        (n,) keys, negative where unknown, and days since 1970-01-01.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    exposed : ndarray
        (n, n_components) bool: met an incident in the window.
    experienced : ndarray
        (n, n_components) bool: had the touchpoint at all, where that is recorded.
    """
    exposed = np.zeros((len(customer), len(linked.components)), dtype=bool)
    experienced = np.ones_like(exposed)
    recorded = set(linked.experiences["component"])
    for place, name in enumerate(linked.components):
        met = linked.incidents.loc[linked.incidents["component"] == name]
        exposed[:, place] = last_day_before(met, "incident_day", customer, day) >= day - exposure_days
        if name in recorded:
            touched = linked.experiences.loc[linked.experiences["component"] == name]
            had = last_day_before(touched, "experienced_day", customer, day) >= day - exposure_days
            experienced[:, place] = had | exposed[:, place]
    return exposed, experienced


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """Answers of known customers as rows of a regression.

    Parameters
    ----------
    value, cluster, day : ndarray
        (n,) KPI, customer, and days since 1970-01-01.
    exposed, experienced : ndarray
        (n, n_components) as of :class:`Answers`.
    refusals : tuple
        (n_components,) why a component's effect cannot be estimated, or None.
    covariates : ndarray
        (n, n_covariates) of the customer.
    always : ndarray
        (n, n_terms) tenure and calendar.
    """

    value: np.ndarray
    cluster: np.ndarray
    day: np.ndarray
    exposed: np.ndarray
    experienced: np.ndarray
    refusals: tuple[NotEstimable | None, ...]
    covariates: np.ndarray
    always: np.ndarray

    @classmethod
    def of(cls, linked: Linked, answers: Answers) -> ScoreRows:
        """Take the answers whose customer is known.

        Parameters
        ----------
        linked : Linked
            Covariates and component names.
        answers : Answers
            The answers.

        Returns
        -------
        ScoreRows
            In the order of the answers.
        """
        used = answers.cluster >= 0
        cluster, day = answers.cluster[used], answers.day[used]
        exposed, experienced = answers.exposed[used], answers.experienced[used]
        by_answers = _known_from_answers(linked)
        return cls(
            value=answers.value[used],
            cluster=cluster,
            day=day,
            exposed=exposed,
            experienced=experienced,
            refusals=tuple(
                _refusal(exposed[:, place], experienced[:, place], cluster, known_from_answers=name in by_answers)
                for place, name in enumerate(linked.components)
            ),
            covariates=linked.covariates[cluster],
            always=np.column_stack([_tenure_columns(linked, cluster, day), quarter_columns(day)]),
        )

    @property
    def wanted(self) -> np.ndarray:
        """Components whose effect is not refused, (n_components,) bool."""
        return np.array([refusal is None for refusal in self.refusals], dtype=bool)

    def design(self, met: np.ndarray, had: np.ndarray) -> np.ndarray:
        """Put the columns side by side.

        Parameters
        ----------
        met, had : ndarray
            (n, n_components) bool: exposed, and experienced.

        Returns
        -------
        ndarray
            (n, n_columns): components, a constant, covariates, touchpoints not had, tenure and calendar.
        """
        n = len(self.value)
        not_all = [place for place in range(had.shape[1]) if 0 < self.experienced[:, place].sum() < n]
        first = [met.astype(float), np.ones(n), self.covariates]
        return np.column_stack([*first, had[:, not_all].astype(float) - 1.0, self.always])


def fit_experience(
    linked: Linked,
    answers: Answers,
    weights: np.ndarray,
    *,
    said: Answers | None = None,
    label_weights: np.ndarray | None = None,
) -> ExperienceFit:
    """Regress the KPI on exposure to each component, jointly.

    Adjusted for attributes, tenure and calendar quarter, and for having had the touchpoint at all where that is
    recorded; clustered by customer. Answers without a customer cannot show what was met and are left out.

    Parameters
    ----------
    linked : Linked
        Covariates and component names.
    answers : Answers
        The answers.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    said : Answers, optional
        The same answers, beside what labelled customers had met by what people said of their records.
    label_weights : ndarray, optional
        (n_customers,) one over the chance to be labelled, zero for those who were not.

    Returns
    -------
    ExperienceFit
        Refused, component by component, below ten exposed answers or thirty customers.
    """
    rows = ScoreRows.of(linked, answers)
    n_components, used = len(linked.components), answers.cluster >= 0
    value, cluster = rows.value, rows.cluster
    labels = None
    refusals, wanted = list(rows.refusals), rows.wanted
    design = rows.design(rows.exposed, rows.experienced)
    usable = np.append(wanted, np.ones(design.shape[1] - n_components, dtype=bool))
    n_terms = 1 + linked.covariates.shape[1]
    beta, drawn = np.zeros(design.shape[1]), np.zeros((len(weights), design.shape[1]))
    try:
        fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, value, cluster=cluster), design, usable)
    except EstimationError:
        kept = np.zeros(design.shape[1], dtype=bool)
        beta[n_components] = value.mean() if len(value) else 0.0
        drawn[:, n_components] = beta[n_components]
    else:
        if said is not None and label_weights is not None:
            designs = (rows.design(said.exposed[used], said.experienced[used]), design)
            try:
                fit = correct_regression(
                    fit,
                    kept,
                    lambda X, case_weights: fit_clustered_ols(X, value, cluster=cluster, weights=case_weights),
                    designs,
                    cluster,
                    label_weights,
                    n_components,
                )
                labels = ""
            except EstimationError as error:
                labels = error.reason
        beta[kept] = fit.beta
        drawn[:, kept] = fit.beta + (weights[:, fit.cluster_ids] - 1.0) @ fit.influence
    for place in _inseparable(design, wanted, kept, n_components):
        refusals[place] = NotEstimable(
            "its incidents cannot be told from another component's", "customers who met one without the other"
        )
    shown = np.array([refusal is None for refusal in refusals], dtype=bool)
    terms = slice(n_components, n_components + n_terms)
    return ExperienceFit(
        refusals=tuple(refusals),
        point=np.where(shown, beta[:n_components], 0.0),
        draws=np.where(shown, drawn[:, :n_components], 0.0),
        level=beta[terms],
        level_draws=drawn[:, terms],
        n=len(value),
        n_clusters=len(np.unique(cluster)),
        labels=labels,
    )


def _tenure_columns(linked: Linked, cluster: np.ndarray, day: np.ndarray) -> np.ndarray:
    """New customers answer otherwise than old ones, whatever they met."""
    tenure = day - linked.customers["acquired_day"].to_numpy(dtype=np.int64)[cluster]
    band = np.searchsorted(TENURE_EDGES, tenure, side="right")
    columns: np.ndarray = (band[:, None] == np.arange(len(TENURE_EDGES))[None, :]).astype(float)
    return columns


def _inseparable(design: np.ndarray, wanted: np.ndarray, kept: np.ndarray, n_components: int) -> set[int]:
    gone = np.flatnonzero(wanted & ~kept[:n_components])
    found = {int(place) for place in gone}
    for place in gone:
        partners = find_partners(design, int(place), kept)
        found |= {int(partner) for partner in partners if partner < n_components}
    return found


def mean_with_interval(value: np.ndarray, cluster: np.ndarray, unit: str, method: str) -> Answer:
    """Mean of a KPI, clustered by customer.

    Parameters
    ----------
    value, cluster : ndarray
        (n,) scores and whose they are.
    unit : str
        Of the KPI.
    method : str
        What the mean is over.

    Returns
    -------
    Estimate or NotEstimable
        Refused below ten answers of ten customers, and where all are the same.
    """
    if len(value) < MIN_RESPONSES:
        return NotEstimable(f"{len(value)} answers, needs {MIN_RESPONSES}", "more answers")
    if len(np.unique(cluster)) < MIN_RESPONSES:
        return NotEstimable(f"answers of {len(np.unique(cluster))} customers, needs {MIN_RESPONSES}", "more customers")
    if np.ptp(value) == 0:
        return NotEstimable(f"all {len(value)} answers are the same", "more answers")
    mean = float(value.mean())
    _, place = np.unique(cluster, return_inverse=True)
    error = float(np.sqrt((np.bincount(place, weights=value - mean) ** 2).sum())) / len(value)
    clusters = int(place.max()) + 1
    error *= float(np.sqrt(clusters / max(clusters - 1, 1)))
    return Estimate(mean, mean - Z * error, mean + Z * error, LEVEL, unit, clusters, len(value), method)


def _known_from_answers(linked: Linked) -> set[str]:
    """Components whose incidents are known from comments only: the comment and the score are one answer."""
    tables = linked.incidents.groupby("component")["table"].agg(set)
    return {str(name) for name, found in tables.items() if found == {"feedback"}}


def _refusal(
    exposed: np.ndarray, experienced: np.ndarray, cluster: np.ndarray, *, known_from_answers: bool
) -> NotEstimable | None:
    if not len(cluster):
        return NotEstimable(
            "no answer with this score lies inside the window and has a customer",
            "feedback with the score of [model] kpi and a customer_id",
        )
    if known_from_answers:
        return SAME_ANSWERS
    n_exposed = int(exposed.sum())
    if n_exposed < MIN_RESPONSES:
        return NotEstimable(
            f"{n_exposed} answers after an incident, needs those of {MIN_CLUSTERS} customers", "more answers"
        )
    n_others = int((experienced & ~exposed).sum())
    if n_others < MIN_RESPONSES:
        return NotEstimable(f"{n_others} answers without an incident, needs {MIN_RESPONSES}", "more answers")
    customers = len(np.unique(cluster[exposed]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers answered after an incident, needs {MIN_CLUSTERS}", "more answers")
    return None


def frame_of_means(linked: Linked, answers: Answers, unit: str) -> pd.DataFrame:
    """Plain means after an incident and otherwise, as description.

    Parameters
    ----------
    linked : Linked
        Component names.
    answers : Answers
        The answers.
    unit : str
        Of the KPI.

    Returns
    -------
    DataFrame
        Columns component, after, otherwise (answers).
    """
    rows = []
    by_answers = _known_from_answers(linked)
    for place, name in enumerate(linked.components):
        if name in by_answers:
            rows.append({"component": name, "after": SAME_ANSWERS, "otherwise": SAME_ANSWERS})
            continue
        known = answers.experienced[:, place] & ((answers.cluster >= 0) | answers.exposed[:, place])
        after, other = known & answers.exposed[:, place], known & ~answers.exposed[:, place]
        rows.append(
            {
                "component": name,
                "after": mean_with_interval(
                    answers.value[after], answers.cluster[after], unit, "mean after an incident"
                ),
                "otherwise": mean_with_interval(
                    answers.value[other], answers.cluster[other], unit, "mean of the others"
                ),
            }
        )
    return pd.DataFrame(rows, columns=["component", "after", "otherwise"])
