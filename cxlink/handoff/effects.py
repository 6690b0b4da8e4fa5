"""What impact hands on, and the run as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cxlink.estimate import NotEstimable
from cxlink.handoff.changes import NO_CHANGES, Changes
from cxlink.handoff.claims import ClaimAudit

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    from cxlink.estimate import Answer
    from cxlink.handoff.answering import Answering
    from cxlink.handoff.bridge import Bridges
    from cxlink.handoff.cohorts import CustomerGroups
    from cxlink.handoff.doubts import Doubts
    from cxlink.handoff.drivers import Drivers
    from cxlink.handoff.employees import Employees
    from cxlink.handoff.events import EventStudy
    from cxlink.handoff.hazards import ChurnFit
    from cxlink.handoff.kpis import Kpis
    from cxlink.handoff.levers import Levers
    from cxlink.handoff.loading import Loaded, Tagged
    from cxlink.handoff.loop import ClosedLoop
    from cxlink.handoff.messages import Message
    from cxlink.handoff.monitoring import Monitoring
    from cxlink.handoff.months import TableMonth
    from cxlink.handoff.promises import PromiseGap
    from cxlink.handoff.segments import Segments
    from cxlink.handoff.serving import ComponentServing
    from cxlink.handoff.timelines import CauseCount, Linked, Unexplained
    from cxlink.handoff.tracking import Tracking


NOT_LOOKED_AT = NotEstimable("it was not looked at", "a run of every stage")


@dataclass(frozen=True, slots=True)
class ComponentEffect:
    """What all incidents of one component do, as answers in the terms of results.json.

    ``tenth`` holds the same quantities for 10% fewer incidents; ``seen_after`` and ``seen_otherwise`` are plain means
    of the KPI of responses after an incident and of all others that had the chance (description, not an effect).
    """

    component: str
    incidents: int
    customers_reached: int
    hazard_ratio: Answer
    experience: Answer
    customers_kept: Answer
    revenue_kept: Answer
    margin_kept: Answer
    cost_saved: Answer
    net_benefit: Answer
    tenth: Mapping[str, Answer]
    joint_share: Mapping[str, Answer]
    seen_after: Answer
    seen_otherwise: Answer
    rank_best: int | None
    rank_worst: int | None
    grade: Literal["A", "B", "C", "D"]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointEffect:
    """The same quantities with all components' incidents stopped at once."""

    experience: Answer
    customers_kept: Answer
    revenue_kept: Answer
    margin_kept: Answer
    cost_saved: Answer
    net_benefit: Answer


@dataclass(frozen=True, slots=True)
class Simulated:
    """How exactly the projection was computed.

    Parameters
    ----------
    customers, of : int
        Customers projected, and those that they stand for.
    futures : int
        Over how many the point estimate is the mean.
    share_of_error : float
        Standard error that sampling and futures add to a quantity, over that of the fits; the largest of all.
    """

    customers: int
    of: int
    futures: int
    share_of_error: float


@dataclass(frozen=True, slots=True)
class EffectMonths:
    """Money of effects by month, not discounted, draw by draw: what another discount rate or horizon needs.

    The last two axes are revenue kept and avoidable cost saved, and the months of the horizon. Discounted at mid-month
    and added up they are what ``EffectDraws`` holds.

    Parameters
    ----------
    alone, alone_point : ndarray
        (n_draws, n_components, 2, n_months) and (n_components, 2, n_months): each component's incidents stopped.
    share, share_point : ndarray
        Likewise, its Shapley part of the joint effect.
    joint, joint_point : ndarray
        (n_draws, 2, n_months) and (2, n_months): all of them stopped.
    """

    alone: np.ndarray
    alone_point: np.ndarray
    share: np.ndarray
    share_point: np.ndarray
    joint: np.ndarray
    joint_point: np.ndarray


