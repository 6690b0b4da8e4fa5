"""``cxlink churn``: every format is whole, the same seed writes the same bytes, and refusals say what is needed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli import churn
from cxlink.cli.app import app
from cxlink.cli.options import TableFormat
from cxlink.cli.printing import show
from cxlink.errors import CxlinkError
from cxlink.in_depth import churn as in_depth
from cxlink.report.section import Section
from cxlink.simulate import simulate
from tests.cli.test_help import cxlink

COMMANDS = ("fit", "score", "validate")
HORIZONS = (3, 6, 12)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=300, seed=3, scenario="base", with_effects=False)
    return folder


@pytest.fixture(scope="module", autouse=True)
def few_replicates() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_depth, "VALIDATION_DRAWS", 30)
        yield


def run_here(*arguments: str) -> str:
    """What a command prints, run in this process: loading the libraries takes longer than the fit."""
    target = io.StringIO()
    with redirect_stdout(target):
        app(args=["churn", *arguments], prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


@cache
def sections_of(company: Path, command: str) -> Sequence[Section]:
    """What a command hands to be printed, whatever the format."""
    handed: list[Sequence[Section]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(churn, "show", lambda sections, _: handed.append(sections))
        run_here(command, "--config", str(company / "cxlink.toml"), "--seed", "1", "--quiet")
    return handed[0]


@cache
def printed(company: Path, command: str, form: TableFormat, seed: int = 1) -> str:
    """What a command prints; the model is fitted once for all formats but the scores' data, which are no section."""
    if seed == 1 and (command, form) not in {("score", "csv"), ("score", "json"), ("validate", "csv")}:
        target = io.StringIO()
        with redirect_stdout(target):
            show(sections_of(company, command), form)
        return target.getvalue()
    config = str(company / "cxlink.toml")
    return run_here(command, "--config", config, "--format", form, "--seed", str(seed), "--quiet")


def scores(company: Path, seed: int = 1) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed(company, "score", "csv", seed))))


def changed_config(company: Path, name: str, old: str, new: str) -> str:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    assert old in text
    (company / name).write_text(text.replace(old, new), encoding="utf-8")
    return str(company / name)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_table_fits_eighty_columns(company: Path, command: str) -> None:
    lines = printed(company, command, "table").splitlines()
    assert len(lines) > 5
    assert max(cell_len(line) for line in lines) <= 80
    assert not {"nan", "inf", "None"} & {word for line in lines for word in line.split()}


@pytest.mark.parametrize("command", ["fit", "validate"])
def test_json_is_sections_whose_rows_match_their_columns(company: Path, command: str) -> None:
    sections = json.loads(printed(company, command, "json"), parse_constant=pytest.fail)
    assert sections
    for section in sections:
        assert section["title"]
        assert section["rows"] or section["notes"]
        assert all(len(row) == len(section["columns"]) for row in section["rows"])


@pytest.mark.parametrize("command", COMMANDS)
def test_csv_is_one_rectangle(company: Path, command: str) -> None:
    header, *rows = csv.reader(io.StringIO(printed(company, command, "csv")))
    assert len(rows) > 5
    assert {len(row) for row in rows} == {len(header)}
    assert header[0] == ("customer_id" if command == "score" else "section")


@pytest.mark.parametrize("command", COMMANDS)
def test_markdown_is_tables(company: Path, command: str) -> None:
    shown = printed(company, command, "md")
    assert shown.startswith("## ")
    tables = [block for block in shown.split("\n\n") if block.startswith("|")]
    assert tables
    for table in tables:
        heads, rule, *rows = table.splitlines()
        assert set(rule) <= set("|-: ")
        assert rows
        assert len({line.replace("\\|", "").count("|") for line in (heads, rule, *rows)}) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_formats_tell_the_same(company: Path, command: str) -> None:
    titles = [section.title for section in sections_of(company, command)]
    shown_in: tuple[TableFormat, ...] = ("table", "md")
    for form in shown_in:
        shown = " ".join(printed(company, command, form).split())
        assert all(title in shown.replace("\\", "") for title in titles)


