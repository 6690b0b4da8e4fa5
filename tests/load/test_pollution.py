"""No pollution of the exports damages the tables in silence, and none that is harmless is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from tests.load.pollution.bench import Bench, run
from tests.load.pollution.cases import gated_cases
from tests.load.pollution.oracle import EXACT, judge, problems
from tests.load.pollution.pollution import Pollution

CASES = gated_cases()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=Path(tmp_path_factory.mktemp("spill")))
    yield opened
    opened.close()


def test_the_clean_pair_is_exact(engine: Engine) -> None:
    outcome = run(Bench(), engine)
    assert problems(outcome, EXACT) == []
    assert outcome.messages == ()


@pytest.mark.parametrize("case", CASES.values(), ids=str)
def test_no_pollution_damages_in_silence(case: Pollution, engine: Engine) -> None:
    found = judge(case.change(Bench()), case.expect, engine)
    assert not found, "\n".join(found)


def test_there_are_enough_cases() -> None:
    assert len(CASES) > 500
