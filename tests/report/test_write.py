"""All files of a run: complete, private, the same bytes twice, and safe to open."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cxlink.engine.duckdb_engine import DuckDBEngine
from cxlink.engine.interface import QueryError
from cxlink.errors import ReadWriteError
from cxlink.handoff import RunResult
from cxlink.report.files import write_text
from cxlink.report.manifest import InputFile, Provenance, describe_input
from cxlink.report.write import write_ledger, write_outputs
from tests.report.conftest import ledger, put_responses

REPORTS = {
    "document.json.gz",
    "results.json",
    "ledger.json",
    "report.html",
    "report.md",
    "workbook.xlsx",
    "manifest.json",
}
TABLES = {"causes", "churn_curve", "components", "customers", "drivers", "movements", "tags", "timeline"}


def names(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_is_written_for_the_owner_only(result: RunResult, tmp_path: Path) -> None:
    paths = write_outputs(result, tmp_path / "out")
    tables = {f"tables/{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")}
    assert names(tmp_path / "out") == REPORTS | tables | {"quarantine/revenue.csv"}
    assert len(paths) == len(REPORTS | tables) + 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_two_runs_write_the_same_bytes(hostile: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = [path.read_bytes() for path in write_outputs(hostile, tmp_path / "a")]
    assert first == [path.read_bytes() for path in write_outputs(hostile, tmp_path / "b")]


def test_the_manifest_names_inputs_outputs_and_versions(result: RunResult, tmp_path: Path) -> None:
    source = tmp_path / "nps.csv"
    source.write_bytes(b"a,b\n")
    provenance = Provenance("cafe", (describe_input(source, "exports/nps.csv"), InputFile("x", 1, "y")))
    write_outputs(result, tmp_path / "out", provenance)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["program"] == "cxlink"
    assert manifest["seed"] == 1
    assert manifest["settings_sha256"] == "cafe"
    expected = {"file": "exports/nps.csv", "size": 4, "sha256": hashlib.sha256(b"a,b\n").hexdigest()}
    assert manifest["inputs"][0] == expected
    assert {item["path"] for item in manifest["files"]} == names(tmp_path / "out") - {"manifest.json"}
    assert "duckdb" in manifest["libraries"]


def test_no_file_is_written_over_or_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(OSError, match="exists"):
            write_text(tmp_path / name, "new")
    assert (tmp_path / "there").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_refused_rows_are_given_as_they_stood_but_run_nothing(result: RunResult, tmp_path: Path) -> None:
    write_outputs(result, tmp_path / "out")
    rows = rows_of(tmp_path / "out" / "quarantine" / "revenue.csv")
    assert [row["raw"] for row in rows] == ["'=1+1,2025-01-03,12;50", 'A-17,"2025-02-31",9', "'@x\\x00,\\udce9,1"]
    assert [row["line"] for row in rows] == ["17", "90", "95"]


def test_the_tables_hold_the_run(result: RunResult, tmp_path: Path) -> None:
    write_outputs(result, tmp_path / "out")
    tables = tmp_path / "out" / "tables"
    components = rows_of(tables / "components.csv")
    assert components[1]["component"] == "delivery"
    assert float(components[1]["customers_kept_low"]) == 21.1
    assert components[2]["customers_kept"] == ""
    assert components[2]["customers_kept_not_estimable"] == "6 exposed churners"
    customers = rows_of(tables / "customers.csv")
    assert [row["customer_id"] for row in customers][:2] == ["C-1", "'=2+3"]
    assert customers[2]["monthly_price"] == ""
    timeline = [row for row in rows_of(tables / "timeline.csv") if row["customer_id"] == "C-1"]
    assert [(row["day"], row["kind"], row["component"]) for row in timeline] == [
        ("2022-01-08", "acquired", ""),
        ("2022-04-18", "incident", "delivery"),
        ("2022-04-28", "response", ""),
    ]
    assert (tables / "components.parquet").read_bytes()[:4] == b"PAR1"


def test_evidence_words_are_redacted_or_left_out(result: RunResult, tmp_path: Path) -> None:
    tags = result.tagged.tags.assign(evidence=["late, write to jane@example.com"])
    tagged = replace(result, tagged=replace(result.tagged, tags=tags))
    write_outputs(tagged, tmp_path / "shown")
    write_outputs(replace(tagged, verbatims=0), tmp_path / "none")
    assert rows_of(tmp_path / "shown" / "tables" / "tags.csv")[0]["evidence"] == "late, write to [email]"
    assert "evidence" not in rows_of(tmp_path / "none" / "tables" / "tags.csv")[0]


def test_no_file_but_the_refused_rows_holds_personal_data(result: RunResult, tmp_path: Path) -> None:
    for path in write_outputs(result, tmp_path / "out"):
        content = path.read_bytes()
        assert b"jane@example.com" not in content
        assert b"4111 1111" not in content


def test_the_ledger_alone_needs_no_result(tmp_path: Path) -> None:
    write_ledger(ledger(), tmp_path / "out")
    assert names(tmp_path / "out") == {"ledger.json", "manifest.json", "quarantine/revenue.csv"}
    entries = json.loads((tmp_path / "out" / "ledger.json").read_text())
    assert entries[1]["rows_read"] == 40_103


def test_the_ledger_alone_keeps_the_reports_of_the_run_before(result: RunResult, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_outputs(result, out)
    before = (out / "report.html").read_bytes()
    created = json.loads((out / "manifest.json").read_text())["created_at"]
    write_ledger(ledger()[:1], out)
    write_ledger(ledger()[:1], out)
    manifest = json.loads((out / "manifest.json").read_text())
    assert (out / "report.html").read_bytes() == before
    assert len(json.loads((out / "ledger.json").read_text())) == 1
    assert not (out / "quarantine").exists()
    assert manifest["ledger_only"] is True
    assert manifest["reports_created_at"] == created


def test_an_engine_that_cannot_write_leaves_the_old_results(result: RunResult, tmp_path: Path) -> None:
    write_outputs(result, tmp_path / "out")
    before = names(tmp_path / "out")

    class Broken(DuckDBEngine):
        def create_table(self, *_: object) -> None:
            raise QueryError("statement", "no room")

    engine = Broken()
    put_responses(engine, result.linked.responses)
    broken = replace(result.loaded, engine=engine)
    with pytest.raises(ReadWriteError, match="CX703"):
        write_outputs(replace(result, loaded=broken), tmp_path / "out")
    assert names(tmp_path / "out") == before


def test_a_run_without_incidents_and_answers_has_a_timeline(result: RunResult, tmp_path: Path) -> None:
    bare = replace(result.linked, incidents=pd.DataFrame())
    put_responses(result.loaded.engine, pd.DataFrame())
    write_outputs(replace(result, linked=bare), tmp_path / "out")
    kinds = {row["kind"] for row in rows_of(tmp_path / "out" / "tables" / "timeline.csv")}
    assert kinds == {"acquired", "ended"}


def test_parquet_and_csv_hold_the_same(result: RunResult, tmp_path: Path) -> None:
    write_outputs(result, tmp_path / "out")
    for name in TABLES:
        view = f"written_{name}"
        copy = result.loaded.engine.folder / f"{name}.parquet"
        shutil.copyfile(tmp_path / "out" / "tables" / f"{name}.parquet", copy)
        types = result.loaded.engine.view_parquet(view, copy)
        frame = result.loaded.engine.frame(f"SELECT * FROM {view}")
        rows = rows_of(tmp_path / "out" / "tables" / f"{name}.csv")
        assert list(types) == list(rows[0])
        assert len(frame) == len(rows)
