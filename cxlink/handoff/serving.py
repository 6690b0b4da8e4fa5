"""What is handed on about the cost to serve: two views of what an incident costs, and contacts that come again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class ComponentServing:
    """Cost to serve of one component; money is handling and credits in full, whether avoidable or not.

    Parameters
    ----------
    component : str
        Its name.
    by_ledger : Answer
        Cost of an incident: its tickets' cost over its incidents.
    by_model : Answer
        The same by the two-part model of customers' months, for the attributes and tenures of the active customers.
    variance_power : Answer
        Park's: the power of the mean that the variance of a month's cost goes with; 2 for a Gamma.
    curvature : Answer
        Pregibon's, of the log link: 0 where the model's mean has the right shape.
    repeated_week, repeated_month : Answer
        Share of first contacts followed by another about the component within 7 and within 30 days.
    first_contact : Answer
        Cost of a contact that no other follows within 30 days.
    with_chain : Answer
        Cost of a first contact together with those that follow it.
    """

    component: str
    by_ledger: Answer
    by_model: Answer
    variance_power: Answer
    curvature: Answer
    repeated_week: Answer
    repeated_month: Answer
    first_contact: Answer
    with_chain: Answer
