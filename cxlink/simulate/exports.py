"""Writes a made-up company as exports, with a configuration and the truth."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlink.errors import CannotCreateError
from cxlink.simulate.company import Company, simulate_company
from cxlink.simulate.faults import Fault, Rows, hide_payers, hide_respondents, spoil_feedback, spoil_revenue

TABLES = ("customers", "revenue", "feedback", "invitations", "tickets", "events")
LAST_COLUMNS = {"feedback": ("comment", "language", "email"), "tickets": ("subject", "body")}
DAY_COLUMNS = (
    "acquired_on",
    "ended_on",
    "invited_at",
    "charged_on",
    "period_start",
    "period_end",
    "occurred_at",
    "date",
)
MOMENT_COLUMNS = ("responded_at", "opened_at", "closed_at")
DECIMALS = {"amount": 2, "credit_amount": 2, "usage": 1, "handle_minutes": 1}
FAULTS_STREAM = 7
FX_SOURCE = """
[[sources.fx]]
path = "fx@SUFFIX@"              # the rate of the second currency
"""
DECISIONS = """budget = 3000                  # EUR for [[changes]] over the horizon

[[changes]]
name = "second courier"
component = "delivery"
reduce = { low = 0.2, likely = 0.3, high = 0.4 }     # share of incidents that no longer happen
cost = { one_off = 1500, per_month = 100 }           # EUR
ramp_months = 3                # until it works in full

[[changes]]
name = "check of invoices"
component = "billing"
reduce = { low = 0.1, likely = 0.25, high = 0.3 }
cost = { one_off = 2500 }

[[changes]]
name = "fewer support agents"
component = "support"
reduce = { low = -0.3, likely = -0.2, high = -0.1 }  # below zero: more incidents
saving = { per_month = 100 }

