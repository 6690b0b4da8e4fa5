"""Canonical tables from small frames, typed as the load stage types them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from cxlink.engine.open import open_engine
from cxlink.handoff import Loaded, Tagged
from cxlink.link.charges import Charges, read_charges
from cxlink.link.classify import classify_revenue
from cxlink.link.identity import match_customers
from cxlink.link.months import add_up_months, take_apart
from cxlink.link.spans import measure_spans
from cxlink.load.tables import SQL_TYPES, TABLES
from cxlink.settings import Settings
from cxlink.simulate import Company

MONEY = {"amount": "amount_minor", "credit_amount": "credit_minor", "cost": "cost_minor", "margin": "margin_minor"}
Attributes = Mapping[str, Literal["number", "category"]]


def build_loaded(
    frames: Mapping[str, pd.DataFrame], *, first: date, last: date, attributes: Attributes | None = None
) -> Loaded:
    """Put frames with canonical columns onto an engine; amounts are in the currency, not in minor units."""
    attributes = attributes or {}
    engine = open_engine("duckdb")
    columns: dict[str, tuple[str, ...]] = {}
    for name, table in TABLES.items():
        types = {column.typed_name: SQL_TYPES[column.kind] for column in table.columns}
        if name == "customers":
            types |= {key: "DOUBLE" if kind == "number" else "VARCHAR" for key, kind in attributes.items()}
        types |= {"file": "VARCHAR", "line": "BIGINT"}
        engine.create_table(name, types)
        if name not in frames:
            continue
        frame = frames[name].rename(columns=MONEY)
        columns[name] = tuple(frames[name].columns)
        for money in set(MONEY.values()) & set(frame.columns):
            frame[money] = (pd.to_numeric(frame[money]).fillna(0) * 100).round().astype("int64")
        if name == "revenue" and "currency" not in frame:
            frame["currency"] = "EUR"
        frame = frame.assign(file=f"{name}.csv", line=np.arange(len(frame)) + 2)
        frame = frame[[column for column in frame.columns if column in types]]
        for column in frame.columns:
            if frame[column].dtype == object:
                values = [None if pd.isna(value) or value == "" else value for value in frame[column]]
                frame[column] = pd.Series(values, index=frame.index, dtype=object)
        engine.append(name, frame)
    return Loaded(engine, (), columns, attributes, first, last, ())


def load_company(company: Company) -> Loaded:
    """Put a made-up company onto an engine, without the detour through files."""
    return build_loaded(
        {
            name: getattr(company, name)
            for name in ("customers", "revenue", "feedback", "invitations", "tickets", "events", "fx")
            if getattr(company, name) is not None
        },
        first=company.world.observed_from,
        last=company.world.observed_to,
        attributes={"plan": "category", "region": "category", "usage": "number"},
    )


def tags_of(rows: list[tuple[str, str, str, str | None]], *, intent: str = "") -> Tagged:
    """Tags from (record, table, component, cause)."""
    frame = pd.DataFrame(rows, columns=["record_id", "table", "component", "cause"])
    return Tagged(frame.assign(intent=intent, evidence="their words"), "test", "0", ())


def find_charges(loaded: Loaded) -> list[Charges]:
    """Recurring charges of tables that are not linked yet."""
    match_customers(loaded)
    classify_revenue(loaded, currency="EUR", subscription=True)
    return list(read_charges(loaded))


def monthly_and_charged(loaded: Loaded) -> tuple[tuple[int, int], tuple[int, int]]:
    """What charges add up to after and before they are spread over months: as charged, and at constant rates."""
    parts, whole = [0, 0], [0, 0]
    for charges in find_charges(loaded):
        monthly = add_up_months(charges, take_apart(charges, measure_spans(charges)))
        for place, (part, charge) in enumerate([(monthly.price, charges.amount), (monthly.constant, charges.constant)]):
            parts[place] += int(part.sum())
            whole[place] += int(charge.sum())
    return (parts[0], parts[1]), (whole[0], whole[1])


def build_settings(**groups: object) -> Settings:
    """Settings for tables that are already on the engine."""
    base: dict[str, object] = {
        "project": {"name": "Test", "currency": "EUR"},
        "sources": {"feedback": [{"path": "feedback.csv"}], "revenue": [{"path": "revenue.csv"}]},
    }
    return Settings.model_validate({**base, **groups})
