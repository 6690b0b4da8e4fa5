"""What companies drawn from a run's own parts tell about the run's method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class CheckedEffect:
    """How well one effect of one component can be told, over drawn companies.

    Shares are of companies, with their Monte-Carlo interval; a company that refuses the effect has not found it.

    Parameters
    ----------
    component : str
        Its name, or ``together``.
    quantity : str
        Such as ``hazard_ratio`` or ``margin_kept``.
    coverage : Answer
        Share of intervals that held the truth, among companies that gave one.
    false_alarms : Answer
        Share in which an effect was found where incidents do nothing.
    power_half, power_found : Answer
        Share in which half of the effect found in the data, and all of it, was found, in the right direction.
    smallest : Answer
        Smallest effect that is found four times in five; for all customers of the data.
    found : Answer
        What the run itself says.
    refused : int
        Companies that refused it.
    refusal : str
        The reason that they gave most often; empty where none refused.
    """

    component: str
    quantity: str
    coverage: Answer
    false_alarms: Answer
    power_half: Answer
    power_found: Answer
    smallest: Answer
    found: Answer
    refused: int
    refusal: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A count in the data beside its mean and the range of nineteen in twenty drawn companies."""

    what: str
    component: str
    data: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Whether the method would be right on data shaped like this.

    Parameters
    ----------
    companies : int
        Drawn.
    customers, of : int
        At risk in each of them, and in the data.
    currency, kpi, kpi_unit : str
        Of the run.
    coverage, false_alarms : Answer
        Over all effects of all components; companies, not effects, are what is independent.
    coverage_by_quantity : mapping of str to Answer
        The same for each quantity.
    effects : tuple of CheckedEffect
        Each quantity of each component, and of all together.
    costliest_right, ranks_held : Answer
        Share in which the costliest component was named, and in which all true ranks lay within the ranks told.
    likeness : tuple of Likeness
        Whether the companies look like the data.
    has_labels : bool
        Whether the run corrects the tagger's error by labels, which drawn companies do not have.
    """

    companies: int
    customers: int
    of: int
    currency: str
    kpi: str
    kpi_unit: str
    coverage: Answer
    false_alarms: Answer
    coverage_by_quantity: Mapping[str, Answer]
    effects: tuple[CheckedEffect, ...]
    costliest_right: Answer
    ranks_held: Answer
    likeness: tuple[Likeness, ...]
    has_labels: bool
