"""A small project to load: two exports and a configuration, each replaceable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.errors import CxlinkError, Faults
from cxlink.handoff import Loaded
from cxlink.load import load
from cxlink.settings import read_settings

REPO = Path(__file__).resolve().parents[2]
REVENUE = "customer_id,charged_on,amount\n001,2024-01-31,12.50\n002,2024-02-29,7.00\n"
FEEDBACK = "response_id,customer_id,responded_at,nps\nr1,001,2024-01-31 10:00:00,9\nr2,002,2024-02-29 11:00:00,3\n"
HEAD = '[project]\nname = "Acme"\ncurrency = "EUR"\n'


@dataclass
class Project:
    """A folder with a configuration.

    ``revenue`` and ``feedback`` are lines of their sources' settings, ``more`` further sources.
    """

    folder: Path
    engine: Engine
    revenue: str = 'path = "revenue.csv"'
    feedback: str = 'path = "feedback.csv"'
    more: str = ""
    project: str = "observed_from = 2024-01-01\nobserved_to = 2024-03-15"
    last: Loaded | None = field(default=None)

    def write(self, name: str, content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(raw)

    def load(self) -> Loaded:
        sources = f"[[sources.revenue]]\n{self.revenue}\n[[sources.feedback]]\n{self.feedback}\n{self.more}\n"
        text = f"{HEAD}{self.project}\n{sources}"
        self.write("cxlink.toml", text)
        self.last = load(read_settings(self.folder / "cxlink.toml"), engine=self.engine)
        return self.last

    def fault(self) -> CxlinkError:
        """The one fault of loading."""
        with pytest.raises((CxlinkError, Faults)) as caught:
            self.load()
        assert isinstance(caught.value, CxlinkError), caught.value
        return caught.value

    def rows(self, table: str, columns: str) -> list[tuple[object, ...]]:
        frame = self.engine.frame(f"SELECT {columns} FROM {table} ORDER BY file, line")
        return [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "spill").mkdir()
    (tmp_path / "exports").mkdir()
    engine = open_engine("duckdb", spill_folder=tmp_path / "spill")
    built = Project(tmp_path / "exports", engine)
    built.write("revenue.csv", REVENUE)
    built.write("feedback.csv", FEEDBACK)
    yield built
    engine.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """Find a folder of the real data, or skip."""
    root = Path(os.environ.get("CXLINK_REAL_DATA", REPO / ".." / "shared" / "data")).resolve()

    def find(name: str) -> Path:
        if not (root / name).is_dir():
            pytest.skip(f"no real data in {root / name} (set CXLINK_REAL_DATA)")
        return root / name

    return find
