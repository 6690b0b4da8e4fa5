"""``tables/``: the run's tables as Parquet and CSV, for whoever goes on with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlink.engine.interface import Engine, quote
from cxlink.report.driver_results import drivers_table
from cxlink.report.files import write_csv
from cxlink.report.scores import build_scores
from cxlink.report.suppress_drivers import suppress_drivers
from cxlink.report.timeline import build_tags, build_timeline

if TYPE_CHECKING:
    import pandas as pd

    from cxlink.handoff import RunResult

_NUMBERS = count(1)
_PARTS = ("point", "low", "high")


def build_tables(result: RunResult, results: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Build the tables of a run.

    Parameters
    ----------
    result : RunResult
        Of one run.
    results : mapping
        The same as in results.json.

    Returns
    -------
    dict of str to DataFrame
        By name; for the public, only those without single customers' rows.
    """
    tables = {
        "components": _flat(results["components"]),
        "causes": _flat([{**cause, "examples": ", ".join(cause["examples"])} for cause in results["causes"]]),
        "churn_curve": _flat(results["churn"]["curve"]),
    }
    if result.audience == "published":
        return {**tables, "drivers": drivers_table(suppress_drivers(result.drivers))}
    return {
        **tables,
        "drivers": drivers_table(result.drivers),
        **({} if result.churn.scores is None else {"churn_scores": build_scores(result.churn.scores, result.linked)}),
        "customers": result.linked.customers.drop(columns="customer", errors="ignore"),
        "movements": result.linked.movements,
        "tags": build_tags(result.tagged, with_evidence=result.verbatims > 0),
        "timeline": build_timeline(result.linked, result.loaded.engine, result.impact.kpi),
    }


def write_tables(tables: Mapping[str, pd.DataFrame], engine: Engine, folder: Path) -> None:
    """Write each table twice, in the order of its rows.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By name; tables without columns are left out.
    engine : Engine
        Which writes Parquet.
    folder : Path
        The output folder.
    """
    (folder / "tables").mkdir(mode=0o700)
    for name, table in tables.items():
        if len(table.columns):
            plain = _plain(table)
            _write_parquet(plain, engine, folder / "tables" / f"{name}.parquet")
            write_csv(folder / "tables" / f"{name}.csv", [str(c) for c in plain.columns], _rows(plain))


def _write_parquet(table: pd.DataFrame, engine: Engine, path: Path) -> None:
    name = f"report_{next(_NUMBERS)}"
    engine.create_table(name, {str(column): _sql_type(table[column]) for column in table.columns})
    try:
        engine.append(name, table)
        engine.write_parquet(f"SELECT * FROM {quote(name)}", path)
    finally:
        engine.execute(f"DROP TABLE {quote(name)}")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Only whole numbers, numbers, truth values, moments and text."""
    import pandas as pd

    return pd.DataFrame({str(name): _plain_column(table[name]) for name in table.columns})


def _plain_column(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("boolean")
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.astype("Int64")
    if pd.api.types.is_float_dtype(column.dtype):
        return column.astype("Float64")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    missing = column.isna().to_numpy(dtype=bool)
    texts = [None if gone else str(value) for value, gone in zip(column, missing, strict=True)]
    return pd.Series(texts, index=column.index, dtype=object)


def _sql_type(column: pd.Series[Any]) -> str:
    import pandas as pd

    kinds = (
        (pd.api.types.is_bool_dtype, "BOOLEAN"),
        (pd.api.types.is_integer_dtype, "BIGINT"),
        (pd.api.types.is_float_dtype, "DOUBLE"),
        (pd.api.types.is_datetime64_any_dtype, "DATE"),
    )
    return next((name for is_kind, name in kinds if is_kind(column.dtype)), "VARCHAR")


def _rows(table: pd.DataFrame) -> list[Sequence[object]]:
    columns = [_values(table[name]) for name in table.columns]
    return list(zip(*columns, strict=True))


def _values(column: pd.Series[Any]) -> list[object]:
    import pandas as pd

    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.strftime("%Y-%m-%d")
    return [None if gone else value for value, gone in zip(column.tolist(), missing, strict=True)]


def _flat(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One column a number: estimates are spread over point, low and high, with the reason beside them."""
    import pandas as pd

    return pd.DataFrame([_flat_record(record) for record in records])


def _flat_record(record: Mapping[str, Any]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in record.items():
        flat |= _flat_value(key, value)
    return flat


def _flat_value(key: str, value: Any) -> dict[str, object]:
    if isinstance(value, list):
        return {key: ", ".join(str(item) for item in value)}
    if not isinstance(value, dict):
        return {key: value}
    if "not_estimable" in value:
        return {key: None, f"{key}_low": None, f"{key}_high": None, f"{key}_not_estimable": value["not_estimable"]}
    if "point" in value:
        point, low, high = (value[part] for part in _PARTS)
        return {key: point, f"{key}_low": low, f"{key}_high": high, f"{key}_not_estimable": None}
    flat: dict[str, object] = {}
    for inner, item in value.items():
        flat |= _flat_value(f"{key}_{inner}", item)
    return flat
