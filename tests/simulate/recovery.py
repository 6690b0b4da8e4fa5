"""Poisson regression on person-time split by exposure: recovers log hazard ratios from exported rows only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COMPONENTS = ("delivery", "billing", "app", "support", "onboarding", "product")
EXPOSURE_DAYS = 90
FIRST, LAST = np.datetime64("2023-01-01"), np.datetime64("2025-12-31")
TENURE_EDGES = (90, 365, 730)

Floats = NDArray[np.float64]


def read_incidents(folder: Path) -> pd.DataFrame:
    """Failed deliveries, and tickets of the other components by their true label."""
    events = pd.read_csv(folder / "events.csv")
    failed = events.loc[events["failed"], ["customer_id", "occurred_at"]].assign(component="delivery")
    tickets = pd.read_csv(folder / "tickets.csv")[["ticket_id", "customer_id", "opened_at"]]
    labels = pd.read_csv(folder / "truth_labels.csv")
    complaints = labels[labels["kind"] == "complaint"][["record_id", "component"]]
    labelled = tickets.merge(complaints, left_on="ticket_id", right_on="record_id")
    others = labelled[labelled["component"] != "delivery"].rename(columns={"opened_at": "occurred_at"})
    columns = ["customer_id", "occurred_at", "component"]
    incidents = pd.concat([failed[columns], others[columns]], ignore_index=True)
    return incidents.assign(day=_day_number(incidents["occurred_at"].str[:10]))


def fit_log_hazard_ratios(folder: Path) -> tuple[Floats, Floats]:
    """Estimates and standard errors for the components, adjusted for plan, region, usage and tenure."""
    customers = pd.read_csv(folder / "customers.csv")
    n_days = int((LAST - FIRST).astype(int)) + 1
    acquired = _day_number(customers["acquired_on"])
    ended = _day_number(customers["ended_on"].fillna("2100-01-01"))
    code = _exposure_codes(customers, read_incidents(folder), n_days)
    customer, day = np.nonzero(
        (np.arange(n_days) >= acquired[:, None]) & (np.arange(n_days) <= np.minimum(ended, n_days - 1)[:, None])
    )
    band = np.searchsorted(TENURE_EDGES, day - acquired[customer], side="right")
    is_event = (day == ended[customer]) & (customers["end_reason"].to_numpy() == "voluntary")[customer]
    key = (customer * 4 + band) * 64 + code[customer, day]
    cell, position = np.unique(key, return_inverse=True)
    person_days = np.bincount(position).astype(np.float64)
    events = np.bincount(position, weights=is_event).astype(np.float64)
    who, cell_band, cell_code = cell // 256, cell // 64 % 4, cell % 64
    covariates = pd.get_dummies(customers[["plan", "region"]], drop_first=True, dtype=float)
    design = np.column_stack(
        [
            (cell_code[:, None] >> np.arange(len(COMPONENTS))) & 1,
            np.eye(4)[cell_band],
            covariates.to_numpy()[who],
            customers["usage"].to_numpy()[who] - 5,
        ]
    ).astype(np.float64)
    estimates, errors = _fit_poisson(design, events, person_days)
    return estimates[: len(COMPONENTS)], errors[: len(COMPONENTS)]


def _exposure_codes(customers: pd.DataFrame, incidents: pd.DataFrame, n_days: int) -> NDArray[np.int64]:
    row_of = pd.Series(range(len(customers)), index=customers["customer_id"])
    code = np.zeros((len(customers), n_days), dtype=np.int64)
    for bit, name in enumerate(COMPONENTS):
        these = incidents[incidents["component"] == name]
        steps = np.zeros((len(customers), n_days + 1), dtype=np.int64)
        rows, day = row_of.loc[these["customer_id"]].to_numpy(), these["day"].to_numpy()
        np.add.at(steps, (rows, np.clip(day + 1, 0, n_days)), 1)
        np.add.at(steps, (rows, np.clip(day + 1 + EXPOSURE_DAYS, 0, n_days)), -1)
        code += (steps.cumsum(axis=1)[:, :-1] > 0).astype(np.int64) << bit
    return code


def _day_number(dates: pd.Series) -> NDArray[np.int64]:
    days: NDArray[np.int64] = (dates.to_numpy().astype("datetime64[D]") - FIRST).astype(np.int64)
    return days


def _fit_poisson(design: Floats, events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    beta = np.zeros(design.shape[1])
    beta[len(COMPONENTS) : len(COMPONENTS) + 4] = np.log(events.sum() / exposure.sum())
    for _ in range(50):
        mean = exposure * np.exp(design @ beta)
        information = design.T @ (design * mean[:, None])
        step = np.linalg.solve(information, design.T @ (events - mean))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))
