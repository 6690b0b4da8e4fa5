"""The engine: exact types in and out, no way to the file system, plain failures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlink.engine.duckdb_engine import DuckDBEngine
from cxlink.engine.interface import Engine, QueryError, quote
from cxlink.engine.open import open_engine
from cxlink.errors import EngineError, ExitCode


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=tmp_path, memory_limit="500MB")
    yield opened
    opened.close()


def test_values_come_back_exactly_as_they_went_in(engine: Engine) -> None:
    engine.create_table(
        "odd name", {"id": "VARCHAR", "units": "BIGINT", "at": "TIMESTAMP", "on": "DATE", "flag": "BOOLEAN"}
    )
    frame = pd.DataFrame(
        {
            "flag": pd.array([True, None], dtype="boolean"),
            "units": pd.array([2**62 + 1, None], dtype="Int64"),
            "id": ["007", None],
            "at": np.array(["2024-01-02T03:04:05", "NaT"], dtype="datetime64[us]"),
            "on": np.array(["1901-02-03", "NaT"], dtype="datetime64[s]"),
        }
    )
    engine.append("odd name", frame)
    back = engine.frame('SELECT * FROM "odd name"')
    assert list(back["id"]) == ["007", None]
    assert back["units"][0] == 2**62 + 1
    assert bool(back["units"].isna()[1])
    assert str(back["at"][0]) == "2024-01-02 03:04:05"
    assert str(back["on"][0]) == "1901-02-03 00:00:00"
    assert engine.scalar('SELECT count(*) FROM "odd name" WHERE flag') == 1


def test_a_column_without_any_value_stays_text(engine: Engine) -> None:
    engine.create_table("t", {"word": "VARCHAR"})
    engine.append("t", pd.DataFrame({"word": [None, None]}, dtype=object))
    assert engine.scalar("SELECT count(*) FROM t WHERE word IS NULL") == 2


def test_parameters_are_values_not_sql(engine: Engine) -> None:
    assert engine.scalar("SELECT ?", ["'; DROP TABLE t; --"]) == "'; DROP TABLE t; --"
    engine.execute("CREATE TABLE t (a INTEGER)")
    assert engine.scalar("SELECT a FROM t") is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "COPY (SELECT 1) TO '/tmp/cxlink-must-not-exist.csv'",
        "ATTACH '/tmp/cxlink-must-not-exist.db'",
        "SET enable_external_access=true",
        "INSTALL httpfs",
    ],
)
def test_sql_cannot_reach_files_or_the_network(engine: Engine, sql: str) -> None:
    with pytest.raises(QueryError):
        engine.execute(sql)


def test_a_python_variable_is_not_a_table(engine: Engine) -> None:
    hidden = pd.DataFrame({"a": [1]})
    with pytest.raises(QueryError):
        engine.frame("SELECT * FROM hidden")
    assert len(hidden) == 1


def test_failures_never_quote_data(engine: Engine) -> None:
    engine.execute("CREATE TABLE t AS SELECT 'anna@example.com' AS email")
    with pytest.raises(QueryError) as caught:
        engine.frame("SELECT CAST(email AS INTEGER) FROM t")
    assert caught.value.kind == "data"
    assert "anna" not in str(caught.value)
    with pytest.raises(QueryError) as wrong:
        engine.frame("SELEC 1")
    assert wrong.value.kind == "statement"


def test_parquet_is_written_once_and_read_back_as_text(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "all[1]*.parquet"
    engine.write_parquet("SELECT '007' AS id, CAST(1.50 AS DECIMAL(9, 2)) AS amount UNION ALL SELECT NULL, 2", path)
    shutil.copyfile(path, engine.folder / "x.parquet")
    types = engine.view_parquet("x", engine.folder / "x.parquet")
    assert types["id"] == "VARCHAR"
    assert [str(amount) for amount in engine.frame("SELECT CAST(amount AS VARCHAR) AS a FROM x")["a"]] == [
        "1.50",
        "2.00",
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        engine.write_parquet("SELECT 1", path)


def test_a_parquet_link_is_not_followed(engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / "victim"
    target.write_text("mine")
    (tmp_path / "link.parquet").symlink_to(target)
    with pytest.raises(OSError, match="File exists"):
        engine.write_parquet("SELECT 1", tmp_path / "link.parquet")
    assert target.read_text() == "mine"


def test_a_broken_parquet_file_is_told(engine: Engine) -> None:
    (engine.folder / "x.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(QueryError):
        engine.view_parquet("x", engine.folder / "x.parquet")


def test_files_outside_the_private_folder_are_not_read(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with pytest.raises(QueryError):
        engine.view_text("x", tmp_path / "secret.csv", ["a", "b"], delimiter=",", skip_lines=1)
    (engine.folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(QueryError):
        engine.view_text("x", engine.folder / "link.csv", ["a", "b"], delimiter=",", skip_lines=1)


def test_a_view_of_text_reads_every_cell_as_it_stands(engine: Engine) -> None:
    path = engine.folder / "it's;[1]*.csv"
    path.write_text('id;text\n007;"a;""b""\nc"\n;\n NA ;""\n', encoding="utf-8")
    engine.view_text("it's", path, ["a'", 'b"'], delimiter=";", skip_lines=1)
    rows = engine.frame('SELECT * FROM "it\'s"').to_numpy().tolist()
    assert rows == [["007", 'a;"b"\nc'], ["", ""], [" NA ", ""]]
    path.write_text("id;text\n1;2\n1;2;3\n", encoding="utf-8")
    with pytest.raises(QueryError):
        engine.frame('SELECT * FROM "it\'s"')


def test_closing_removes_the_private_folder(tmp_path: Path) -> None:
    engine = DuckDBEngine(spill_folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    engine.close()
    assert list(tmp_path.iterdir()) == []


def test_query_types_and_quoting(engine: Engine) -> None:
    assert engine.query_types("SELECT 1 AS a, CAST('2024-01-01' AS DATE) AS b") == {"a": "INTEGER", "b": "DATE"}
    assert quote('a"b') == '"a""b"'


def test_spark_is_refused_plainly() -> None:
    with pytest.raises(EngineError) as caught:
        open_engine("spark")
    assert caught.value.code == "CX601"
    assert caught.value.exit_code == ExitCode.ENGINE_UNAVAILABLE
