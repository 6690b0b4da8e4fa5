"""Which changes to take within a budget, by what they bring together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import BudgetChoice
from cxlink.impact.answers import Drawn, answer
from cxlink.impact.changes.drawn import Alone, ChangeProjection
from cxlink.impact.changes.money import Purse, outlay
from cxlink.stats.portfolio import Aim, choose_each_draw, choose_portfolio, portfolio_value

TAIL = 0.2
AIMS: dict[str, Aim] = {"mean": "mean", "worst fifth": "cvar"}
METHOD = "the changes taken, projected together; joint draws by weighted customers"


def choose_changes(
    projection: ChangeProjection,
    alone: Sequence[Alone],
    npvs: Mapping[int, Drawn],
    pairs: np.ndarray,
    purse: Purse,
    *,
    budget: float,
    aim: Literal["mean", "worst fifth"],
    currency: str,
    n: int,
) -> BudgetChoice | NotEstimable:
    """Choose the changes that are worth most within a budget.

    The programme counts changes alone and two together; what is told of those taken is projected with all of them.

    Parameters
    ----------
    projection : ChangeProjection
        Of the changes.
    alone : sequence of Alone
        All that were projected.
    npvs : mapping of int to Drawn
        By place, of those that have one.
    pairs : ndarray
        (n_draws, n_pairs, 4, n_months) gains of two together.
    purse : Purse
        Margin and discount.
    budget : float
        Over the horizon, not discounted.
    aim : {"mean", "worst fifth"}
        Of the NPV.
    currency : str
        Of the project.
    n : int
        Active customers.

    Returns
    -------
    BudgetChoice or NotEstimable
        Refused where no change has an NPV.
    """
    if not npvs:
        return NotEstimable("no change has an NPV", "what the changes themselves need")
    able = list(npvs)
    names = [alone[place].plan.asked.name for place in able]
    values = np.column_stack([npvs[place].draws for place in able])
    together = _interactions(alone, able, pairs, purse)
    cost = np.array([_spending(alone[place]) for place in able])
    chosen = choose_portfolio(values, together, cost, budget, aim=AIMS[aim], tail=TAIL)
    places = [place for place, taken in zip(able, chosen.taken, strict=True) if taken]
    by_pairs = portfolio_value(values, together, chosen.taken)
    often = choose_each_draw(values, together, cost, budget)
    taken = _together(projection, places, purse)
    return BudgetChoice(
        budget=budget,
        aim=aim,
        considered=tuple(names),
        taken=tuple(alone[place].plan.asked.name for place in places),
        spent=float(cost[chosen.taken].sum()),
        npv=answer(taken, None, unit=currency, n=n, events=len(places), method=METHOD),
        parts=float(sum(npvs[place].point for place in places)),
        # of the draws, as the choice saw them; moved to the point, as the figures beside it are
        by_pairs=by_pairs + taken.point - float(taken.draws.mean()),
        often=tuple((name, float(share)) for name, share in zip(names, often.mean(axis=0), strict=True)),
    )


def _together(projection: ChangeProjection, places: Sequence[int], purse: Purse) -> Drawn:
    if not places:
        n_draws = len(projection.plans[0].draws)
        return Drawn(0.0, np.zeros(n_draws))
    plans = [projection.plans[place] for place in places]
    point, drawn = projection.together(places)
    at_point, in_draws = (purse.npv(purse.flows(one, plans), plans)[:, 0] for one in (point, drawn))
    return Drawn(float(at_point[0]), in_draws)


def _interactions(alone: Sequence[Alone], able: Sequence[int], pairs: np.ndarray, purse: Purse) -> np.ndarray:
    """(n_draws, n_pairs) what two changes are worth together beyond their sum."""
    # as projected, not moved to the simulated futures: so are the pairs
    single = [purse.worth(one.unmoved) @ purse.discount for one in alone]
    beyond = [
        purse.worth(pairs[:, number]) @ purse.discount - single[i] - single[j]
        for number, (i, j) in enumerate(combinations(range(len(alone)), 2))
        if i in able and j in able
    ]
    return np.column_stack(beyond) if beyond else np.zeros((len(single[0]), 0))


def _spending(one: Alone) -> float:
    """What a change costs over the horizon, not discounted."""
    point = one.point.at(one.sizes, np.array([one.plan.point]))
    return float(outlay(one.plan, point)[0, 0].sum()) + one.plan.asked.one_off
