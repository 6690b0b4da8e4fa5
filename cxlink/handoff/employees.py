"""What impact hands on about the engagement of teams and how they then serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class ServiceOutcome:
    """What goes with one point more of a team's engagement, within the team and beside the months of all teams.

    Parameters
    ----------
    name : str
        ``minutes a ticket``, ``repeat contacts`` or ``ticket csat``.
    lags : tuple of Answer
        By engagement of the same month, of the month before, and of the one before that, jointly.
    total : Answer
        Their sum: what one lasting point goes with.
    lead : Answer
        By engagement of the month after, in the same model: a placebo, as what comes later cannot have acted.
    """

    name: str
    lags: tuple[Answer, ...]
    total: Answer
    lead: Answer


@dataclass(frozen=True, slots=True)
class Employees:
    """Teams whose engagement is known and whose tickets are.

    Parameters
    ----------
    teams, months : int
        In both exports.
    outcomes : tuple of ServiceOutcome
        An answer or a refusal in every cell.
    """

    teams: int
    months: int
    outcomes: tuple[ServiceOutcome, ...]
