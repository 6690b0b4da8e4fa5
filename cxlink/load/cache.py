"""Typed tables kept on disk, by the content of their files and the settings that they were read with."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlink import __version__
from cxlink.engine.interface import QueryError, quote
from cxlink.errors import CxlinkError, Faults
from cxlink.handoff import LedgerEntry, Message, QuarantinedRow
from cxlink.load.attributes import AttributeKind
from cxlink.load.sources import Source, find_files
from cxlink.load.staging import digest_of, reachable
from cxlink.settings import Settings, expand_path

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine

MAX_ENTRIES = 12
ROWS, FACTS = "rows.parquet", "facts.json"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is to be said of a canonical table, beside its rows.

    Parameters
    ----------
    entries : tuple of LedgerEntry
        What became of each file.
    columns : tuple of str
        Canonical columns that its sources gave.
    attributes : dict of str to {"number", "category"}
        Kind of each attribute.
    messages : tuple of Message
        What the user should know.
    """

    entries: tuple[LedgerEntry, ...]
    columns: tuple[str, ...]
    attributes: dict[str, AttributeKind]
    messages: tuple[Message, ...]


class TableCache:
    """A folder of typed tables.

    Parameters
    ----------
    folder : Path
        Made where it is missing. It holds customers' data: only its owner may read it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, engine: Engine, table: str, key: str) -> TableFacts | None:
        """Put a table onto the engine as it was kept.

        Parameters
        ----------
        engine : Engine
            Without that table.
        table : str
            Canonical name.
        key : str
            From `key_of`.

        Returns
        -------
        TableFacts or None
            None where it is not kept, or not whole.
        """
        entry = self._folder / f"{table}-{key}"
        try:
            facts = json.loads((entry / FACTS).read_text(encoding="utf-8"))
            if facts["digest"] != digest_of(entry / ROWS):
                return None
            engine.view_parquet(table, reachable(entry / ROWS, engine.folder))
            found = _facts(facts)
            os.utime(entry)
        except (OSError, ValueError, KeyError, TypeError, QueryError):
            return None
        return found

    def write(self, engine: Engine, table: str, key: str, facts: TableFacts) -> None:
        """Keep a table; where that is not possible the run goes on without.

        Parameters
        ----------
        engine : Engine
            With the table.
        table : str
            Canonical name.
        key : str
            From `key_of`.
        facts : TableFacts
            What is to be said of it.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
        except OSError:
            return
        try:
            engine.write_parquet(f"SELECT * FROM {quote(table)}", staged / ROWS)
            kept = {**asdict(facts), "digest": digest_of(staged / ROWS)}
            (staged / FACTS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            (staged / FACTS).chmod(0o600)
            staged.rename(self._folder / f"{table}-{key}")
        except (OSError, QueryError):
            shutil.rmtree(staged, ignore_errors=True)
        self._forget(table)

    def _forget(self, table: str) -> None:
        """Remove the entries of a table that were not used for longest."""
        entries = [path for path in self._folder.glob(f"{table}-*") if path.name.rpartition("-")[0] == table]
        for path in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True)[MAX_ENTRIES:]:
            shutil.rmtree(path, ignore_errors=True)


class Shelf:
    """What a cache holds of the tables of one configuration; nothing where there is no cache.

    Parameters
    ----------
    cache : TableCache or None
        Where tables are kept.
    sources : mapping of str to sequence of Source
        By canonical table.
    settings : Settings
        The configuration.
    """

    def __init__(self, cache: TableCache | None, sources: Mapping[str, Sequence[Source]], settings: Settings) -> None:
        self._cache = cache
        self._keys = {} if cache is None else {name: key_of(name, group, settings) for name, group in sources.items()}

    def read(self, engine: Engine, table: str) -> TableFacts | None:
        """Put a table onto the engine as it was kept.

        Parameters
        ----------
        engine : Engine
            Without that table.
        table : str
            Canonical name.

        Returns
        -------
        TableFacts or None
            None where it is not kept, or not whole.
        """
        key = self._keys.get(table)
        return None if self._cache is None or key is None else self._cache.read(engine, table, key)

    def write(self, engine: Engine, table: str, facts: TableFacts) -> None:
        """Keep a table, where there is a cache.

        Parameters
        ----------
        engine : Engine
            With the table.
        table : str
            Canonical name.
        facts : TableFacts
            What is to be said of it.
        """
        key = self._keys.get(table)
        if self._cache is not None and key is not None:
            self._cache.write(engine, table, key, facts)


def key_of(table: str, sources: Sequence[Source], settings: Settings) -> str | None:
    """Name what a table depends on: version, settings, and the content of its files.

    Parameters
    ----------
    table : str
        Canonical name.
    sources : sequence of Source
        Its sources.
    settings : Settings
        The configuration.

    Returns
    -------
    str or None
        In hexadecimal; None where a file is missing, which loading will tell.
    """
    try:
        read = [list(_files_of(source)) for source in sources]
    except (OSError, CxlinkError, Faults):
        return None
    depends = {
        "code": [__version__, _code()],
        "table": table,
        "currency": settings.project.currency,
        "timezone": settings.project.timezone,
        "max_quarantined": settings.load.max_quarantined,
        "sources": [source.settings.model_dump(mode="json") for source in sources],
        "files": read,
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Fingerprint of the loader itself: another version may read the same file otherwise."""
    digest = hashlib.sha256()
    loader = sorted(files("cxlink.load").iterdir(), key=lambda file: file.name)
    for file in (*loader, files("cxlink") / "currencies.py"):
        if file.name.endswith(".py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_of(source: Source) -> Iterator[tuple[str, str]]:
    """Name and fingerprint of every file that a source reads."""
    if source.settings.query is not None:
        yield source.settings.query, digest_of(Path(expand_path(source.settings.query, source.folder)))
    named = [("", source.settings.path or ()), *source.settings.inputs.items()]
    for name, patterns in named:
        found, repeated = find_files(patterns, source.folder)
        yield from ((f"{name}/{file.name}", digest_of(file.path)) for file in found)
        yield from ((f"{name}/{again}", "") for again in repeated)


def _facts(kept: dict[str, Any]) -> TableFacts:
    entries = tuple(
        LedgerEntry(**{**entry, "quarantine": tuple(QuarantinedRow(**row) for row in entry["quarantine"])})
        for entry in kept["entries"]
    )
    messages = tuple(Message(**message) for message in kept["messages"])
    return TableFacts(entries, tuple(kept["columns"]), kept["attributes"], messages)
