"""What monitoring hands on: monthly figures, what was to be expected of them, and which moved more than luck would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.handoff.messages import Message
    from cxlink.stats.chart_signals import Rule
    from cxlink.stats.control_charts import Kind

SeriesName = Literal["experience", "reach", "tags", "leaving", "cost", "revenue"]
SURE = 0.1
"""Share of false discoveries among the figures of a month that are told to stand out."""


@dataclass(frozen=True, slots=True)
class BaselineMonth:
    """One month of a first phase as it was when it was frozen; `kept` is False where it was taken out as unusual."""

    month: str
    value: float
    n: float
    kept: bool


@dataclass(frozen=True, slots=True)
class SumsBaseline:
    """Rates of a first phase by tenure, and how much more than by chance its months differed from them.

    Parameters
    ----------
    rates : tuple of float
        Leavers a customer-month, by band of tenure.
    sigma, phi, drift, centre, units : float
        As of :class:`Baseline`, of the deviations.
    kept : tuple of str
        Months that these rest on.
    """

    rates: tuple[float, ...]
    sigma: float
    phi: float
    drift: float
    centre: float
    units: float
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A frozen first phase of one figure.

    Parameters
    ----------
    key : str
        Series, component and cause, parted by ``/``.
    version : str
        What decides how the figure is counted: of figures from tags the taxonomy and classifier; of scores the KPI.
    kind : {"share", "mean", "level"}
        Which variance a month has by its units alone.
    centre, variance, sigma, phi, drift, units : float
        As of ``stats.control_charts.PhaseOne``.
    months : tuple of BaselineMonth
        Observed ones.
    rule : str
        How months are judged, in words.
    factor, factor_error : float
        By which a share of tags is corrected for the tagger's mistakes, and its relative standard error; 1 and 0 where
        it is not.
    sums : SumsBaseline or None
        Where a cumulative sum takes the place of a moving average.
    """

    key: str
    version: str
    kind: Kind
    centre: float
    variance: float
    sigma: float
    phi: float
    drift: float
    units: float
    months: tuple[BaselineMonth, ...]
    rule: str
    factor: float = 1.0
    factor_error: float = 0.0
    sums: SumsBaseline | None = None


@dataclass(frozen=True, slots=True)
class ChartMonth:
    """One month of a chart.

    Parameters
    ----------
    month : str
        Such as ``2025-11``.
    value : float
        The figure.
    n : float
        Units behind it.
    people, others : int
        Customers or records that it is about, and, of a share, those at risk that it is not about: of few, single ones
        could be told apart.
    low, high : float
        Limits.
    phase : {1, 2}
        1 for a month that the limits were learnt from.
    rule : str
        Which rule gave a signal; empty for none.
    lasting : int
        1 or -1 where the level is above or below for some months; else 0.
    p_value : float
        Of the month by itself.
    blind : bool
        Whether no value on the scale lies beyond the limits: too little is behind the month for it to stand out.
    """

    month: str
    value: float
    n: float
    people: int
    others: int
    low: float
    high: float
    phase: Literal[1, 2]
    rule: Rule
    lasting: int
    p_value: float
    blind: bool = False

    @property
    def signal(self) -> bool:
        """Whether a rule gave a signal."""
        return self.rule != ""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A change of level.

    Parameters
    ----------
    month : str
        The first one at the new level.
    from_month, to_month : str
        Between which that first month lies, at 95% confidence.
    before, after : float
        Mean of the months up to the neighbouring changes.
    q_value : float
        Of the chart's changes, among all charts that were looked at.
    """

    month: str
    from_month: str
    to_month: str
    before: float
    after: float
    q_value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure by month.

    Parameters
    ----------
    series : str
        What is counted.
    component, cause : str
        Of which; empty for all.
    unit : str
        Such as ``share`` or ``EUR a customer``.
    baseline : Baseline
        What limits rest on.
    is_frozen_before : bool
        Whether an earlier run had frozen it.
    months : tuple of ChartMonth
        Whole months with a figure; a missing one is not there.
    is_missing_latest : bool
        Whether the latest month has no figure.
    q_value : float or None
        Of the latest month, among all charts with one in the second phase.
    changes : tuple of LevelChange
        When its level changed; empty where it did not, or where that was not looked for.
    """

    series: SeriesName
    component: str
    cause: str
    unit: str
    baseline: Baseline
    is_frozen_before: bool
    months: tuple[ChartMonth, ...]
    is_missing_latest: bool = False
    q_value: float | None = None
    changes: tuple[LevelChange, ...] = ()

    @property
    def latest(self) -> ChartMonth | None:
        """The latest month of all, where it has a figure."""
        return None if self.is_missing_latest or not self.months else self.months[-1]


@dataclass(frozen=True, slots=True)
class NotCharted:
    """A figure that cannot be watched, and why."""

    series: SeriesName
    component: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Monitoring:
    """All charts of a run.

    Parameters
    ----------
    month : str
        The latest whole month.
    left_out : str
        A later month that the window covers in part; empty where there is none.
    charts : tuple of Chart
        By series, component and cause.
    not_charted : tuple of NotCharted
        Figures that cannot be watched.
    expected_false_alarms : float
        Of the latest month, were nothing to have moved.
    baselines : tuple of Baseline
        To be kept for later runs: those of before, and what was frozen now.
    messages : tuple of Message
        Warnings.
    """

    month: str
    left_out: str
    charts: tuple[Chart, ...]
    not_charted: tuple[NotCharted, ...]
    expected_false_alarms: float
    baselines: tuple[Baseline, ...] = field(repr=False)
    messages: tuple[Message, ...] = ()

    @property
    def signals(self) -> tuple[Chart, ...]:
        """Charts with a signal in the latest month, those least likely by luck first."""
        found = [one for one in self.charts if one.latest is not None and one.latest.signal]
        return tuple(sorted(found, key=lambda one: (1.0 if one.q_value is None else one.q_value, one.baseline.key)))
