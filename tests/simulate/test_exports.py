"""What is written: the same bytes for a seed, linked rows, planted faults and nothing else wrong."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlink.errors import CannotCreateError
from cxlink.simulate import SCENARIOS, simulate
from cxlink.simulate.exports import TABLES
from cxlink.simulate.world import World

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exports")
    simulate(path, customers=2000, seed=11, scenario="base", with_effects=False, with_labels=True)
    return path


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return loaded


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second", "other"):
        seed = 4 if name == "other" else 3
        simulate(tmp_path / name, customers=60, seed=seed, scenario="base", with_labels=True)
    written = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}
    assert written["revenue.csv"] != (tmp_path / "other" / "revenue.csv").read_bytes()


def test_compressed_tables_hold_the_same_rows_in_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        simulate(tmp_path / name, customers=60, seed=3, scenario="base", with_effects=False, compressed=True)
    simulate(tmp_path / "plain", customers=60, seed=3, scenario="base", with_effects=False)
    packed = (tmp_path / "first" / "tickets.csv.gz").read_bytes()
    assert packed == (tmp_path / "second" / "tickets.csv.gz").read_bytes()
    assert pd.read_csv(tmp_path / "first" / "tickets.csv.gz").equals(pd.read_csv(tmp_path / "plain" / "tickets.csv"))


def test_every_customer_id_exists_but_those_hidden_on_purpose(folder: Path) -> None:
    known = {row["customer_id"] for row in read(folder, "customers")}
    assert len(known) == 2000
    for name in ("tickets", "events"):
        assert {row["customer_id"] for row in read(folder, name)} <= known
    revenue = read(folder, "revenue")
    strangers = [row for row in revenue if row["customer_id"] not in known]
    assert 0.005 < len(strangers) / len(revenue) < 0.015
    assert {row["customer_id"][:1] for row in strangers} == {"", "X"}


def test_most_responses_without_an_id_carry_a_known_email_in_another_case(folder: Path) -> None:
    emails = {row["email"] for row in read(folder, "customers")}
    feedback = read(folder, "feedback")
    without_id = [row for row in feedback if not row["customer_id"]]
    by_email = [row for row in without_id if row["email"]]
    assert 0.12 < len(by_email) / len(feedback) < 0.18
    assert 0.08 < (len(without_id) - len(by_email)) / len(feedback) < 0.12
    assert all(row["email"] not in emails and row["email"].lower() in emails for row in by_email)


def test_ids_are_unique_but_for_the_repeated_invoices(folder: Path) -> None:
    keys = {"customers": "customer_id", "feedback": "response_id", "tickets": "ticket_id", "events": "event_id"}
    for name, key in keys.items():
        ids = [row[key] for row in read(folder, name)]
        assert len(ids) == len(set(ids)), name
    counts = Counter(row["invoice_id"] for row in read(folder, "revenue"))
    repeated = {fault["record_id"] for fault in truth(folder)["planted_faults"] if fault["kind"] == "repeated_id"}
    assert {key for key, count in counts.items() if count > 1} == repeated
    assert len(repeated) == 3


def test_the_planted_faults_are_where_the_truth_says(folder: Path) -> None:
    faults = truth(folder)["planted_faults"]
    kinds = Counter(fault["kind"] for fault in faults)
    assert kinds == {"repeated_id": 3, "unreadable_amount": 2, "unreadable_date": 2, "too_many_fields": 1}
    amounts = {row["invoice_id"]: row["amount"] for row in read(folder, "revenue")}
    bad = {fault["record_id"] for fault in faults if fault["kind"] == "unreadable_amount"}
    assert {amounts[key] for key in bad} == {"n/a", "12,3O"}
    too_long = [row["invoice_id"] for row in read(folder, "revenue") if None in row]
    assert too_long == [fault["record_id"] for fault in faults if fault["kind"] == "too_many_fields"]


def test_amounts_are_whole_cents_and_refunds_are_negative(folder: Path) -> None:
    for row in read(folder, "revenue"):
        if row["amount"] in {"n/a", "12,3O"}:
            continue
        assert row["amount"] == f"{float(row['amount']):.2f}"
        assert (float(row["amount"]) < 0) == (row["kind"] == "refund")


def test_charges_keep_their_anchor_day_through_short_months(folder: Path) -> None:
    frame = pd.read_csv(folder / "revenue.csv", on_bad_lines="skip")
    recurring = frame[(frame["kind"] == "recurring") & frame["charged_on"].str.startswith("2024-")]
    readable = recurring[recurring["charged_on"] != "2024-13-45"]
    ends = pd.to_datetime(readable["period_end"])
    starts = pd.to_datetime(readable["period_start"])
    next_charge = ends + pd.Timedelta(days=1)
    months = (next_charge.dt.year - starts.dt.year) * 12 + next_charge.dt.month - starts.dt.month
    assert set(months) == {1, 12}
    late = readable[starts.dt.day == 29]
    assert late["period_end"].str.startswith("2024-02-2").any()


def test_a_customer_is_charged_only_while_at_risk(folder: Path) -> None:
    customers = pd.read_csv(folder / "customers.csv").set_index("customer_id")
    frame = pd.read_csv(folder / "revenue.csv", on_bad_lines="skip").dropna(subset=["customer_id"])
    charges = frame[(frame["kind"] == "recurring") & frame["customer_id"].isin(customers.index)]
    readable = charges[charges["charged_on"] != "2024-13-45"]
    ended = readable["customer_id"].map(customers["ended_on"]).fillna("9999-12-31")
    acquired = readable["customer_id"].map(customers["acquired_on"])
    assert (readable["charged_on"] <= ended).all()
    assert (readable["charged_on"] >= acquired).all()


def test_records_fall_into_the_customers_life(folder: Path) -> None:
    customers = pd.read_csv(folder / "customers.csv").set_index("customer_id")
    ended = customers["ended_on"].fillna("9999-12-31")
    assert (ended >= "2023-01-01").all()
    for name, column in (("tickets", "opened_at"), ("events", "occurred_at")):
        frame = pd.read_csv(folder / f"{name}.csv")
        day = frame[column].str[:10]
        assert (day <= frame["customer_id"].map(ended)).all()
        assert (day >= frame["customer_id"].map(customers["acquired_on"])).all()
        assert day.max() <= "2025-12-31"


def test_a_score_of_zero_occurs(folder: Path) -> None:
    scores = Counter(row["nps"] for row in read(folder, "feedback"))
    assert set(scores) == {str(score) for score in range(11)}


def test_sizes(folder: Path, tmp_path: Path) -> None:
    assert sum((folder / f"{name}.csv").stat().st_size for name in TABLES) < 5.5 * MEGABYTE
    simulate(tmp_path, customers=2000, seed=11, scenario="base", with_effects=False, compressed=True)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1.5 * MEGABYTE


def test_three_quarters_of_the_tickets_name_the_true_component(folder: Path) -> None:
    labels = {row["record_id"]: row for row in read(folder, "truth_labels")}
    tickets = read(folder, "tickets")
    given = [row for row in tickets if row["component"]]
    assert 0.70 < len(given) / len(tickets) < 0.76
    assert all(row["component"] == labels[row["ticket_id"]]["component"] for row in given)


def test_the_configuration_names_files_that_exist(folder: Path) -> None:
    configuration = tomllib.loads((folder / "cxlink.toml").read_text(encoding="utf-8"))
    for sources in configuration["sources"].values():
        for source in sources:
            assert (folder / source["path"]).is_file()
    assert configuration["project"]["observed_to"] == World("base", 1).observed_to


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_every_scenario_can_be_written(tmp_path: Path, scenario: str) -> None:
    simulate(tmp_path, customers=40, seed=1, scenario=scenario, months=12)
    written = truth(tmp_path)
    assert written["settings"]["scenario"] == scenario
    assert (written["effects"] is None) == (scenario == "orders")


def test_an_unknown_scenario_lists_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="base, null, truncation"):
        simulate(tmp_path, customers=10, seed=1, scenario="nonsense")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("in the way", encoding="utf-8")
    with pytest.raises(CannotCreateError, match="cannot be written"):
        simulate(target, customers=5, seed=1, scenario="base", months=3, with_effects=False)
