"""A folder of exports and settings, loaded through the public interface."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from cxlink.engine.interface import Engine
from cxlink.errors import CxlinkError, Faults
from cxlink.handoff import LedgerEntry, Loaded, Message
from cxlink.link.overlaps import find_overlaps, overlap_messages
from cxlink.load import RefusedData, load
from cxlink.settings import Settings, read_settings
from tests.load.pollution.draft import Draft, Written, write
from tests.load.pollution.truth import clean_feedback, clean_revenue

COLUMNS = {
    "revenue": ("invoice_id", "customer_id", "charged_on", "amount_minor", "currency", "kind"),
    "feedback": ("response_id", "customer_id", "responded_at", "nps", "language", "comment"),
}
CONFIGURATION = ".cxlink.toml"
Row = tuple[str | None, ...]
Options = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Bench:
    """Exports, and the settings to read them with, by table; ``paths`` stand instead of the drafts' names."""

    revenue: tuple[Draft, ...] = field(default_factory=lambda: (clean_revenue(),))
    feedback: tuple[Draft, ...] = field(default_factory=lambda: (clean_feedback(),))
    options: Options = field(default_factory=dict)
    paths: Mapping[str, list[str]] = field(default_factory=dict)
    prepare: Callable[[Path], None] | None = None

    def on(self, table: str, change: Callable[[Draft], Draft]) -> Bench:
        """Change all drafts of a table."""
        drafts = {"revenue": self.revenue, "feedback": self.feedback}[table]
        return replace(self, **{table: tuple(change(draft) for draft in drafts)})  # type: ignore[arg-type]  # keywords come from a mapping

    def with_options(self, options: Options) -> Bench:
        """Add settings."""
        merged = {**self.options, **{key: {**self.options.get(key, {}), **more} for key, more in options.items()}}
        return replace(self, options=merged)


@dataclass(frozen=True)
class Outcome:
    """What loading came to: an error or canonical rows, by table, file and line."""

    error: Exception | None
    ledger: tuple[LedgerEntry, ...]
    messages: tuple[Message, ...]
    rows: Mapping[str, Mapping[tuple[str, int], Row]]
    written: Mapping[str, tuple[Written, ...]]
    sums: Mapping[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[CxlinkError, ...]:
        """The orderly faults of a refusal."""
        if isinstance(self.error, Faults):
            return self.error.faults
        return (self.error,) if isinstance(self.error, CxlinkError) else ()


def settings_of(bench: Bench, folder: Path) -> Settings:
    """The configuration, written and read."""
    window = {"observed_from": date(2024, 1, 1), "observed_to": date(2024, 12, 31)}
    project = {"name": "Acme", "currency": "EUR", **window, **bench.options.get("project", {})}
    lines = ["[project]", *_keys(project), "[load]", *_keys(bench.options.get("load", {}))]
    for table, drafts in (("revenue", bench.revenue), ("feedback", bench.feedback)):
        paths = bench.paths[table] if table in bench.paths else [draft.name for draft in drafts]
        lines += [f"[[sources.{table}]]", *_keys({"path": paths, **bench.options.get(table, {})})]
    (folder / CONFIGURATION).write_text("\n".join(lines), encoding="utf-8")
    return read_settings(folder / CONFIGURATION)


def _keys(values: Mapping[str, Any]) -> list[str]:
    return [f"{_toml(key)} = {_toml(value)}" for key, value in values.items()]


def _toml(value: Any) -> str:
    """A value in TOML, whose strings are JSON's."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_keys(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def run(bench: Bench, engine: Engine, *, sums: bool = False) -> Outcome:
    """Write the files, load them and look at what came of it: all rows, or only their number and the money's sums."""
    with tempfile.TemporaryDirectory() as name, emptied(engine):
        folder = Path(name)
        written = {"revenue": _write(bench.revenue, folder), "feedback": _write(bench.feedback, folder)}
        if bench.prepare is not None:
            bench.prepare(folder)
        try:
            loaded = load(settings_of(bench, folder), engine=engine)
        except RefusedData as error:
            return Outcome(error, error.ledger, (), {}, written)
        except Exception as error:  # noqa: BLE001 - any other is what the bench looks for
            return Outcome(error, (), (), {}, written)
        if sums:
            totals = {table: sums_of(engine, table) for table in COLUMNS}
            return Outcome(None, loaded.ledger, loaded.messages, {}, written, totals)
        rows = {table: rows_of(engine, table) for table in COLUMNS}
        messages = (*loaded.messages, *_overlaps(loaded)) if len(bench.revenue) > 1 else loaded.messages
        return Outcome(None, loaded.ledger, messages, rows, written)


def _overlaps(loaded: Loaded) -> tuple[Message, ...]:
    """What the next stage says of files that repeat each other."""
    days = loaded.engine.frame(
        "SELECT file, min(charged_on) AS first_on, max(charged_on) AS last_on FROM revenue GROUP BY file ORDER BY file"
    )
    return overlap_messages(find_overlaps(loaded, days, "EUR"))


def _write(drafts: tuple[Draft, ...], folder: Path) -> tuple[Written, ...]:
    files = tuple(write(draft) for draft in drafts)
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return files


def rows_of(engine: Engine, table: str) -> dict[tuple[str, int], Row]:
    """Canonical rows as text, by file and line."""
    names = ", ".join(f"CAST({name} AS VARCHAR)" for name in COLUMNS[table])
    frame = engine.frame(f"SELECT file, line, {names} FROM {table}")
    found = {}
    for file, number, *values in frame.itertuples(index=False):
        found[os.fspath(file), int(number)] = tuple(None if _is_null(value) else str(value) for value in values)
    assert len(found) == len(frame), "two rows have the same place"
    return found


def sums_of(engine: Engine, table: str) -> tuple[int, dict[str, int]]:
    """How many rows a canonical table has, and the money in them by currency."""
    if table != "revenue":
        return int(str(engine.scalar(f"SELECT count(*) FROM {table}"))), {}
    frame = engine.frame(
        "SELECT currency, count(*) AS n, CAST(sum(CAST(amount_minor AS HUGEINT)) AS VARCHAR) AS units "
        "FROM revenue GROUP BY 1"
    )
    return int(frame["n"].sum()), {str(row.currency): int(str(row.units)) for row in frame.itertuples()}


def _is_null(value: object) -> bool:
    return value is None or value != value


@contextmanager
def emptied(engine: Engine) -> Iterator[None]:
    """Leave no table on the engine."""
    try:
        yield
    finally:
        frame = engine.frame("SELECT table_name, table_type FROM information_schema.tables")
        kinds = [("VIEW" if kind == "VIEW" else "TABLE", name) for name, kind in frame.itertuples(index=False)]
        if kinds:
            engine.execute("; ".join(f'DROP {kind} "{name}"' for kind, name in kinds))
