"""Sources that are a query over several files."""

from __future__ import annotations

import pytest

from cxlink.errors import CxlinkError, ExitCode, Faults
from cxlink.load.raw import PREFIX
from cxlink.load.tables import TABLES
from tests.load.conftest import Project

SQL = """-- joins by order;
SELECT o.customer AS customer_id, CAST(o.day AS DATE) AS charged_on, CAST(p.paid AS DECIMAL(18, 3)) AS amount
FROM pays AS p JOIN orders AS o ON o."order no" = p.order_no ORDER BY p.order_no;
"""


@pytest.fixture
def query(project: Project) -> Project:
    project.write("pay.sql", SQL)
    project.write("orders.csv", "order no;customer;day;unused\n007;A;2024-01-31;x\n8;NA;2024-02-29;y\n")
    project.write("pays.csv", "order_no,paid\n007,1.234\n8,1.235\n007,10\n")
    project.revenue = 'query = "pay.sql"\ninputs = { orders = "orders.csv", pays = "pays.csv" }'
    return project


def test_the_result_carries_the_money_and_inputs_the_rows(query: Project) -> None:
    loaded = query.load()
    assert query.rows("revenue", "customer_id, amount_minor, file, line") == [
        ("A", 123, "pay.sql", 1),
        ("A", 1000, "pay.sql", 2),
        ("NA", 124, "pay.sql", 3),
    ]
    ledger = {entry.source: entry for entry in loaded.ledger}
    assert ledger["revenue"].minor_units_accepted == {"EUR": 1247}
    assert ledger["revenue"].rows_rounded == 2
    assert {name: (e.rows_read, e.minor_units_accepted) for name, e in ledger.items() if "/" in name} == {
        "revenue/orders": (2, {}),
        "revenue/pays": (3, {}),
    }


def test_inputs_may_bear_the_names_of_canonical_tables_and_are_gone_afterwards(query: Project) -> None:
    query.write("pay.sql", SQL.replace("orders AS o", "customers AS o").replace("pays AS p", "revenue AS p"))
    query.revenue = 'query = "pay.sql"\ninputs = { customers = "orders.csv", revenue = "pays.csv" }'
    query.load()
    tables = query.engine.frame("SELECT table_name FROM information_schema.tables ORDER BY 1")["table_name"]
    assert [name for name in tables if not name.startswith(PREFIX)] == sorted(TABLES)


def test_malformed_rows_of_inputs_are_in_the_ledger(query: Project) -> None:
    query.write("pays.csv", "order_no,paid\n" + "007,1\n" * 30 + '8,"open\n007,5\n')
    loaded = query.load()
    (entry,) = [entry for entry in loaded.ledger if entry.source == "revenue/pays"]
    assert (entry.rows_read, entry.rows_accepted, entry.rows_quarantined) == (32, 31, 1)
    assert entry.quarantine[0].line == 32


def test_too_many_malformed_rows_of_an_input_are_refused(query: Project) -> None:
    query.write("pays.csv", "order_no,paid\n007,1\n8\n")
    fault = query.fault()
    assert (fault.code, fault.place) == ("CX141", "revenue/pays")


def test_an_empty_result_is_said_and_allowed(query: Project) -> None:
    query.write("none.sql", "SELECT order_no AS response_id, order_no AS responded_at FROM pays WHERE 1 = 0")
    query.feedback = 'query = "none.sql"\ninputs = { pays = "pays.csv" }'
    loaded = query.load()
    assert "CX105" in [message.code for message in loaded.messages]
    assert query.rows("feedback", "response_id") == []


@pytest.mark.parametrize(
    ("sql", "code", "word"),
    [
        ("SELEC 1", "CX115", "syntax"),
        ("SELECT nothing FROM pays", "CX115", '"order_no"'),
        ("SELECT CAST(paid AS DATE) AS charged_on, order_no FROM pays", "CX115", "TRY_CAST"),
        (SQL.replace("AS charged_on", "AS day"), "CX102", "AS charged_on"),
        (SQL.replace("AS amount", "AS amount, 1 AS custmer"), "CX106", "custmer"),
        (SQL.replace("DECIMAL(18, 3)", "DOUBLE"), "CX126", "DECIMAL"),
        ("SELECT * FROM read_csv('/etc/hostname'), pays, orders", "CX115", ""),
    ],
)
def test_a_query_that_will_not_do(query: Project, sql: str, code: str, word: str) -> None:
    query.write("pay.sql", sql)
    with pytest.raises((CxlinkError, Faults)) as caught:
        query.load()
    assert code in str(caught.value)
    assert word in str(caught.value)


def test_a_missing_query(query: Project) -> None:
    query.revenue = 'query = "nope.sql"\ninputs = { pays = "pays.csv" }'
    assert query.fault().exit_code == ExitCode.INPUT_MISSING


def test_a_missing_input(query: Project) -> None:
    query.revenue = 'query = "pay.sql"\ninputs = { orders = "orders.csv", pays = "nope.csv" }'
    assert query.fault().place == "nope.csv"


def test_a_file_used_twice_is_read_once_and_listed_twice(query: Project) -> None:
    query.write("ev.sql", "SELECT order_no || paid AS event_id, order_no AS customer_id, '2024-02-01' AS occurred_at,"
                          " 'x' AS component FROM pays")  # fmt: skip
    query.more = '[[sources.events]]\nquery = "ev.sql"\ninputs = { pays = "pays.csv" }'
    loaded = query.load()
    assert [entry.source for entry in loaded.ledger if entry.file == "pays.csv"] == ["revenue/pays", "events/pays"]


def test_quarantined_results_show_the_row(query: Project) -> None:
    query.write("pays.csv", "order_no,paid\n" + "007,1\n" * 30 + "8,\n")
    loaded = query.load()
    (row,) = loaded.ledger[0].quarantine
    assert (row.file, row.line, row.code, row.raw) == ("pay.sql", 31, "CX166", "NA,2024-02-29,")
