"""Data that a part cannot be fitted to: refused in words, and the other parts are checked all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import SelfCheck
from cxlink.report.selfcheck_sections import build_selfcheck_sections
from cxlink.report.selfcheck_table import selfcheck_table
from cxlink.selfcheck import Setup, check_companies, summarise
from tests.selfcheck.made_up import Run, changed, only, run


def checked(here: Run, companies: int = 3) -> SelfCheck:
    setup = here.prepare(400)
    assert isinstance(setup, Setup)
    found = check_companies(setup, companies=companies, seed=1, n_draws=20, processes=1, progress=lambda _: None)
    return summarise(setup, found)


def reasons(told: SelfCheck, quantity: str) -> set[str]:
    answers = [one.coverage for one in told.effects if one.quantity == quantity]
    assert all(isinstance(answer, NotEstimable) for answer in answers)
    return {answer.reason for answer in answers if isinstance(answer, NotEstimable)}


def is_told(told: SelfCheck, quantity: str) -> bool:
    return isinstance(told.coverage_by_quantity[quantity], Estimate)


def words(told: SelfCheck) -> str:
    return " ".join(
        " ".join((*section.notes, *map(str, section.rows)))
        for section in build_selfcheck_sections(told, published=False)
    )


def test_nobody_leaves() -> None:
    linked = run().linked
    stay = replace(linked, customers=linked.customers.assign(event=0))
    refused = changed(stay).prepare()
    assert isinstance(refused, NotEstimable)
    assert "0 customers left" in refused.reason


def test_no_component() -> None:
    linked = only(run().linked, "none at all")
    refused = changed(replace(linked, components=())).prepare()
    assert isinstance(refused, NotEstimable)
    assert "no component" in refused.reason


def test_no_prices() -> None:
    linked = run().linked
    customers = linked.customers.assign(monthly_price=np.nan)
    told = checked(changed(replace(linked, customers=customers, price_changes=linked.price_changes.iloc[:0])))
    assert reasons(told, "margin_kept") == {"no active customer has a recurring charge"}
    assert isinstance(told.costliest_right, NotEstimable)
    assert "no active customer has a recurring charge" in words(told)
    assert is_told(told, "hazard_ratio")
    assert is_told(told, "experience")


def test_no_scores() -> None:
    linked = run().linked
    told = checked(changed(replace(linked, responses=linked.responses.iloc[:0])))
    assert reasons(told, "experience") == {"no answer with this score lies inside the window and has a customer"}
    assert is_told(told, "margin_kept")
    assert not selfcheck_table(told, published=False).empty


def test_one_component() -> None:
    told = checked(changed(only(run().linked, "billing")))
    assert {one.component for one in told.effects} == {"billing", "together"}
    assert isinstance(told.ranks_held, NotEstimable)
    assert "one component cannot be ranked" in words(told)
    assert is_told(told, "net_benefit")


def test_no_margin_and_no_avoidable_share() -> None:
    here = run()
    finance = here.settings.finance.model_copy(update={"gross_margin": None, "avoidable_share": None})
    told = checked(changed(here.linked, here.settings.model_copy(update={"finance": finance})))
    assert reasons(told, "margin_kept") == {"no gross margin is given"}
    assert reasons(told, "cost_saved") == {"no avoidable share is given"}
    assert is_told(told, "customers_kept")


def test_a_sample_says_so_and_scales() -> None:
    told = checked(run())
    assert (told.customers, told.of) == (400, int(run().linked.customers["at_risk"].sum()))
    assert f"400 of your {told.of} customers" in words(told)
