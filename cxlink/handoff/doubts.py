"""What is handed on about trust: effects that cannot be, what would explain effects away, and how that grades them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.estimate import Answer

PlaceboKind = Literal[
    "later incidents and scores", "later incidents and prices", "involuntary ends", "declared control"
]


@dataclass(frozen=True, slots=True)
class ExposureSpread:
    """Where a component's incidents fall.

    Parameters
    ----------
    component : str
        Whose.
    customers : int
        Customers at risk who met one that counts.
    customers_apart, days_apart : float
        Share of all customers at risk, and of their days, in groups by attributes of which nobody or everybody met one,
        though chance alone would have it otherwise.
    groups : tuple of str
        Those of one attribute, such as ``plan=pro``.
    """

    component: str
    customers: int
    customers_apart: float
    days_apart: float
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndPlacebo:
    """What incidents cannot do: end contracts that nobody chose to end.

    Parameters
    ----------
    ratios : mapping of str to Answer
        By component, hazard ratio of involuntary ends.
    calibrated : mapping of str to Answer
        By component, hazard ratio of leaving less the systematic error that negative controls show.
    controls : int
        Negative controls behind them.
    """

    ratios: Mapping[str, Answer] = field(default_factory=dict)
    calibrated: Mapping[str, Answer] = field(default_factory=dict)
    controls: int = 0


@dataclass(frozen=True, slots=True)
class Placebo:
    """One effect that cannot be, as estimated.

    Parameters
    ----------
    component : str
        Whose incidents.
    kind : str
        What they cannot have moved.
    answer : Answer
        KPI points, log price, or hazard ratio; near nothing where all is well.
    p_value, q_value : float or None
        Of nothing, and adjusted for all placebos of the run; None where it is not estimable.
    detectable : float or None
        Size that is found four times in five.
    failed : bool
        Beyond chance, and large enough to matter beside the effect it puts in doubt.
    small : bool
        Beyond chance, but small beside that effect.
    """

    component: str
    kind: PlaceboKind
    answer: Answer
    p_value: float | None = None
    q_value: float | None = None
    detectable: float | None = None
    failed: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class ScoreDoubt:
    """How strong a cause that was not measured would have to be to explain a component's effect on the score away.

    Parameters
    ----------
    points : Answer
        KPI points while exposed.
    partial_r2 : float
        Share of the score's remaining variance that exposure explains.
    robustness, robustness_of_limit : float
        Share of what remains of both exposure and score that it would have to explain, for the points to be 0, and for
        the interval to hold 0.
    e_value, e_value_of_limit : float
        The same as a ratio of risks, comparable with that of leaving.
    attribute : str
        The attribute that would bias it most, were it hidden; empty where there is none.
    attribute_exposure, attribute_score : float
        Shares that this attribute explains.
    times_to_explain : float or None
        How many times as strong as that attribute; None where no multiple of it would do.
    """

    points: Answer
    partial_r2: float
    robustness: float
    robustness_of_limit: float
    e_value: float
    e_value_of_limit: float
    attribute: str
    attribute_exposure: float
    attribute_score: float
    times_to_explain: float | None


@dataclass(frozen=True, slots=True)
class ComponentDoubt:
    """What a component's figures rest on.

    Parameters
    ----------
    component : str
        Whose.
    grade : str
        Evidence.
    reasons : tuple of str
        Why it is descriptive only; empty where it is not.
    q_hazard_ratio, q_experience, q_net_benefit : float or None
        Adjusted for all components; None where there is no estimate.
    calibrated : Answer
        Hazard ratio, calibrated by negative controls.
    score : ScoreDoubt or None
        None where there is no effect on the score.
    spread : ExposureSpread or None
        None where there is no churn model.
    """

    component: str
    grade: Literal["A", "B", "C", "D"]
    reasons: tuple[str, ...]
    q_hazard_ratio: float | None
    q_experience: float | None
    q_net_benefit: float | None
    calibrated: Answer
    score: ScoreDoubt | None
    spread: ExposureSpread | None


@dataclass(frozen=True, slots=True)
class CorrectedWinner:
    """The costliest component, corrected for having been picked for being the costliest.

    Parameters
    ----------
    component : str
        Which.
    observed, corrected : Answer
        Net benefit as estimated, and with its interval corrected.
    shrunken : Answer
        Drawn towards the other components' by as much as their differences are chance.
    """

    component: str
    observed: Answer
    corrected: Answer
    shrunken: Answer


@dataclass(frozen=True, slots=True)
class Doubts:
    """How far the components' figures can be trusted.

    Parameters
    ----------
    components : tuple of ComponentDoubt
        In their order.
    placebos : tuple of Placebo
        All that was tested, or why not.
    joint_scores, joint_prices : float or None
        P value that no component's later incidents go with scores, and with price changes.
    winner : CorrectedWinner or None
        None where fewer than two components have a net benefit.
    measured_late : tuple of str
        Attributes that go with the latest incidents more than with earlier ones, as if measured after them.
    """

    components: tuple[ComponentDoubt, ...]
    placebos: tuple[Placebo, ...]
    joint_scores: float | None
    joint_prices: float | None
    winner: CorrectedWinner | None
    measured_late: tuple[str, ...]
