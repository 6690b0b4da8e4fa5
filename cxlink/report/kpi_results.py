"""KPIs compared, in the shape of ``results.json``, and as a flat table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxlink.estimate import NotEstimable
from cxlink.handoff import KpiGain, KpiRace, Kpis
from cxlink.report.answer_results import answer_result, count_result
from cxlink.report.kpi_models import KpiComparisonResult, KpiPairResult, KpiResult
from cxlink.report.numbers import round_exact

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "outcome",
    "kpi",
    "form",
    "adds",
    "p_value",
    "point",
    "low",
    "high",
    "level",
    "unit",
    "n",
    "events",
    "reason",
)


def build_kpi_results(kpis: Kpis | NotEstimable) -> list[KpiResult]:
    """Put what each KPI adds into the shape of ``results.json``.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    list of KpiResult
        One an outcome, KPI and form; empty where nothing could be compared.
    """
    races = () if isinstance(kpis, NotEstimable) else kpis.races
    return [_gain(race, one) for race in races for one in race.gains]


def build_kpi_comparisons(kpis: Kpis | NotEstimable, *, published: bool) -> list[KpiComparisonResult]:
    """Put into the shape of ``results.json`` how KPIs were compared.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of KpiComparisonResult
        One an outcome.
    """
    return [] if isinstance(kpis, NotEstimable) else [_race(one, published=published) for one in kpis.races]


def kpis_table(kpis: Kpis | NotEstimable) -> pd.DataFrame:
    """Put every gain into one row, for programs.

    Parameters
    ----------
    kpis : Kpis or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; without numbers where there is a reason.
    """
    import pandas as pd

    races = () if isinstance(kpis, NotEstimable) else kpis.races
    rows = [_cells(race, one) for race in races for one in race.gains]
    rows += [
        (race.outcome, "", "", False, *[None] * 5, "", None, None, f"{race.refusal.reason}; needs {race.refusal.needs}")
        for race in races
        if race.refusal is not None
    ]
    numbers = dict.fromkeys(("p_value", "point", "low", "high", "level"), float)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "Int64", "events": "Int64", **numbers})


def _cells(race: KpiRace, one: KpiGain) -> tuple[object, ...]:
    names = (race.outcome, one.kpi, one.form, one.adds, _exact(one.p_value))
    gain = one.gain
    if isinstance(gain, NotEstimable):
        return (*names, None, None, None, None, "", None, None, f"{gain.reason}; needs {gain.needs}")
    numbers = (round_exact(number) for number in (gain.point, gain.low, gain.high, gain.level))
    return (*names, *numbers, gain.unit, gain.n, gain.events, "")


def _gain(race: KpiRace, one: KpiGain) -> KpiResult:
    return KpiResult(
        kpi=one.kpi,
        outcome=race.outcome,
        gain=answer_result(one.gain),
        form=one.form,
        p_value=_exact(one.p_value),
        adds=one.adds,
    )


def _race(race: KpiRace, *, published: bool) -> KpiComparisonResult:
    return KpiComparisonResult(
        outcome=race.outcome,
        months=race.months,
        judged_on=[day.isoformat() for day in race.judged_on],
        same_respondents=race.same_respondents,
        customers=count_result(race.customers, published=published),
        judged=count_result(race.judged, published=published),
        leavers=count_result(race.leavers, published=published),
        base=answer_result(race.base),
        pairs=[
            KpiPairResult(
                first=one.first,
                second=one.second,
                difference=answer_result(one.difference),
                p_value=_exact(one.p_value),
            )
            for one in race.pairs
        ],
        not_estimable=race.refusal.reason if race.refusal else None,
        needs=race.refusal.needs if race.refusal else None,
    )


def _exact(value: float | None) -> float | None:
    return None if value is None else round_exact(value)
