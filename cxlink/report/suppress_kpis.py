"""What ``audience = "published"`` leaves out of the comparison of KPIs."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import KpiGain, KpiPair, KpiRace, Kpis
from cxlink.report.hiding import clean_answer, hide_digits


def suppress_kpis(kpis: Kpis | NotEstimable) -> Kpis | NotEstimable:
    """Leave out what fewer than ten customers are behind, and single digits in reasons.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        Of the internal audience.

    Returns
    -------
    Kpis or NotEstimable
        Counts stay as they are: what shows them asks whether they are too small.
    """
    if isinstance(kpis, NotEstimable):
        return replace(kpis, reason=hide_digits(kpis.reason))
    messages = tuple(replace(one, message=hide_digits(one.message)) for one in kpis.messages)
    return replace(kpis, races=tuple(_race(one) for one in kpis.races), messages=messages)


def _race(race: KpiRace) -> KpiRace:
    refusal = race.refusal
    return replace(
        race,
        base=clean_answer(race.base),
        gains=tuple(_gain(one) for one in race.gains),
        pairs=tuple(_pair(one) for one in race.pairs),
        refusal=None if refusal is None else replace(refusal, reason=hide_digits(refusal.reason)),
    )


def _gain(one: KpiGain) -> KpiGain:
    gain = clean_answer(one.gain)
    return replace(one, gain=gain, p_value=one.p_value if isinstance(gain, Estimate) else None)


def _pair(one: KpiPair) -> KpiPair:
    difference = clean_answer(one.difference)
    return replace(one, difference=difference, p_value=one.p_value if isinstance(difference, Estimate) else None)
