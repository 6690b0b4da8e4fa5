"""What tracking hands on: what past changes did, beside what was forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.forecasts import ForecastFigure
    from cxlink.handoff.messages import Message

TrackedName = Literal["incidents", "leaving", "revenue", "score"]


@dataclass(frozen=True, slots=True)
class Exposed:
    """Whom a change reached, by its condition.

    Parameters
    ----------
    flag : ndarray
        (n_customers,) 1 reached, 0 not, -1 not known, in the order of the key.
    group : ndarray
        (n_customers,) number of the combination of values that the condition asks about: customers of one are reached
        together.
    columns : tuple of str
        Attributes that the condition asks about.
    by_customer : bool
        Whether nearly every customer has values of its own, so that customers were reached one by one.
    """

    flag: np.ndarray
    group: np.ndarray
    columns: tuple[str, ...]
    by_customer: bool


@dataclass(frozen=True, slots=True)
class TrackedOutcome:
    """What became of one outcome after a change.

    Parameters
    ----------
    name : {"incidents", "leaving", "revenue", "score"}
        Incidents: share fewer; leaving: ratio of the rates; revenue: a customer and month; score: points.
    effect : Answer
        By difference in differences; refused where that cannot tell it.
    seen : Answer
        What was seen, which other things may have done as well: a description (D).
    grade : str
        Evidence of the effect: B within the same customers, C adjusted, D descriptive.
    trend : float or None
        How easily luck alone would make both groups go apart so far before the change; None where it was not tested.
    """

    name: TrackedName
    effect: Answer
    seen: Answer
    grade: str
    trend: float | None


@dataclass(frozen=True, slots=True)
class ForecastCheck:
    """One figure told before a change, and what came.

    ``held`` says whether the interval told then holds what came, ``contradicted`` whether both intervals have nothing
    in common; ``ratio`` is came over told. None where nothing came to be known.
    """

    figure: Literal["reduction", "experience"]
    told: ForecastFigure
    came: Answer
    held: bool | None
    contradicted: bool | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """One change that was made.

    Parameters
    ----------
    name, component : str
        As configured.
    cause : str or None
        If only one.
    started_on : date
        First day.
    exposed : str or None
        The condition; None where everybody was reached at once.
    customers, others : int
        Reached and not, at risk within the months compared.
    groups : int
        How many groups of customers were reached together or not; customers where they were one by one.
    months_before, months_after : int
        Whole months compared, without that of the start where it began within one, and without the next field's.
    ramp_months : int
        Until it works in full.
    outcomes : tuple of TrackedOutcome
        Incidents, leaving, revenue, score.
    forecast_as_of : date or None
        Of the latest forecast before the start.
    checks : tuple of ForecastCheck
        Its figures that can be compared.
    refusal : NotEstimable or None
        Why no effect can be told of any outcome.
    """

    name: str
    component: str
    cause: str | None
    started_on: date
    exposed: str | None
    customers: int
    others: int
    groups: int
    months_before: int
    months_after: int
    ramp_months: int
    outcomes: tuple[TrackedOutcome, ...]
    forecast_as_of: date | None
    checks: tuple[ForecastCheck, ...]
    refusal: NotEstimable | None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How past forecasts did: of ``compared`` figures ``held`` lay in their intervals; mean of came over told."""

    compared: int
    held: int
    contradicted: int
    mean_ratio: float | None


@dataclass(frozen=True, slots=True)
class Tracking:
    """Past changes in the order of the configuration, and how forecasts did."""

    changes: tuple[TrackedChange, ...]
    record: TrackRecord
    messages: tuple[Message, ...]
