"""KPIs compared for one outcome: the same respondents where there are enough, else pair by pair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations

import numpy as np
from scipy.stats import norm

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import KpiGain, KpiPair, KpiRace
from cxlink.handoff.kpis import Outcome
from cxlink.kpis.candidates import GENERAL, Candidate
from cxlink.kpis.judging import Judged, Part, choose_part, judge
from cxlink.kpis.landmarks import Landmarks
from cxlink.stats import EstimationError, ForwardGain, adjust_holm, share_gained

EPOCH = date(1970, 1, 1)
LEVEL = 0.95
UNITS: Mapping[Outcome, str] = {
    "leaving": "share of what is uncertain about leaving",
    "revenue": "share of what is uncertain about revenue",
}
METHOD = "out of time on {days} days, {months} months each; {loss}; paired draws of customers, the fits held fixed"
LOSSES: Mapping[Outcome, str] = {
    "leaving": "log likelihood, logit learnt on earlier days",
    "revenue": "Poisson deviance, log-linear mean learnt on earlier days",
}
NEVER_VARIES = NotEstimable("nearly all who gave it gave the same", "answers that differ")


def run_race(
    marks: Landmarks, outcome: Outcome, candidates: tuple[Candidate, ...], weights: np.ndarray
) -> KpiRace | NotEstimable:
    """Compare KPIs for one outcome.

    Parameters
    ----------
    marks : Landmarks
        Customers on several days.
    outcome : {"leaving", "revenue"}
        What is predicted.
    candidates : tuple of Candidate
        KPIs in their forms.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    KpiRace or NotEstimable
        Refused where no KPI at all can be judged.
    """
    known, parts = _known(marks, candidates), find_parts(marks, outcome, candidates)
    able = [one for one in candidates if isinstance(parts[one], Part)]
    if not able:
        return next(part for part in parts.values() if isinstance(part, NotEstimable))
    together = choose_part(marks, outcome, np.logical_and.reduce([known[one] for one in able]))
    try:
        if isinstance(together, Part):
            judged = judge(marks, outcome, together, able)
            tested = _of_one(judged, able, weights)
            pairs = _pairs_of_one(judged, able, tested, weights)
            whole, same = judged, True
        else:
            alone = {one: judge(marks, outcome, part, [one]) for one in able if isinstance(part := parts[one], Part)}
            tested = {one: (judged, judged.gains(weights), 0) for one, judged in alone.items()}
            pairs = _pairs_apart(marks, outcome, able, tested, weights)
            whole, same = max(alone.values(), key=lambda judged: len(judged.customer)), False
        base = share_gained(whole.base[:, None], whole.null, whole.null, whole.customer, weights)
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")
    wave = marks.wave[whole.part.rows]
    waves = np.unique(wave[wave >= whole.part.first])
    say = _Words(outcome, marks.months, len(waves))
    refused = {one: part for one, part in parts.items() if isinstance(part, NotEstimable)}
    return KpiRace(
        outcome=outcome,
        months=marks.months,
        judged_on=tuple(EPOCH + timedelta(days=marks.day[number]) for number in waves),
        same_respondents=same,
        customers=len(np.unique(whole.customer)),
        judged=len(whole.customer),
        leavers=whole.part.leavers,
        base=say.answer(base, 0, whole),
        gains=_gains(say, tested, refused),
        pairs=_answers_of_pairs(say, pairs),
    )


def find_parts(
    marks: Landmarks, outcome: Outcome, candidates: tuple[Candidate, ...]
) -> dict[Candidate, Part | NotEstimable]:
    """Find out which KPIs can be judged at all, each by itself.

    Parameters
    ----------
    marks : Landmarks
        Customers on several days.
    outcome : {"leaving", "revenue"}
        What is predicted.
    candidates : tuple of Candidate
        KPIs in their forms.

    Returns
    -------
    dict of Candidate to Part or NotEstimable
        In their order.
    """
    known = _known(marks, candidates)
    return {one: choose_part(marks, outcome, known[one]) for one in candidates}


def _known(marks: Landmarks, candidates: tuple[Candidate, ...]) -> dict[Candidate, np.ndarray]:
    return {one: ~np.isnan(marks.scores[one.kpi]) for one in candidates}


Tested = dict[Candidate, tuple[Judged, ForwardGain, int]]
Pairs = list[tuple[str, str, Judged, ForwardGain]]


class _Words:
    """Unit and method of the answers of one race."""

    def __init__(self, outcome: Outcome, months: int, days: int) -> None:
        self.unit = UNITS[outcome]
        self.method = METHOD.format(days=days, months=months, loss=LOSSES[outcome])

    def answer(self, found: ForwardGain, place: int, judged: Judged) -> Answer:
        """Interval of the middle draws around the point."""
        tail = (1 - LEVEL) / 2
        point = float(found.point[place])
        low, high = np.quantile(found.draws[:, place], [tail, 1 - tail], method="weibull")
        n = len(np.unique(judged.customer))
        low, high = min(float(low), point), max(float(high), point)
        return Estimate(point, low, high, LEVEL, self.unit, n, judged.part.leavers, self.method)


def _of_one(judged: Judged, able: list[Candidate], weights: np.ndarray) -> Tested:
    found = judged.gains(weights)
    return {one: (judged, found, place) for place, one in enumerate(able)}


def _better_forms(able: list[Candidate], tested: Tested) -> list[Candidate]:
    """One form a KPI, the one that predicts better: NPS is not put down by the worse one."""
    best: dict[str, Candidate] = {}
    for one in able:
        rival = best.get(one.kpi)
        if rival is None or _point(tested, one) > _point(tested, rival):
            best[one.kpi] = one
    return list(best.values())


def _point(tested: Tested, one: Candidate) -> float:
    _, found, place = tested[one]
    return float(found.point[place])


def _pairs_of_one(judged: Judged, able: list[Candidate], tested: Tested, weights: np.ndarray) -> Pairs:
    pairs = combinations(_better_forms(able, tested), 2)
    return [
        (one.kpi, other.kpi, judged, judged.difference(able.index(one), able.index(other), weights))
        for one, other in pairs
    ]


def _pairs_apart(
    marks: Landmarks, outcome: Outcome, able: list[Candidate], tested: Tested, weights: np.ndarray
) -> Pairs:
    """Each of NPS, CSAT and CES beside every other KPI, among those who gave both."""
    found: Pairs = []
    for one, other in combinations(_better_forms(able, tested), 2):
        if one.kpi not in GENERAL:
            continue
        both = ~np.isnan(marks.scores[one.kpi]) & ~np.isnan(marks.scores[other.kpi])
        part = choose_part(marks, outcome, both)
        if isinstance(part, NotEstimable):
            continue
        judged = judge(marks, outcome, part, [one, other])
        found.append((one.kpi, other.kpi, judged, judged.difference(0, 1, weights)))
    return found


def _gains(say: _Words, tested: Tested, refused: Mapping[Candidate, NotEstimable]) -> tuple[KpiGain, ...]:
    flat = {one for one, (judged, _, place) in tested.items() if not judged.informed[place]}
    live = [one for one in tested if one not in flat]
    alone = [float(tested[one][1].p_value[tested[one][2]]) for one in live]
    p_value = dict(zip(live, adjust_holm(alone), strict=True)) if live else {}
    gains = [
        KpiGain(one.kpi, one.form, say.answer(found, place, judged), float(p_value[one]))
        for one, (judged, found, place) in tested.items()
        if one not in flat
    ]
    gains.sort(key=lambda gain: -gain.gain.point if isinstance(gain.gain, Estimate) else 0.0)
    gains += [KpiGain(one.kpi, one.form, NEVER_VARIES, None) for one in tested if one in flat]
    return (*gains, *(KpiGain(one.kpi, one.form, refusal, None) for one, refusal in refused.items()))


def _answers_of_pairs(say: _Words, pairs: Pairs) -> tuple[KpiPair, ...]:
    if not pairs:
        return ()
    adjusted = adjust_holm([_two_sided(found) for _, _, _, found in pairs])
    return tuple(
        KpiPair(one, other, say.answer(found, 0, judged), float(p))
        for (one, other, judged, found), p in zip(pairs, adjusted, strict=True)
    )


def _two_sided(found: ForwardGain) -> float:
    error = float(found.draws[:, 0].std(ddof=1))
    return 1.0 if error == 0 else float(2.0 * norm.sf(abs(float(found.point[0])) / error))
