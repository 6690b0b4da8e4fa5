"""What the closed loop hands on: what is open, who waits for an answer, and what went with answering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.messages import Message

AGES = ("0-2 days", "3-7 days", "8-30 days", "over 30 days")


@dataclass(frozen=True, slots=True)
class OpenTickets:
    """Tickets of a component that were opened and not closed by the cut-off, by age as ``AGES``.

    A ticket of several components counts in each; the component ``all`` counts each ticket once.
    """

    component: str
    ages: tuple[int, ...]

    @property
    def total(self) -> int:
        """Of any age."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True)
class OpenCause:
    """A root cause, the customers it reached in the window, its tickets there, and how many of them are open."""

    component: str
    cause: str
    customers: int
    tickets: int
    open: int


@dataclass(frozen=True, slots=True)
class WaitingCustomer:
    """A customer whose low score has no answer yet: of which day (days since 1970-01-01), and what they pay a month."""

    customer_id: str
    day: int
    score: float
    monthly_price: float


@dataclass(frozen=True, slots=True)
class LowAnswers:
    """Low scores of known customers, and whether somebody came back to them.

    Parameters
    ----------
    kpi : str
        ``nps``, ``csat`` or ``ces``.
    look_back_days : int
        They were given in so many days before the cut-off.
    within_days : int
        ``[loop] answer_within_days``.
    by_proxy : bool
        Whether a ticket of the customer stands for an answer, since ``feedback.answered_at`` is not given.
    given, in_time, waiting : int
        Low scores; of them answered within the days, and without an answer by the cut-off.
    share : Answer
        Share answered within the days, those given too lately to know counted for as long as they were followed.
    median_days : Answer
        Days until half are answered.
    waiting_customers : int
        Customers of those without an answer who are active at the cut-off.
    waiting_monthly : float or None
        What these pay a month together, in the project's currency; None where no charge says.
    by_value : tuple of WaitingCustomer
        The largest of them, each with the latest low score.
    """

    kpi: str
    look_back_days: int
    within_days: int
    by_proxy: bool
    given: int
    in_time: int
    waiting: int
    share: Answer
    median_days: Answer
    waiting_customers: int = 0
    waiting_monthly: float | None = None
    by_value: tuple[WaitingCustomer, ...] = ()


@dataclass(frozen=True, slots=True)
class AfterAnswers:
    """What followed low scores that were answered within 14 days, less what followed the others.

    Parameters
    ----------
    answered, others : int
        Low scores in the whole window, of customers who were there after the 14 days.
    score : Answer
        Change from the low score to the next one, at equal low scores.
    leaving : Answer
        Share that left of its own will in the 90 days after.
    """

    answered: int
    others: int
    score: Answer
    leaving: Answer


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """Everything about coming back to customers; ``open`` begins with all components together."""

    open: tuple[OpenTickets, ...]
    open_refusal: NotEstimable | None
    low: LowAnswers | NotEstimable
    after: AfterAnswers | NotEstimable
    causes: tuple[OpenCause, ...]
    messages: tuple[Message, ...]
