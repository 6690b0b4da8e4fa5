"""Who waits for an answer, by what they pay."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd

from cxlink.closing.waiting import MOST, find_waiting


def linked(rows: list[tuple[int, str, bool, float | None]]) -> Any:
    columns = ["customer", "customer_id", "active", "monthly_price"]
    return cast("Any", SimpleNamespace(customers=pd.DataFrame(rows, columns=columns)))


def scores(rows: list[tuple[int, int, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "day", "raw"])


def test_the_largest_comes_first_with_the_latest_score() -> None:
    company = linked([(0, "a", True, 10.0), (1, "b", True, 30.5), (2, "c", False, 99.0), (3, "d", True, None)])
    found = find_waiting(company, scores([(0, 5, 3.0), (1, 4, 6.0), (1, 9, 2.0), (2, 4, 1.0), (3, 4, 0.0)]))
    assert [(one.customer_id, one.day, one.score) for one in found.by_value] == [("b", 9, 2.0), ("a", 5, 3.0)]
    # who left is not told; who pays nothing known is counted
    assert found.customers == 3
    assert found.monthly == 40.5


def test_order_of_rows_does_not_matter_and_few_are_told() -> None:
    company = linked([(at, f"c{at}", True, float(at % 5)) for at in range(40)])
    rows = [(at, 7, 1.0) for at in range(40)]
    found = find_waiting(company, scores(rows))
    assert found == find_waiting(company, scores(rows[::-1]))
    assert len(found.by_value) == MOST
    assert found.monthly == sum(at % 5 for at in range(40))


def test_nobody_waits() -> None:
    found = find_waiting(linked([(0, "a", True, 10.0)]), scores([]))
    assert (found.customers, found.monthly, found.by_value) == (0, None, ())
