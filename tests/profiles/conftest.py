"""Exports made up by us after public descriptions, and what becomes of them: init, then load."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.handoff import LedgerEntry, Loaded
from cxlink.load import load
from cxlink.profiles.drafts import FileDraft, FolderDraft, SourceDraft
from cxlink.profiles.folder import read_folder
from cxlink.profiles.writing import write_folder
from cxlink.settings import Settings, read_settings

EXPORTS = Path(__file__).parent / "exports"


@dataclass
class Start:
    """A folder of exports, what init makes of it, and what the loader makes of that."""

    exports: Path
    target: Path
    engine: Engine
    draft: FolderDraft | None = field(default=None)
    loaded: Loaded | None = field(default=None)

    def add(self, *names: str) -> None:
        """Copy exports; a folder's name stands for all its files."""
        for name in names:
            path = EXPORTS / name
            for file in sorted(path.iterdir()) if path.is_dir() else [path]:
                shutil.copy(file, self.exports / file.name)

    def write(self, name: str, content: str | bytes) -> None:
        (self.exports / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def pack(self, archive: str, folder: str) -> None:
        with zipfile.ZipFile(self.exports / archive, "w") as packed:
            for file in sorted((EXPORTS / folder).iterdir()):
                packed.write(file, file.name)

    def init(self) -> FolderDraft:
        self.draft = read_folder(self.exports)
        write_folder(self.draft, self.target, mapping=None)
        return self.draft

    @property
    def config(self) -> str:
        return (self.target / "cxlink.toml").read_text(encoding="utf-8")

    def settings(self) -> Settings:
        return read_settings(self.target / "cxlink.toml")

    def load(self) -> Loaded:
        self.loaded = load(self.settings(), engine=self.engine)
        return self.loaded

    def file(self, name: str) -> FileDraft:
        assert self.draft is not None
        return next(file for file in self.draft.files if file.sheet.head.label == name)

    def source(self, table: str) -> SourceDraft:
        assert self.draft is not None
        return next(source for source in self.draft.sources if source.table == table)

    def profile(self, name: str) -> str:
        return self.file(name).sheet.profile.id

    def rows(self, table: str, columns: str, where: str = "1 = 1") -> list[tuple[object, ...]]:
        frame = self.engine.frame(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY file, line")
        return [tuple(_plain(value) for value in row) for row in frame.itertuples(index=False)]

    def ledger(self, file: str) -> list[LedgerEntry]:
        assert self.loaded is not None
        return [entry for entry in self.loaded.ledger if entry.file.endswith(file)]

    def counts(self, file: str) -> list[tuple[str, int, int, int, int]]:
        """Source, rows read, accepted, excluded and held back."""
        return [
            (e.source, e.rows_read, e.rows_accepted, e.rows_excluded, e.rows_quarantined) for e in self.ledger(file)
        ]


def _plain(value: object) -> object:
    if pd.isna(value):  # type: ignore[call-overload]  # pandas-stubs know no scalar here
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else str(value)
    return value


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    for name in ("exports", "spill"):
        (tmp_path / name).mkdir()
    engine = open_engine("duckdb", spill_folder=tmp_path / "spill")
    yield Start(tmp_path / "exports", tmp_path / "acme", engine)
    engine.close()


@pytest.fixture
def start_from(start: Start) -> Callable[..., Start]:
    def make(*names: str) -> Start:
        start.add(*names)
        start.init()
        return start

    return make
