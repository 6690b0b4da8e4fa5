"""Whatever bytes come: an orderly refusal, or a ledger that adds up. The long run is ``benchmarks/fuzz_intake.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from tests.load.pollution.mutants import fault_of, mutant

N_INPUTS = 600
N_AT_ONCE = 50


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=Path(tmp_path_factory.mktemp("spill")))
    yield opened
    opened.close()


@pytest.mark.parametrize("first", range(0, N_INPUTS, N_AT_ONCE))
def test_any_input_is_refused_in_order_or_accounted_for(first: int, engine: Engine) -> None:
    faults = {seed: fault_of(mutant(seed), engine)[0] for seed in range(first, first + N_AT_ONCE)}
    assert {seed: fault for seed, fault in faults.items() if fault} == {}


def test_a_seed_makes_the_same_input_again() -> None:
    first, again = mutant(7).bench, mutant(7).bench
    assert (first.options, [draft.name for draft in first.revenue]) == (again.options, [d.name for d in again.revenue])
