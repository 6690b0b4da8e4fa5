"""Cost of an incident, and what it is refused for."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.costs import fit_serving_cost
from cxlink.settings import FinanceSettings

FINANCE = FinanceSettings(avoidable_share=0.5)


class Timelines:
    """The part of the hand-off that costs are estimated from."""

    def __init__(self, tickets: pd.DataFrame) -> None:
        self.components, self.from_day = ("app", "delivery"), 0
        self.tickets = tickets
        self.incidents = pd.DataFrame(
            {"customer": np.arange(40), "component": ["app", "delivery"] * 20, "incident_day": 10}
        )


def tickets(n: int, *, handling: float = 8.0, credit: float = 2.0, customers: int = 40) -> pd.DataFrame:
    place = np.arange(n)
    return pd.DataFrame(
        {"customer": place % customers, "component": "app", "handling": handling, "credit": credit, "opened_day": 10}
    )


def fit(frame: pd.DataFrame, finance: FinanceSettings = FINANCE) -> tuple[np.ndarray, tuple[NotEstimable | None, ...]]:
    found = fit_serving_cost(cast("Linked", Timelines(frame)), finance, {}, np.ones((4, 40)))
    return found.point, found.refusals


def test_credits_are_saved_in_full_and_handling_in_part() -> None:
    point, refusals = fit(tickets(20))
    assert refusals[0] is None
    assert point[0] == pytest.approx(20 * (0.5 * 8.0 + 2.0) / 20)


def test_unknown_handling_counts_as_the_mean_of_the_known() -> None:
    frame = tickets(20)
    frame.loc[:9, "handling"] = np.nan
    assert fit(frame)[0][0] == pytest.approx(fit(tickets(20))[0][0])


@pytest.mark.parametrize(
    ("frame", "finance", "said"),
    [
        (tickets(9), FINANCE, "9 tickets"),
        (tickets(20, customers=5), FINANCE, "5 customers"),
        (tickets(20, handling=np.nan), FINANCE, "what it cost"),
        (tickets(20), FinanceSettings(), "avoidable share"),
    ],
)
def test_costs_are_refused_with_their_reason(frame: pd.DataFrame, finance: FinanceSettings, said: str) -> None:
    point, refusals = fit(frame, finance)
    assert isinstance(refusals[0], NotEstimable)
    assert said in refusals[0].reason
    assert point[0] == 0


def test_a_component_without_tickets_has_no_cost_of_zero() -> None:
    _, refusals = fit(tickets(20))
    assert isinstance(refusals[1], NotEstimable)
    assert "no tickets" in refusals[1].reason