@dataclass(frozen=True, slots=True)
class EffectDraws:
    """Effects over the active customers, draw by draw, for what must be reckoned from several of them at once.

    The last axis is customers kept, revenue kept, avoidable cost saved, and KPI points; money is discounted at
    mid-month.

    Parameters
    ----------
    alone, alone_point : ndarray
        (n_draws, n_components, 4) and (n_components, 4): each component's incidents stopped.
    joint, joint_point : ndarray
        (n_draws, 4) and (4,): all of them stopped.
    as_is, as_is_point : ndarray
        (n_draws, 4) and (4,): what there is where nothing is stopped; the third is avoidable cost.
    months : EffectMonths or None
        The money of ``alone`` and ``joint`` by month, and of the components' parts of ``joint``.
    """

    alone: np.ndarray
    alone_point: np.ndarray
    joint: np.ndarray
    joint_point: np.ndarray
    as_is: np.ndarray
    as_is_point: np.ndarray
    months: EffectMonths | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """Effects of each component and of all together, over the customers active at the cut-off.

    ``overlap`` is the joint effect less the sum of the components' effects alone, from the same draws;
    ``experience_level`` is the KPI as observed, with its interval (NPS on -100..100). ``not_explained`` is what leaving
    of one's own will costs beyond the joint effect; it and ``simulated`` are None where nobody is active.
    ``groups`` puts existing customers beside new ones; ``promises`` says what was done against what was said,
    and ``employees`` what goes with teams' engagement. ``answering`` tells who answers; where it is an answer, the
    components' effects on the KPI are its ``effect_of_all``. ``event_studies`` follows revenue after first incidents,
    where that is asked for; ``segments`` is the component table again by segment, and ``serving`` what an incident
    costs to serve, by component. ``doubts`` says how far all that can be trusted,
    and ``left_out`` names the components that customers and money kept by all together leave out. ``draws`` are what
    the intervals are made of, and ``changes`` what the changes that were asked about would bring. ``levers`` are
    gains for any size of a change, for the page on which a reader chooses one.
    """

    kpi: Literal["nps", "csat", "ces"]
    kpi_unit: str
    population: int
    components: tuple[ComponentEffect, ...]
    joint: JointEffect
    overlap: JointEffect
    experience_level: Answer
    messages: tuple[Message, ...]
    simulated: Simulated | None = None
    not_explained: JointEffect | None = None
    groups: CustomerGroups | NotEstimable = NOT_LOOKED_AT
    promises: tuple[PromiseGap, ...] | NotEstimable = NOT_LOOKED_AT
    employees: Employees | NotEstimable = NOT_LOOKED_AT
    answering: Answering | NotEstimable = NOT_LOOKED_AT
    event_studies: tuple[EventStudy, ...] = ()
    segments: Segments | NotEstimable = NOT_LOOKED_AT
    serving: tuple[ComponentServing, ...] = ()
    doubts: Doubts | NotEstimable = NOT_LOOKED_AT
    left_out: tuple[str, ...] = ()
    draws: EffectDraws | None = None
    changes: Changes = NO_CHANGES
    levers: Levers | NotEstimable = NOT_LOOKED_AT


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether one output is possible with this data, what it would rest on, and what would unlock it."""

    output: str
    ready: bool
    needs: str
    has: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything a run found: the only thing a report reads."""

    project: str
    currency: str
    seed: int
    horizon_months: int
    exposure_days: int
    gross_margin: float | None
    audience: Literal["internal", "published"]
    verbatims: int
    loaded: Loaded
    tagged: Tagged
    linked: Linked
    causes: tuple[CauseCount, ...]
    unexplained: tuple[Unexplained, ...]
    churn: ChurnFit
    impact: Impact
    readiness: tuple[Readiness, ...]
    messages: tuple[Message, ...]
    drivers: Drivers | NotEstimable = NOT_LOOKED_AT
    claims: ClaimAudit = field(default_factory=ClaimAudit)
    kpis: Kpis | NotEstimable = NOT_LOOKED_AT
    tracking: Tracking | NotEstimable = NOT_LOOKED_AT
    monitoring: Monitoring | NotEstimable = NOT_LOOKED_AT
    bridge: Bridges | NotEstimable = NOT_LOOKED_AT
    loop: ClosedLoop | NotEstimable = NOT_LOOKED_AT
    months: tuple[TableMonth, ...] = ()
    fresh: Mapping[str, date] = field(default_factory=dict)
    discount_rate: float = 0.0
    language: str = "en"
