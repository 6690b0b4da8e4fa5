"""Whom a change reached or a claim is about: conditions that are understood, and those not let near the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from cxlink.errors import ConfigError
from cxlink.handoff import Exposed, Loaded
from cxlink.link.exposed import find_among, find_exposed
from cxlink.link.identity import match_customers
from cxlink.settings import ChangeSettings, ClaimSettings
from tests.canonical import build_loaded

STARTED_ON = date(2025, 1, 1)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Loaded]:
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "acquired_on": pd.to_datetime(["2023-01-01", "2023-02-01", "2024-01-01", "2024-02-01"]),
            "region": ["EU", "US", None, "it's"],
            'odd "name"': ["x", "y", "x", "y"],
            "usage": [1.0, 2.5, 10.0, float("nan")],
        }
    )
    kinds = {"region": "category", 'odd "name"': "category", "usage": "number"}
    revenue = pd.DataFrame({"customer_id": ["a"], "charged_on": [pd.Timestamp("2025-01-05")], "amount": ["5"]})
    found = build_loaded(
        {"customers": customers, "revenue": revenue},
        first=date(2023, 1, 1),
        last=date(2025, 12, 31),
        attributes=kinds,  # type: ignore[arg-type]  # literals
    )
    match_customers(found)
    yield found
    found.engine.close()


def evaluate(loaded: Loaded, condition: str | None) -> Exposed | None:
    change = ChangeSettings(name="x", component="delivery", started_on=STARTED_ON, exposed=condition)
    return find_exposed(loaded, (change,))[0]


@pytest.mark.parametrize(
    ("condition", "flags"),
    [
        ("region = 'EU'", [1, 0, -1, 0]),
        ("REGION in ('EU', 'US') and usage >= 2", [0, 1, -1, 0]),
        ("region is not null", [1, 1, 0, 1]),
        ("region = 'it''s'", [0, 0, -1, 1]),
        ('"odd ""name""" = \'x\'', [1, 0, 1, 0]),
        ("usage between 2 and 20", [0, 1, 1, -1]),
        ("not (usage > -1.5)", [0, 0, 0, -1]),
        ("acquired_on >= date '2024-01-01'", [0, 0, 1, 1]),
        ("customer_id like 'a%' or customer_id = 'd'", [1, 0, 0, 1]),
    ],
)
def test_conditions_are_those_of_the_customers(loaded: Loaded, condition: str, flags: list[int]) -> None:
    found = evaluate(loaded, condition)
    assert found is not None
    assert found.flag.tolist() == flags


def test_customers_of_the_same_values_are_one_group(loaded: Loaded) -> None:
    found = evaluate(loaded, '"odd ""name""" = \'x\'')
    assert found is not None
    assert found.group.tolist() == [0, 1, 0, 1]
    assert found.columns == ('odd "name"',)
    assert evaluate(loaded, None) is None


@pytest.mark.parametrize(
    "condition",
    [
        "region = 'EU'; drop table customers",
        "region = 'EU' -- and more",
        "region = 'EU' /* and more */",
        "region in (select region from customers)",
        "read_text('a') = 'x'",
        "getenv('HOME') = region",
        "region = 'EU') or (usage > 1",
        "(region = 'EU'",
        "ended_on is null",
        "no_such = 1",
        "region",
        "usage > 'many'",
        "1 = 1",
        "",
        "region = 'EU",
        "region = $$EU$$",
        "region == 'EU' and",
        "usage > 1 " + "or usage > 1 " * 300,
    ],
)
def test_anything_else_is_refused_with_its_place(loaded: Loaded, condition: str) -> None:
    with pytest.raises(ConfigError, match=r"CX591 changes\.\[1\]\.exposed: ") as caught:
        evaluate(loaded, condition)
    assert caught.value.exit_code == 78
    assert loaded.engine.scalar("select count(*) from customers") == 4


def test_a_claim_is_about_those_of_whom_its_condition_is_known_to_hold(loaded: Loaded) -> None:
    texts = ("usage > 2", None, "region = 'EU'", "usage > 2")
    found = find_among(loaded, tuple(ClaimSettings(text="+1 NPS = 1% revenue", among=text) for text in texts))
    assert {text: holds.tolist() for text, holds in found.items()} == {
        "usage > 2": [False, True, True, False],
        "region = 'EU'": [True, False, False, False],
    }
    with pytest.raises(ConfigError, match=r"CX591 claims\.\[2\]\.among: "):
        find_among(loaded, (ClaimSettings(text="x"), ClaimSettings(text="x", among="no_such = 1")))
