"""Exports to canonical tables: what cannot be read is held back, and every row and cent is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cxlink.errors import CxlinkError, Faults
from cxlink.handoff import LedgerEntry, Loaded, Message
from cxlink.load.cache import Shelf, TableCache, TableFacts
from cxlink.load.columns import check_mapping
from cxlink.load.ledger import RefusedData
from cxlink.load.messages import late_rows_message
from cxlink.load.observed import coverage_of, observed_window, tell_quiet
from cxlink.load.query import QueryResult, QueryRunner
from cxlink.load.raw import drop_names, new_name
from cxlink.load.source_tables import LoadedTable, load_table
from cxlink.load.sources import Source
from cxlink.load.store import count_late, days_with_rows, store, store_nothing
from cxlink.load.tables import TABLES
from cxlink.settings import Settings

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine


def load(settings: Settings, *, engine: Engine, as_of: date | None = None, cache: Path | None = None) -> Loaded:
    """Read every source and put the canonical tables, typed, on the engine.

    Parameters
    ----------
    settings : Settings
        The configuration.
    engine : Engine
        Empty; afterwards it holds every canonical table, without rows where there is no source. Ids and words are
        VARCHAR, days DATE, moments TIMESTAMP in the project's time zone, money BIGINT in minor units
        (``amount_minor``), numbers DOUBLE, flags BOOLEAN; every canonical column exists, and ``file`` and ``line`` tell
        where a row stands.
    as_of : date, optional
        The last observed day, instead of ``observed_to``.
    cache : Path, optional
        Folder where typed tables are kept for the next run, by the content of their files and their settings.

    Returns
    -------
    Loaded
        The ledger, what the sources gave, and the observed window.

    Raises
    ------
    RefusedData
        If more than ``load.max_quarantined`` of a source's rows or money had to be held back (CX141); it bears the
        ledger.
    CxlinkError
        The one fault of the sources.
    Faults
        All faults of the sources, where there are several.
    """
    sources = _sources(settings)
    shelf = Shelf(None if cache is None else TableCache(cache), sources, settings)
    tables = {name: facts for name in sources if (facts := shelf.read(engine, name)) is not None}
    missing = {name: group for name, group in sources.items() if name not in tables}
    work = _Work(engine, settings)
    tables |= work.load(missing, shelf)
    for name in [name for name in TABLES if name not in tables]:
        store_nothing(engine, TABLES[name])
    tables = {name: tables[name] for name in sources if name in tables}
    ledger = tuple(entry for table in tables.values() for entry in table.entries)
    _refuse(work.faults, work.refusals, ledger)
    days = {name: days_with_rows(engine, TABLES[name]) for name in tables}
    covered = {name: coverage_of(found) for name, found in days.items() if len(found)}
    observed_from, observed_to = observed_window(settings.project, as_of, covered)
    messages = [message for table in tables.values() for message in table.messages]
    messages += _late(engine, covered, observed_to)
    messages += tell_quiet(covered, observed_to, chosen=bool(as_of or settings.project.observed_to))
    return Loaded(
        engine,
        ledger,
        {name: table.columns for name, table in tables.items()},
        {name: kind for table in tables.values() for name, kind in table.attributes.items()},
        observed_from,
        observed_to,
        tuple(messages),
    )


class _Work:
    """Loads tables one by one, and gathers what is wrong with all of them."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._kept: set[str] = set()
        self.faults: list[CxlinkError] = []
        self.refusals: list[RefusedData] = []

    def load(self, missing: Mapping[str, Sequence[Source]], shelf: Shelf) -> dict[str, TableFacts]:
        begun = new_name()
        queries = [source for group in missing.values() for source in group if source.settings.query]
        results = _run_queries(self._engine, queries, self.faults)
        tables = {}
        for name, group in missing.items():
            n_faults = len(self.faults) + len(self.refusals)
            facts = self._load_one(name, group, results)
            if facts is not None:
                tables[name] = facts
                if len(self.faults) + len(self.refusals) == n_faults:
                    shelf.write(self._engine, name, facts)
        drop_names(self._engine, since=begun, keep=self._kept)
        return tables

    def _load_one(self, name: str, group: Sequence[Source], results: dict[str, QueryResult]) -> TableFacts | None:
        before, facts = new_name(), None
        loaded = load_table(self._engine, TABLES[name], group, results, self._settings, self.faults)
        if loaded is not None:
            facts = TableFacts(loaded.entries, loaded.columns, store(self._engine, loaded), loaded.messages)
            self.refusals += loaded.refusals
            self._kept |= _kept(loaded)
        drop_names(self._engine, since=before, keep=self._kept)
        return facts


def _sources(settings: Settings) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    for table in TABLES:
        for number, source in enumerate(settings.sources.of(table), start=1):
            label = table if number == 1 else f"{table}-{number}"
            found.setdefault(table, []).append(Source(label, table, source, settings.folder))
    return found


def _run_queries(engine: Engine, sources: Sequence[Source], faults: list[CxlinkError]) -> dict[str, QueryResult]:
    runner = QueryRunner(engine, sources)
    results = {}
    try:
        for source in sources:
            try:
                check_mapping(source)
                results[source.label] = runner.run(source)
            except (CxlinkError, Faults) as error:
                faults.extend(flatten(error))
    finally:
        runner.close()
    return results


def _kept(loaded: LoadedTable) -> set[str]:
    """Names of what a canonical table rests on."""
    return {name for part in loaded.parts for name in (part.file.relation, part.file.held)}


def flatten(error: CxlinkError | Faults) -> Iterable[CxlinkError]:
    """Take faults that were raised together apart.

    Parameters
    ----------
    error : CxlinkError or Faults
        As caught.

    Returns
    -------
    iterable of CxlinkError
        At least one.
    """
    return error.faults if isinstance(error, Faults) else (error,)


def _refuse(faults: list[CxlinkError], refusals: list[RefusedData], ledger: tuple[LedgerEntry, ...]) -> None:
    """Raise what was found, sources that are unreadable before sources that are refused."""
    found = list(dict.fromkeys(faults)) + [_with_ledger(refusal, ledger) for refusal in refusals]
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(found)


def _with_ledger(refusal: RefusedData, ledger: tuple[LedgerEntry, ...]) -> RefusedData:
    return RefusedData(refusal.code, refusal.place, refusal.message, refusal.remedy, ledger)


def _late(engine: Engine, covered: Mapping[str, object], observed_to: date) -> list[Message]:
    counts = {name: count_late(engine, TABLES[name], observed_to) for name in covered}
    return [late_rows_message(name, count, observed_to) for name, count in counts.items() if count]
