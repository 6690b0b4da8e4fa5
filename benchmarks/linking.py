"""Time and memory of linking revenue at scale: ``python benchmarks/linking.py [ROWS] [THREADS] [MEMORY]``.

Plain monthly charges, 33 a customer, made inside the engine. Say ``10e6 2 300MB`` for a laptop.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import date

from cxlink.engine.duckdb_engine import DuckDBEngine
from cxlink.handoff import Loaded
from cxlink.link.accounts import reconcile, revenue_sums
from cxlink.link.classify import classify_revenue
from cxlink.link.identity import match_customers
from cxlink.link.linkage import build_linkage
from cxlink.link.overlaps import find_overlaps
from cxlink.link.prices import build_movements, build_price_changes, build_prices, latest_coverage, latest_prices
from cxlink.load.tables import SQL_TYPES, TABLES

CHARGES_A_CUSTOMER = 33
FIRST, LAST = date(2023, 1, 1), date(2025, 9, 30)


def build_company(rows: int, threads: int, memory: str | None) -> Loaded:
    engine = DuckDBEngine(threads=threads, memory_limit=memory)
    for name, table in TABLES.items():
        types = {column.typed_name: SQL_TYPES[column.kind] for column in table.columns}
        engine.create_table(name, {**types, "file": "VARCHAR", "line": "BIGINT"})
    n = rows // CHARGES_A_CUSTOMER
    engine.execute(
        "insert into customers (customer_id, acquired_on, file, line) select 'CUST-' || lpad(cast(i * 7 as varchar), 8,"
        f" '0'), date '2022-01-01' + cast(i % 365 as integer), 'customers.csv', i + 2 from range({n}) as t(i)"
    )
    engine.execute(
        "insert into revenue (customer_id, charged_on, amount_minor, invoice_id, currency, kind, file, line)"
        f" select 'CUST-' || lpad(cast((i % {n}) * 7 as varchar), 8, '0'),"
        f" cast(date '2023-01-01' + to_months(cast(i // {n} as integer)) + to_days(cast((i % {n}) % 28 as integer))"
        " as date), 1000 + (i % 97) * 10 + case when (i * 31) % 41 = 0 then 250 else 0 end,"
        f" 'INV-' || cast(i as varchar), 'EUR', 'recurring', 'revenue.csv', i + 2 from range({n * CHARGES_A_CUSTOMER})"
        " as t(i)"
    )
    columns = {
        "customers": ("customer_id", "acquired_on"),
        "revenue": ("customer_id", "charged_on", "amount", "invoice_id", "currency", "kind"),
    }
    return Loaded(engine, (), columns, {}, FIRST, LAST, ())


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    loaded = build_company(rows, threads, sys.argv[3] if len(sys.argv) > 3 else None)
    n_customers = rows // CHARGES_A_CUSTOMER
    print(f"{'made':22}{'':>9}{'':>9}{_memory():>8,} MB")
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("match", lambda: match_customers(loaded)),
        ("classify, add up", lambda: classify_revenue(loaded, currency="EUR", subscription=True)),
        ("overlaps", lambda: find_overlaps(loaded, revenue_sums(loaded), "EUR")),
        ("charges", lambda: build_prices(loaded)),
        ("latest prices", lambda: (latest_prices(loaded, n_customers, 100), latest_coverage(loaded, n_customers))),
        ("movements", lambda: build_movements(loaded)),
        ("reconcile", lambda: reconcile(loaded, revenue_sums(loaded))),
        ("linkage", lambda: build_linkage(loaded, revenue_sums(loaded), "EUR")),
        ("price changes", lambda: build_price_changes(loaded)),
    )
    wall, processor = time.perf_counter(), time.process_time()
    for name, step in steps:
        began, used = time.perf_counter(), time.process_time()
        step()
        print(f"{name:22}{time.perf_counter() - began:7.2f} s{time.process_time() - used:7.2f} s{_memory():>8,} MB")
    print(f"{'together':22}{time.perf_counter() - wall:7.2f} s{time.process_time() - processor:7.2f} s")
    loaded.engine.close()


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
