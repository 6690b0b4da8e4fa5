"""LibreOffice recalculates the workbook: untouched it is the run, edited it is a new run with those assumptions.

Both rest on nine significant digits a month on sheet Data, and on nine of results.json: sums of a hundred such amounts
agree to half a cent here. A shorter horizon is not held against a new run: that one simulates other futures, and
differs by their luck; it is held against the run's own months instead.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.workbook.conftest import Company
from tests.workbook.spreadsheet import Cells, edit_cells, needs_soffice, read_cells, recalculate, strip_values

CENT = 0.005

EDITS = {
    ("all", "finance.gross_margin"): 0.55,
    ("all", "finance.discount_rate"): 0.15,
    ("courier", "changes.reduce.low"): 0.1,
    ("courier", "changes.reduce.likely"): 0.25,
    ("courier", "changes.reduce.high"): 0.35,
    ("courier", "changes.cost.one_off"): 900.0,
    ("courier", "changes.cost.per_month"): 35.0,
    ("vouchers", "changes.saving.per_month"): 12.0,
}
COLUMNS = {
    "revenue_kept": "Revenue kept, EUR",
    "margin_kept": "Margin kept, EUR",
    "cost_saved": "Cost saved, EUR",
    "net_benefit": "Margin and cost, EUR",
    "npv": "NPV, EUR",
}


def cells_of(cells: Cells, wanted: dict[tuple[str, str], float]) -> dict[str, float]:
    """Addresses of assumptions, by the end of a change's name and the setting."""
    found = {}
    for number, row in enumerate(cells["Assumptions"], start=1):
        for (of, setting), value in wanted.items():
            if str(row[7]) == setting and str(row[1]).endswith(of):
                found[f"C{number}"] = value
    assert len(found) == len(wanted)
    return found


def three(cells: Cells, sheet: str, name: str, key: str) -> list[float]:
    """Point, low and high of a row, as its first one on the sheet."""
    heads = cells[sheet][0]
    row = next(row for row in cells[sheet] if str(row[0]).endswith(name))
    at = heads.index(COLUMNS[key])
    return [float(str(value)) for value in row[at : at + 3]]


def numbers(told: dict[str, float]) -> list[float]:
    return [told["point"], told["low"], told["high"]]


@pytest.fixture(scope="module")
def untouched(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """As LibreOffice has it, with no value left that it could copy."""
    return read_cells(recalculate(strip_values(company.workbook), tmp_path_factory.mktemp("untouched")))


@needs_soffice
def test_untouched_every_cell_is_what_the_run_kept(company: Company, untouched: Cells) -> None:
    kept = read_cells(company.workbook)
    assert list(kept) == list(untouched)
    n_numbers = 0
    for sheet, rows in kept.items():
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                other = untouched[sheet][number][column]
                if isinstance(value, float) and sheet != "Checks":
                    n_numbers += 1
                    assert isinstance(other, float), (sheet, number, column, value, other)
                    assert abs(value - other) <= max(CENT / 10, 1e-7 * abs(value)), (sheet, number, column)
                elif not isinstance(value, float):
                    assert value == other, (sheet, number, column)
    assert n_numbers > 10_000
    assert {row[6] for row in untouched["Checks"][1:] if row[6]} == {"OK"}
    assert any(str(row[0]).startswith("Checks: all ") for row in untouched["Read me"])


@needs_soffice
def test_untouched_it_is_results_json(company: Company, untouched: Cells) -> None:
    results = company.results()
    compared = 0
    for one in results["components"]:
        for key in ("revenue_kept", "margin_kept", "cost_saved", "net_benefit"):
            if "point" in one[key]:
                compared += 1
                found = three(untouched, "Components", one["component"], key)
                assert found == pytest.approx(numbers(one[key]), abs=CENT)
    for change in results["changes"]:
        for key in ("revenue_kept", "margin_kept", "cost_saved", "npv"):
            compared += 1
            found = three(untouched, "Changes", change["name"].split()[-1], key)
            assert found == pytest.approx(numbers(change[key]), abs=CENT)
    assert compared >= 16


@needs_soffice
def test_edited_it_is_a_new_run_with_those_assumptions(
    company: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    edits = cells_of(read_cells(company.workbook), EDITS)
    content = edit_cells(company.workbook, "Assumptions", edits)
    (folder / "edited.xlsx").write_bytes(content)
    done = company.run("again", "--assumptions", str(folder / "edited.xlsx"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("assumption: ") == len(EDITS)
    told = company.manifest("again")
    assert told["settings"]["finance.gross_margin"] == 0.55
    assert told["assumptions"]["overrides"]["changes.1.cost.one_off"] == {"from": 1500.0, "to": 900.0}

    cells, results = read_cells(recalculate(strip_values(content), folder)), company.results("again")
    before = company.results()
    assert results["components"][0]["margin_kept"] != before["components"][0]["margin_kept"]
    for one in (*results["components"], {"component": "together", **results["joint"]}):
        for key in ("revenue_kept", "margin_kept", "cost_saved", "net_benefit"):
            if "point" in one[key]:
                found = three(cells, "Components", one["component"], key)
                assert found == pytest.approx(numbers(one[key]), abs=CENT), (one["component"], key)
    for change, then in zip(results["changes"], before["changes"], strict=True):
        assert abs(change["npv"]["point"] - then["npv"]["point"]) > 1
        for key in ("revenue_kept", "margin_kept", "cost_saved", "npv"):
            found = three(cells, "Changes", change["name"].split()[-1], key)
            assert found == pytest.approx(numbers(change[key]), abs=CENT), (change["name"], key)
    outcomes = {str(row[6]) for row in cells["Checks"][1:] if row[6]}
    assert outcomes == {"OK", "edited"}


@needs_soffice
def test_a_shorter_horizon_is_the_first_months_of_the_run(
    company: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("horizon")
    kept = read_cells(company.workbook)
    edits = cells_of(kept, {("all", "model.horizon_months"): 5.0})
    cells = read_cells(recalculate(edit_cells(company.workbook, "Assumptions", edits), folder))
    # by hand: months 1 to 5 of the rows on Data, at mid-month
    factors = 1.08 ** -((np.arange(5) + 0.5) / 12)
    rows = [row for row in kept["Data"] if row[:2] == ["delivery", "alone"]]
    revenue = np.array([[float(str(one)) for one in row[6:11]] for row in rows]) @ factors
    low, high = np.quantile(revenue[1:], [0.025, 0.975], method="weibull")
    expected = [revenue[0], min(low, revenue[0]), max(high, revenue[0])]
    assert three(cells, "Components", "delivery", "revenue_kept") == pytest.approx(expected, abs=CENT)
    heads = cells["Components"][0]
    row = next(row for row in cells["Components"] if row[0] == "delivery")
    assert row[heads.index("Customers kept")] == "run again"