[[claims]]
text = "+1 NPS = +0.5% revenue"  # what somebody says; cxlink claim tests others
"""


def simulate(
    folder: Path,
    *,
    customers: int,
    seed: int,
    scenario: str,
    months: int = 36,
    with_effects: bool = True,
    with_labels: bool = False,
    compressed: bool = False,
    with_joint_shares: bool = False,
    with_decisions: bool = False,
) -> None:
    """Write exports of made-up customers with known effects.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write; made if it does not exist.
    customers : int
        Customers exported, each active on some day of the observed window.
    seed : int
        The same seed writes the same bytes.
    scenario : str
        One of :data:`cxlink.simulate.world.SCENARIOS`.
    months : int
        Length of the observed window.
    with_effects : bool
        Whether ``truth.json`` holds the true effects over the horizon, which take most of the time.
    with_labels : bool
        Whether to write ``truth_labels.csv``, the true component and cause of each text.
    compressed : bool
        Whether the tables are written as ``.csv.gz``.
    with_joint_shares : bool
        Whether ``truth.json`` also splits the joint effect among the components.
    with_decisions : bool
        Whether ``cxlink.toml`` asks about changes and a claim. What happens to those who order as they like cannot be
        projected: there it never does.

    Raises
    ------
    ValueError
        When the scenario is unknown, or a number is too low.
    CannotCreateError
        When the folder or a file cannot be written.
    """
    company = simulate_company(
        customers=customers,
        seed=seed,
        scenario=scenario,
        months=months,
        with_effects=with_effects,
        with_joint_shares=with_joint_shares,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_company(company, folder, with_labels=with_labels, compressed=compressed, decisions=with_decisions)
    except OSError as error:
        raise CannotCreateError(
            "CX733", str(folder), f"the exports cannot be written ({error.strerror}).", "Choose another folder."
        ) from error


def _write_company(company: Company, folder: Path, *, with_labels: bool, compressed: bool, decisions: bool) -> None:
    suffix = ".csv.gz" if compressed else ".csv"
    tables, faults = export_tables(company)
    for name, (header, rows) in tables.items():
        _write_bytes(folder / f"{name}{suffix}", _csv_bytes(header, rows))
    if with_labels:
        _write_bytes(folder / f"truth_labels{suffix}", _csv_bytes(*_as_text(company.labels)))
    truth = company.truth() | {"planted_faults": [asdict(fault) for fault in faults]}
    text = json.dumps(truth, indent=1, ensure_ascii=False, default=_plain) + "\n"
    (folder / "truth.json").write_bytes(text.encode("utf-8"))
    text = render_configuration(company, suffix, decisions=decisions)
    (folder / "cxlink.toml").write_bytes(text.encode("utf-8"))


def export_tables(company: Company) -> tuple[Mapping[str, tuple[list[str], Rows]], list[Fault]]:
    """Tables as text, with ids missing and faults planted as in real exports.

    Parameters
    ----------
    company : Company
        The clean records.

    Returns
    -------
    tuple
        Header and rows of each table, and the faults planted.
    """
    rng = np.random.default_rng([company.seed, FAULTS_STREAM])
    emails = company.customers.set_index("customer_id")["email"]
    frames = {name: getattr(company, name) for name in TABLES}
    if company.fx is not None:
        frames["fx"] = company.fx
    frames["feedback"] = hide_respondents(frames["feedback"], emails, rng)
    frames["revenue"] = hide_payers(frames["revenue"], rng)
    tables = {name: _as_text(_with_texts_last(frame, name)) for name, frame in frames.items()}
    header, rows = tables["revenue"]
    rows, faults = spoil_revenue(rows, header, rng)
    tables["revenue"] = header, rows
    header, rows = tables["feedback"]
    rows, more_faults = spoil_feedback(rows, header, rng)
    tables["feedback"] = header, rows
    return tables, [*faults, *more_faults]


def _with_texts_last(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    last = list(LAST_COLUMNS.get(name, ()))
    return frame[[column for column in frame.columns if column not in last] + last]


def _as_text(frame: pd.DataFrame) -> tuple[list[str], Rows]:
    columns = [_column_text(str(name), column) for name, column in frame.items()]
    return [str(name) for name in frame.columns], [list(row) for row in zip(*columns, strict=True)]


def _column_text(name: str, column: pd.Series) -> list[str]:
    missing = column.isna()
    if name in DAY_COLUMNS:
        text = column.dt.strftime("%Y-%m-%d")
    elif name in MOMENT_COLUMNS:
        text = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
    elif name in DECIMALS:
        text = column.map(f"{{:.{DECIMALS[name]}f}}".format)
    elif column.dtype == np.bool_:
        text = column.map({True: "true", False: "false"})
    else:
        text = column.astype(object).map(str)
    filled: list[str] = text.astype(object).mask(missing, "").tolist()
    return filled


def _csv_bytes(header: list[str], rows: Rows) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0) if path.suffix == ".gz" else content)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def render_configuration(company: Company, suffix: str = ".csv", *, decisions: bool = False) -> str:
    """Text of a ``cxlink.toml`` that maps all exports.

    Parameters
    ----------
    company : Company
        The company.
    suffix : str
        End of the tables' file names.
    decisions : bool
        Whether it asks about changes and a claim.

    Returns
    -------
    str
        TOML with comments.
    """
    world = company.world
    template = (resources.files("cxlink.simulate") / "cxlink.toml.txt").read_text(encoding="utf-8")
    values = {
        "SCENARIO": world.scenario,
        "OBSERVED_FROM": world.observed_from.isoformat(),
        "OBSERVED_TO": world.observed_to.isoformat(),
        "SEED": company.seed,
        "SUFFIX": suffix,
        "BUSINESS": "subscription" if world.is_subscription else "orders",
        "EXPOSURE_DAYS": world.exposure_days,
        "HORIZON_MONTHS": world.horizon_months,
        "GROSS_MARGIN": world.finance.gross_margin,
        "DISCOUNT_RATE": world.finance.discount_rate,
        "HANDLE_MINUTE": world.finance.cost_per_handle_minute,
        "AVOIDABLE_SHARE": world.finance.avoidable_share,
    }
    for name, value in values.items():
        template = template.replace(f"@{name}@", str(value))
    template = template + DECISIONS if decisions and world.is_subscription else template
    return template if company.fx is None else template + FX_SOURCE.replace("@SUFFIX@", suffix)
