"""results.json keeps its contract: every key, finite numbers, and a schema that it obeys."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from cxlink.estimate import Estimate
from cxlink.handoff import RunResult
from cxlink.report.results import build_ledger, build_results, dump_json, results_schema
from tests.report.conftest import ledger

KEYS = [
    "schema", "project", "currency", "kpi", "seed", "observed", "ledger", "linkage", "components", "joint", "causes",
    "churn", "changes", "claims", "kpis", "monitor", "bridge", "readiness", "diagnostics",
]  # fmt: skip
COMPONENT_KEYS = [
    "component", "incidents", "customers_reached", "hazard_ratio", "experience", "customers_kept", "revenue_kept",
    "margin_kept", "cost_saved", "net_benefit", "joint_share", "rank", "grade", "warnings",
]  # fmt: skip
LEDGER_KEYS = [
    "source", "file", "rows_read", "rows_accepted", "rows_excluded", "rows_quarantined", "minor_units_accepted",
    "minor_units_quarantined", "encoding", "delimiter", "date_format", "decimal",
]  # fmt: skip


def test_it_obeys_its_schema(result: RunResult, hostile: RunResult) -> None:
    schema = results_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for one in (result, hostile, replace(result, audience="published")):
        jsonschema.validate(json.loads(dump_json(build_results(one))), schema)


def test_all_keys_are_present_in_order(result: RunResult) -> None:
    results = build_results(result)
    assert list(results)[: len(KEYS)] == KEYS
    assert list(results["components"][0])[: len(COMPONENT_KEYS)] == COMPONENT_KEYS
    assert list(results["ledger"][0])[: len(LEDGER_KEYS)] == LEDGER_KEYS
    assert results["observed"] == {"from": "2023-01-01", "to": "2025-12-31"}


def test_an_answer_is_a_number_or_a_reason(result: RunResult) -> None:
    support = build_results(result)["components"][2]
    assert support["customers_kept"] == {"not_estimable": "6 exposed churners", "needs": "10 exposed churners"}
    kept = build_results(result)["components"][1]["customers_kept"]
    assert list(kept) == ["point", "low", "high", "level", "unit", "n", "events", "method"]


def test_numbers_have_nine_digits(result: RunResult) -> None:
    third = Estimate(1 / 3, 1e-7 / 3, 2e9 / 3, 0.95, "EUR", 1, 1, "test")
    results = build_results(replace(result, impact=replace(result.impact, experience_level=third)))
    assert results["experience_level"]["point"] == 0.333333333
    assert results["experience_level"]["low"] == 3.33333333e-8
    assert results["experience_level"]["high"] == 666666667.0


def test_nothing_but_finite_numbers_is_dumped() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json({"x": float("nan")})


def test_text_is_dumped_as_it_is_but_for_what_is_no_text() -> None:
    assert dump_json({"x": "ķ\ud800"}) == '{\n  "x": "ķ\\ud800"\n}\n'


def test_the_ledger_names_refused_rows_without_their_content() -> None:
    entries = build_ledger(ledger())
    assert entries[1]["quarantine"][0] == {
        "file": "exports/invoices.csv",
        "line": 17,
        "column": "amount",
        "code": "CX121",
        "reason": "not a number",
    }
    assert "2025-02-31" not in dump_json(entries)
