"""``cxlink selfcheck`` on a made-up company: every format says the same, and what cannot be checked is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import SelfCheck
from cxlink.in_depth import selfcheck as in_depth
from cxlink.report.selfcheck_sections import build_selfcheck_sections
from cxlink.report.selfcheck_table import COLUMNS, selfcheck_table
from cxlink.report.suppress import FEW
from cxlink.selfcheck import Setup
from cxlink.simulate import simulate

COMPANIES = 3
kept: dict[str, SelfCheck] = {}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=300, seed=3, scenario="base", with_effects=False)
    return folder / "cxlink.toml"


@pytest.fixture(scope="module", autouse=True)
def few_draws() -> Iterator[None]:
    real = in_depth.run_selfcheck

    def once(*arguments: object, **options: object) -> SelfCheck:
        if "told" not in kept:
            kept["told"] = real(*arguments, **options)  # type: ignore[arg-type]  # names of its fields
        return kept["told"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_depth, "DRAWS", 20)
        patch.setattr(in_depth, "run_selfcheck", once)
        yield


@cache
def printed(config: Path, form: str) -> str:
    target = io.StringIO()
    arguments = ["--companies", str(COMPANIES), "--processes", "1", "--format", form, "--quiet"]
    with redirect_stdout(target):
        app(args=["selfcheck", "--config", str(config), *arguments], prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def told(company: Path) -> SelfCheck:
    printed(company, "table")
    return kept["told"]


def test_a_table_fits_eighty_columns_and_begins_with_the_answer(company: Path) -> None:
    lines = printed(company, "table").splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert not {"nan", "inf", "None"} & {word for line in lines for word in line.split()}
    words = " ".join(" ".join(lines).split())
    assert f"In {COMPANIES} companies shaped like yours, 95% intervals held the truth in " in words
    # what could be found stands before what was found
    heads = [line.split() for line in lines if "finds from" in line and "yours" in line]
    assert len(heads) == 3
    assert all(head.index("from") < head.index("yours") for head in heads)


def test_csv_and_json_say_the_same(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(company, "csv"))))
    records = json.loads(printed(company, "json"), parse_constant=pytest.fail)
    assert len(rows) == len(records) > 100
    for row, record in zip(rows, records, strict=True):
        assert tuple(row) == tuple(record) == COLUMNS
        assert row["point"] == "" if record["point"] is None else float(row["point"]) == pytest.approx(record["point"])
        # a figure or a reason, never neither
        assert (record["point"] is None) == bool(record["reason"])


def test_markdown_is_tables(company: Path) -> None:
    shown = printed(company, "md")
    assert shown.startswith("## ")
    tables = [block for block in shown.split("\n\n") if block.startswith("|")]
    assert tables
    assert all(set(table.splitlines()[1]) <= set("|-: ") for table in tables)


def test_the_public_sees_no_small_count(company: Path) -> None:
    known = told(company)
    hidden = known.effects[0].component
    effects = tuple(replace(one, found=FEW) if one.component == hidden else one for one in known.effects)
    internal = replace(known, effects=effects, likeness=(replace(known.likeness[0], data=7.0), *known.likeness[1:]))
    first, *others = next(
        one for one in build_selfcheck_sections(internal, published=True) if one.name == "likeness"
    ).rows
    assert first[1:] == ("<10", "-", "-")
    assert others
    assert not any(str(row[0]).startswith(hidden) for row in others)
    rows = selfcheck_table(internal, published=True)
    assert len(rows.loc[rows["section"] == "likeness"]) < len(known.likeness)
    of_hidden = rows.loc[(rows["component"] == hidden) & rows["measure"].isin(["smallest", "found"])]
    assert set(of_hidden["reason"]) == {"suppressed: fewer than 10 customers; needs a larger group"}


def test_what_the_run_hides_from_the_public_is_hidden_here(company: Path) -> None:
    text = company.read_text(encoding="utf-8")
    config = company.parent / "published.toml"
    config.write_text(text.replace("[model]", '[report]\naudience = "published"\n\n[model]'), encoding="utf-8")
    handed: list[Setup | NotEstimable] = []
    real = in_depth.prepare_selfcheck

    def prepared(*arguments: object) -> Setup | NotEstimable:
        handed.append(real(*arguments))  # type: ignore[arg-type]  # as it was called
        return handed[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_depth, "prepare_selfcheck", prepared)
        patch.setattr(in_depth, "suppress_impact", lambda impact, _: replace(impact, kpi_unit="hidden"))
        printed(config, "csv")
    assert isinstance(handed[0], Setup)
    assert handed[0].impact.kpi_unit == "hidden"


def test_intervals_that_are_too_short_are_called_so(company: Path) -> None:
    def answer(point: float, low: float, high: float) -> str:
        coverage = Estimate(point, low, high, 0.95, "share of intervals", 200, 9000, "drawn companies")
        return build_selfcheck_sections(replace(told(company), coverage=coverage), published=False)[0].notes[0]

    assert "held the truth in 88% (86-90). That is less than promised" in answer(0.88, 0.86, 0.90)
    assert "read them as 88% intervals" in answer(0.88, 0.86, 0.90)
    assert "That is what they promise." in answer(0.945, 0.935, 0.955)
    assert "That is more than they promise." in answer(0.98, 0.97, 0.99)


def test_where_nobody_ends_no_company_can_be_drawn(company: Path) -> None:
    text = company.read_text(encoding="utf-8")
    config = company.parent / "orders.toml"
    config.write_text(text.replace('business = "subscription"', 'business = "orders"'), encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX401 selfcheck: no company can be drawn: customers buy order by order"):
        printed(config, "table")