def test_the_same_seed_writes_the_same_bytes_in_another_process_and_nothing_else(company: Path) -> None:
    config = str(company / "cxlink.toml")
    done = cxlink("churn", "score", "--config", config, "--format", "csv", "--seed", "1", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed(company, "score", "csv")


def test_the_same_seed_validates_to_the_same_bytes(company: Path) -> None:
    target = io.StringIO()
    with redirect_stdout(target):
        show(sections_of(company, "validate"), "csv")
    assert printed(company, "validate", "csv") == target.getvalue()


def test_another_seed_moves_intervals_alone(company: Path) -> None:
    one, other = scores(company), scores(company, seed=2)
    for months in HORIZONS:
        assert [row[f"risk_{months}"] for row in one] == [row[f"risk_{months}"] for row in other]
    assert [row["risk_3_low"] for row in one] != [row["risk_3_low"] for row in other]


def test_risks_are_probabilities_inside_their_intervals_that_rise_with_the_horizon(company: Path) -> None:
    rows = scores(company)
    assert len(rows) > 50
    assert len({row["customer_id"] for row in rows}) == len(rows)
    for row in rows:
        risks = [float(row[f"risk_{months}"]) for months in HORIZONS]
        assert risks == sorted(risks)
        for months, risk in zip(HORIZONS, risks, strict=True):
            assert 0.0 <= float(row[f"risk_{months}_low"]) <= risk <= float(row[f"risk_{months}_high"]) <= 1.0
        assert all(abs(float(value)) <= 1.0 for name, value in row.items() if name.startswith("behind_"))
    first = [float(row["risk_3"]) for row in rows]
    assert first == sorted(first, reverse=True)


def test_only_customers_who_are_still_there_are_scored(company: Path) -> None:
    with (company / "customers.csv").open(encoding="utf-8", newline="") as file:
        ended = {row["customer_id"] for row in csv.DictReader(file) if row["ended_on"]}
    assert ended
    assert not ended & {row["customer_id"] for row in scores(company)}


def test_the_table_names_the_highest_risks_of_the_csv(company: Path) -> None:
    (section,) = sections_of(company, "score")
    rows = scores(company)[: len(section.rows)]
    assert len(rows) == 20
    assert [row[0] for row in section.rows] == [row["customer_id"] for row in rows]
    for shown, row in zip(section.rows, rows, strict=True):
        assert str(shown[1]).startswith(f"{float(row['risk_3']):.0%} (")


def test_json_holds_every_customer_of_the_csv(company: Path) -> None:
    told = json.loads(printed(company, "score", "json"), parse_constant=pytest.fail)
    rows = scores(company)
    assert [one["customer_id"] for one in told] == [row["customer_id"] for row in rows]
    # the CSV has six digits
    assert [one["risk_12"] for one in told] == pytest.approx([float(row["risk_12"]) for row in rows], rel=5e-6)


def test_scores_are_not_for_publication(company: Path) -> None:
    config = changed_config(company, "published.toml", "[model]", '[report]\naudience = "published"\n\n[model]')
    done = cxlink("churn", "score", "--config", config)
    assert done.returncode == 2
    assert done.stdout == ""
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "CX018" in error
    assert 'audience = "internal"' in error


@pytest.mark.parametrize("command", ["score", "validate"])
def test_orders_have_no_ends_and_the_error_says_so(company: Path, command: str) -> None:
    config = changed_config(company, "orders.toml", 'business = "subscription"', 'business = "orders"')
    with pytest.raises(CxlinkError, match="Needs end dates") as caught:
        run_here(command, "--config", config, "--quiet")
    assert caught.value.exit_code == 65
    assert str(caught.value).startswith("CX401 churn: ")


@pytest.mark.parametrize(
    ("day", "code", "said"),
    [
        ("2001-01-01", 65, "CX125"),  # before the data
        ("2099-01-01", 65, "CX125"),  # long after it
        ("2023-02-01", 65, "CX401"),  # a month of data: nobody to learn from
        ("01.02.2023", 2, "CX010"),
    ],
)
def test_a_cut_off_without_data_is_one_error(company: Path, day: str, code: int, said: str) -> None:
    with pytest.raises(CxlinkError, match=said) as caught:
        run_here("fit", "--config", str(company / "cxlink.toml"), "--as-of", day, "--quiet")
    assert caught.value.exit_code == code
