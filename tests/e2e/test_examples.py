"""The examples on real data: every row and cent, the known contrast, and refusals where nothing can be known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from cxlink.cli.run import run_job
from cxlink.report.results import results_schema
from cxlink.stats import kaplan_meier
from tests.real_data import REAL_DATA, REPOSITORY, needs

NUMBERS = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit", "hazard_ratio")


def run_example(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("CXLINK_REAL_DATA", str(REAL_DATA))
    out = run_job(REPOSITORY / "examples" / name / "cxlink.toml", out=folder / "out", quiet=True)
    results: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(results, results_schema())
    return results


def entry(results: dict[str, Any], source: str) -> dict[str, Any]:
    return next(entry for entry in results["ledger"] if entry["source"] == source)


@needs("olist")
def test_olist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run_example("olist", tmp_path, monkeypatch)
    assert entry(results, "revenue/orders")["rows_read"] == 4000
    payments = entry(results, "revenue")
    assert payments["rows_accepted"] == 4161
    assert payments["minor_units_accepted"] == {"BRL": 64_549_405}
    delivery = next(one for one in results["components"] if one["component"] == "delivery")
    # the means by order that the data's own README states
    assert (round(delivery["seen_after"]["point"], 2), delivery["seen_after"]["events"]) == (2.43, 323)
    assert (round(delivery["seen_otherwise"]["point"], 2), delivery["seen_otherwise"]["events"]) == (4.29, 3562)
    # adjusting for quarter and state moves the plain contrast of 1.87 points on 323 of 3,986 answers only a little
    plain = (4.294 - 2.427) * 323 / 3986
    assert delivery["experience"]["low"] < plain < delivery["experience"]["high"]
    assert delivery["experience"]["low"] > 0
    assert "observed responses" in delivery["experience"]["method"]
    assert delivery["grade"] == "C"
    for one in results["components"]:
        for number in NUMBERS:
            assert "not_estimable" in one[number]
    assert "on more than one day" in delivery["customers_kept"]["not_estimable"]
    assert results["churn"]["curve"] == []
    driver = next(one for one in results["drivers"][0]["components"] if one["component"] == "delivery")
    effects = {one["way"]: one["effect"] for one in driver["contrasts"]}
    # 2.427 less 4.294; hardly anybody buys twice, so that nobody was late once and on time once
    assert round(effects["difference"]["point"], 2) == -1.87
    assert effects["ordinal"]["high"] < -1.5
    assert effects["within"]["not_estimable"].startswith("0 customers answered both")


@needs("online_retail")
def test_online_retail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run_example("online-retail", tmp_path, monkeypatch)
    lines = entry(results, "revenue")
    assert lines["rows_read"] == lines["rows_accepted"] == 541_909
    assert lines["minor_units_accepted"] == {"GBP": 974_774_793}
    assert lines["rows_rounded"] == 4
    # 135,080 lines have no customer; they stay in the ledger
    assert results["linkage"]["revenue_matched"] == pytest.approx(1 - 135_080 / 541_909, abs=1e-9)
    for one in results["components"]:
        assert "not_estimable" in one["experience"]
        assert one["grade"] == "D"


@needs("telco")
def test_telco(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run_example("telco", tmp_path, monkeypatch)
    churn = results["churn"]
    # 7,043 customers, 11 of them without a month of tenure; 1,869 left
    assert (churn["customers"], churn["events"]) == (7032, 1869)
    # a level that repeats in three columns is left out of two, and named
    (left_out,) = [one["message"] for one in results["diagnostics"] if one["code"] == "CX403"]
    assert "security=No internet service, tech_support=No internet service" in left_out
    assert all("not_estimable" not in ratio for ratio in churn["covariate_ratios"].values())
    # nothing is known of any earlier day, so nothing can be validated out of time
    assert all("not_estimable" in answer for answer in churn["validation"].values())


@needs("telco")
def test_how_many_of_the_month_to_month_customers_stay() -> None:
    rows = pd.read_csv(REAL_DATA / "telco" / "Telco-Customer-Churn.csv")
    rows = rows.loc[(rows["Contract"] == "Month-to-month") & (rows["tenure"] > 0)]
    curve = kaplan_meier(rows["tenure"].to_numpy(float), (rows["Churn"] == "Yes").to_numpy())
    # published to three digits
    assert round(float(curve.survival_at(72.0)), 3) == 0.129
