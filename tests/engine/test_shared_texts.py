"""Equal texts of a column become one object, and nothing else changes."""

import numpy as np
import pandas as pd
import pandas.testing

from cxlink.engine.duckdb_engine import DuckDBEngine
from cxlink.engine.shared_texts import FEW_ROWS, share_texts


def spell(letters: list[str], n: int) -> list[str]:
    """Texts made anew for each row."""
    return [f"{letter} of delivery" for letter in letters * (n // len(letters))]


def test_equal_texts_become_one_object() -> None:
    n = 2 * FEW_ROWS
    texts = np.array(spell(["a", "b", "c", "d"], n), dtype=object)
    texts[5] = None
    ids = np.array([f"T{row}" for row in range(n)], dtype=object)
    rows = pd.DataFrame({"cause": texts, "record_id": ids, "day": np.arange(n)})
    before = rows.copy(deep=True)
    assert len({id(text) for text in rows["cause"].to_numpy()}) == n
    found = share_texts(rows)
    assert len({id(text) for text in found["cause"].to_numpy()}) == 5
    pandas.testing.assert_frame_equal(found, before)


def test_what_is_no_text_stays() -> None:
    n = 2 * FEW_ROWS
    lists = np.empty(n, dtype=object)
    lists[:] = [[1, 2] for _ in range(n)]
    rows = pd.DataFrame({"lists": lists})
    assert share_texts(rows)["lists"].iloc[0] == [1, 2]


def test_the_engine_shares_texts_of_long_results() -> None:
    engine = DuckDBEngine()
    try:
        rows = engine.frame(f"SELECT 'component ' || (range % 3)::VARCHAR AS component FROM range({2 * FEW_ROWS})")
    finally:
        engine.close()
    assert len({id(text) for text in rows["component"].to_numpy()}) == 3
    assert rows["component"].dtype == object
