"""Loading as a whole: types, ids, money, duplicates, windows."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date

import pandas as pd
import pytest

from cxlink.handoff import LedgerEntry
from cxlink.load import RefusedData
from cxlink.load.tables import TABLES
from tests.load.conftest import FEEDBACK, REVENUE, Project


def entry(project: Project, source: str) -> LedgerEntry:
    assert project.last is not None
    (found,) = [entry for entry in project.last.ledger if entry.source == source]
    return found


def codes(project: Project) -> list[str]:
    assert project.last is not None
    return [message.code for message in project.last.messages]


def test_a_plain_project(project: Project) -> None:
    project.project = ""
    loaded = project.load()
    assert project.rows("revenue", "customer_id, amount_minor, currency, kind, line") == [
        ("001", 1250, "EUR", None, 2),
        ("002", 700, "EUR", None, 3),
    ]
    assert project.rows("feedback", "response_id, CAST(responded_at AS VARCHAR), nps, file") == [
        ("r1", "2024-01-31 10:00:00", 9.0, "feedback.csv"),
        ("r2", "2024-02-29 11:00:00", 3.0, "feedback.csv"),
    ]
    assert (loaded.observed_from, loaded.observed_to) == (date(2024, 1, 31), date(2024, 2, 29))
    assert loaded.columns["revenue"] == ("amount", "charged_on", "customer_id")
    assert entry(project, "revenue").minor_units_accepted == {"EUR": 1950}
    assert loaded.messages == ()


def test_every_canonical_column_exists_with_its_type(project: Project) -> None:
    project.load()
    types = project.engine.query_types("SELECT * FROM revenue")
    assert types == {
        "customer_id": "VARCHAR", "charged_on": "DATE", "amount_minor": "BIGINT", "invoice_id": "VARCHAR",
        "currency": "VARCHAR", "kind": "VARCHAR", "period_start": "DATE", "period_end": "DATE",
        "margin_minor": "BIGINT",
        "refunded_minor": "BIGINT", "refunded_on": "DATE", "chargeback_minor": "BIGINT", "chargeback_on": "DATE",
        "email": "VARCHAR", "file": "VARCHAR", "line": "BIGINT",
    }  # fmt: skip


def test_all_tables_of_the_contract(project: Project) -> None:
    samples = {
        "customers": ("customer_id,acquired_on,ended_on,end_reason\nc1,2024-01-01,2024-06-30,Voluntary\n", 1),
        "invitations": ("customer_id,invited_at,responded\nc1,2024-01-01,yes\n", 1),
        "tickets": ("ticket_id,opened_at,handle_minutes,cost,credit_amount,tags\nt1,2024-01-01,7.5,1.20,3,a; b\n", 1),
        "events": ("event_id,customer_id,occurred_at,component,value,failed\ne1,c1,2024-01-01,delivery,5,0\n", 1),
        "costs": ("component,per_contact,avoidable_share\ndelivery,€ 4.55,0.5\n", 1),
        "employees": ("team,month,engagement\nA,2024-01,7.1\n", 1),
        "labels": ("record_id,table,component,probability\nt1,tickets,delivery,0.1\n", 1),
        "fx": ("currency,date,rate_to_project\nusd,2024-01-01,0.91\n", 1),
        "identities": ("customer_id,alias,kind\nc1,a@b.c,email\n", 1),
        "control_totals": ("month,amount\n2024-01,10.50\n", 1),
    }
    assert set(samples) | {"revenue", "feedback"} == set(TABLES)
    for name, (text, _) in samples.items():
        project.write(f"{name}.csv", text)
    project.more = "\n".join(f'[[sources.{name}]]\npath = "{name}.csv"' for name in samples)
    loaded = project.load()
    assert {e.source: e.rows_accepted for e in loaded.ledger if e.source in samples} == dict.fromkeys(samples, 1)
    assert project.rows("customers", "end_reason, CAST(ended_on AS VARCHAR)") == [("voluntary", "2024-06-30")]
    assert project.rows("tickets", "cost_minor, credit_minor, handle_minutes, tags") == [(120, 300, 7.5, "a; b")]
    assert project.rows("costs", "per_contact, avoidable_share") == [(4.55, 0.5)]
    assert project.rows("employees", "CAST(month AS VARCHAR)") == [("2024-01-01",)]
    assert project.rows("fx", "currency, rate_to_project") == [("USD", 0.91)]
    assert project.rows("events", "failed") == [(False,)]
    assert project.rows("invitations", "responded") == [(True,)]


def test_ids_are_opaque_text(project: Project) -> None:
    ids = ["007", "NA", "None", "null", "1E+10", "17850.0", "29051_00040", "SAT", " x ", "ÿ"]
    lines = [f"{value},2024-01-01,{n}" for n, value in enumerate(ids, start=1)]
    project.write("revenue.csv", "customer_id,charged_on,amount\n" + "\n".join([*lines, ",2024-01-01,99"]))
    project.load()
    assert [row[0] for row in project.rows("revenue", "customer_id")] == [value.strip() for value in ids] + [None]


def test_amounts_beyond_double_precision_are_exact(project: Project) -> None:
    big = ["90071992547409.93", "90071992547409.94", "92233720368547758.07"]
    project.write("revenue.csv", "customer_id,charged_on,amount\n" + "".join(f"1,2024-01-01,{a}\n" for a in big))
    project.load()
    total = sum(int(a.replace(".", "")) for a in big)
    assert entry(project, "revenue").minor_units_accepted == {"EUR": total}
    assert total > 2**63
    assert [row[0] for row in project.rows("revenue", "CAST(amount_minor AS VARCHAR)")] == [
        a.replace(".", "") for a in big
    ]


def test_rounding_is_counted(project: Project) -> None:
    project.write(
        "revenue.csv", "customer_id,charged_on,amount\n1,2024-01-01,0.125\n1,2024-01-01,-0.125\n1,2024-01-01,1\n"
    )
    project.load()
    assert entry(project, "revenue").rows_rounded == 2
    assert [row[0] for row in project.rows("revenue", "amount_minor")] == [13, -13, 100]


def test_quarantine_tells_line_column_reason_and_the_row_as_it_stood(project: Project) -> None:
    good = "".join(f"c{n},2024-01-{n:02d},10.00\n" for n in range(1, 29))
    project.write("revenue.csv", f'customer_id,charged_on,amount\n{good}"bad, one",2024-02-31,oops\nshort\n')
    project.more = "[load]\nmax_quarantined = 0.1"
    project.load()
    ledger = entry(project, "revenue")
    assert (ledger.rows_read, ledger.rows_accepted, ledger.rows_quarantined) == (30, 28, 2)
    cell, ragged = ledger.quarantine
    assert (cell.line, cell.column, cell.code, cell.raw) == (30, "charged_on", "CX161", '"bad, one",2024-02-31,oops')
    assert "charged_on" in cell.reason
    assert "amount" in cell.reason
    assert (ragged.line, ragged.column, ragged.code, ragged.raw) == (31, "", "CX167", "short")


def test_the_one_big_invoice_cannot_be_lost_within_the_budget_of_rows(project: Project) -> None:
    rows = "".join(f"c{n},2024-01-01,10.00\n" for n in range(99))
    project.write("revenue.csv", f"customer_id,charged_on,amount\n{rows}big,2024-13-01,1234567.89\n")
    fault = project.fault()
    assert isinstance(fault, RefusedData)
    assert "100% of the EUR" in fault.message
    assert fault.ledger[0].minor_units_quarantined == {"EUR": 123456789}
    assert len(fault.ledger) == 2


def test_the_biggest_invoices_alone_have_separators(project: Project) -> None:
    project.write("revenue.csv", 'customer_id,charged_on,amount\n1,2024-01-01,10.00\n2,2024-01-01,"1,234,567.89"\n')
    project.load()
    assert entry(project, "revenue").minor_units_accepted == {"EUR": 123457789}


def test_a_repeated_invoice_is_held_back_with_its_money(project: Project) -> None:
    rows = "".join(f"i{n},c,2024-01-01,10.00\n" for n in range(40))
    project.write("revenue.csv", f"invoice_id,customer_id,charged_on,amount\n{rows},c,2024-01-01,1\n,c,2024-01-01,1\n")
    project.write(
        "more.csv", "invoice_id,customer_id,charged_on,amount\ni7,c,2024-01-01,5.00\nj1,c,2024-01-01,500.00\n"
    )
    project.revenue = 'path = ["revenue.csv", "more.csv"]'
    project.load()
    first, second = [e for e in (project.last.ledger if project.last else ()) if e.source == "revenue"]
    assert first.rows_quarantined == 0
    assert second.quarantine[0].code == "CX131"
    assert second.minor_units_quarantined == {"EUR": 500}


def test_repeated_ids_of_other_tables_are_held_back(project: Project) -> None:
    project.write("feedback.csv", FEEDBACK + "r1,001,2024-02-01,5\n")
    project.more = "[load]\nmax_quarantined = 0.5"
    project.load()
    assert [row.code for row in entry(project, "feedback").quarantine] == ["CX132"]


def test_a_copy_of_a_file_is_warned_about(project: Project) -> None:
    project.write("revenue-copy.csv", REVENUE)
    project.revenue = 'path = ["revenue*.csv", "revenue.csv"]'
    project.load()
    assert codes(project) == ["CX133", "CX133"]


def test_a_name_that_looks_like_a_pattern_is_taken_literally(project: Project) -> None:
    project.write("rev[1].csv", REVENUE)
    project.write("rev1.csv", REVENUE.replace("12.50", "99.00"))
    project.revenue = 'path = "rev[1].csv"'
    project.load()
    assert entry(project, "revenue").minor_units_accepted == {"EUR": 1950}


def test_refunds_written_without_a_minus(project: Project) -> None:
    text = (
        "customer_id,charged_on,amount,kind\n1,2024-01-01,10,recurring\n1,2024-01-02,4,Refund\n1,2024-01-02,-1,credit\n"
    )
    project.write("revenue.csv", text)
    project.load()
    assert "CX157" in codes(project)


def test_refund_sign_positive(project: Project) -> None:
    text = (
        "customer_id,charged_on,amount,kind\n1,2024-01-01,10,recurring\n1,2024-01-02,4,Refund\n1,2024-01-02,-1,credit\n"
    )
    project.write("revenue.csv", text)
    project.revenue += '\nrefund_sign = "positive"'
    project.load()
    assert [row[0] for row in project.rows("revenue", "amount_minor")] == [1000, -400, -100]
    assert entry(project, "revenue").minor_units_accepted == {"EUR": 500}


def test_currencies_are_never_added(project: Project) -> None:
    text = "customer_id,charged_on,amount,currency\n1,2024-01-01,10.5,\n1,2024-01-01,1500,JPY\n1,2024-01-01,2.5,usd\n"
    project.write("revenue.csv", text)
    project.load()
    assert entry(project, "revenue").minor_units_accepted == {"EUR": 1050, "JPY": 1500, "USD": 250}
    assert "CX152" in codes(project)


def test_one_row_of_another_currency_does_not_refuse_the_source(project: Project) -> None:
    rows = "".join(f"{n},2024-01-01,10,EUR\n" for n in range(40))
    project.write("revenue.csv", f"customer_id,charged_on,amount,currency\n{rows}1,soon,10,USD\n")
    project.load()
    assert entry(project, "revenue").minor_units_quarantined == {"USD": 1000}


def test_the_sign_of_another_currency_is_held_back(project: Project) -> None:
    project.write("revenue.csv", "customer_id,charged_on,amount\n1,2024-01-01,$10\n1,2024-01-01,€5\n")
    fault = project.fault()
    assert "CX162" in fault.message


def test_words_of_the_export(project: Project) -> None:
    project.write(
        "customers.csv", "customer_id,acquired_on,ended_on,end_reason\n1,2024-01-01,9999-12-31,Card Expired\n"
    )
    project.more = """[[sources.customers]]
path = "customers.csv"
values = { end_reason = { "card expired" = "involuntary" }, ended_on = { "9999-12-31" = "" } }"""
    project.load()
    assert project.rows("customers", "ended_on, end_reason") == [(None, "involuntary")]


def test_attributes_of_customers(project: Project) -> None:
    project.write(
        "a.csv", "customer_id,acquired_on,Plan name,zip,seats,line,Customer_ID\n1,2024-01-01,pro,01234,5,x,y\n"
    )
    project.write("b.csv", "customer_id,acquired_on,seats,plan\n2,2024-01-01,7.5,q\n")
    project.more = """[[sources.customers]]
path = "a.csv"
columns = { plan = "Plan name" }
[[sources.customers]]
path = "b.csv\""""
    loaded = project.load()
    assert loaded.attributes == {
        "zip": "category", "seats": "number", "line_2": "category", "Customer_ID_2": "category", "plan": "category",
    }  # fmt: skip
    assert project.rows("customers", "plan, zip, seats, line_2") == [("pro", "01234", 5.0, "x"), ("q", None, 7.5, None)]


def test_ratings_of_components(project: Project) -> None:
    project.write("feedback.csv", "response_id,responded_at,rating_delivery\nr1,2024-01-31,4\nr2,2024-02-29,\n")
    loaded = project.load()
    assert project.rows("feedback", "rating_delivery") == [(4.0,), (None,)]
    assert "rating_delivery" in loaded.columns["feedback"]


@pytest.mark.parametrize("score", ["11", "-1", "7.5", "10 - Extremely likely", "nine"])
def test_scores_out_of_scale_are_held_back(project: Project, score: str) -> None:
    project.write("feedback.csv", FEEDBACK + f"r3,001,2024-02-01,{score}\n")
    project.more = "[load]\nmax_quarantined = 0.5"
    project.load()
    assert entry(project, "feedback").quarantine[0].code in ("CX163", "CX164")


def test_moments_are_put_into_the_project_s_time(project: Project) -> None:
    project.project = 'timezone = "Europe/Riga"'
    project.write("feedback.csv", "response_id,responded_at\nr1,2024-01-31T22:30:00Z\nr2,2024-02-29 11:00\n")
    project.load()
    assert project.rows("feedback", "CAST(responded_at AS VARCHAR)") == [
        ("2024-02-01 00:30:00",),
        ("2024-02-29 11:00:00",),
    ]


def test_rows_after_the_cut_off_are_kept_and_warned_about(project: Project) -> None:
    project.project = "observed_from = 2024-01-01\nobserved_to = 2024-01-31"
    loaded = project.load()
    assert (loaded.observed_from, loaded.observed_to) == (date(2024, 1, 1), date(2024, 1, 31))
    assert codes(project) == ["CX151", "CX151"]
    assert entry(project, "revenue").rows_accepted == 2


def test_sources_without_a_common_day(project: Project) -> None:
    project.project = ""
    project.write("feedback.csv", "response_id,responded_at\nr1,2023-01-31\n")
    assert project.fault().code == "CX125"


def test_totals_at_the_end_are_left_out(project: Project) -> None:
    project.write("revenue.csv", REVENUE + "Total,,19.50\n")
    project.load()
    assert (entry(project, "revenue").rows_excluded, entry(project, "revenue").rows_read) == (1, 3)
    assert codes(project) == ["CX153"]


def test_question_texts_of_survey_exports_are_left_out(project: Project) -> None:
    text = """ResponseId,RecordedDate,Q1
Response ID,Recorded Date,"How likely
are you?"
"{""ImportId"":""_recordId""}","{""ImportId"":""recordedDate""}","{""ImportId"":""QID1""}"
R_1,2024-01-31 10:00:00,9
"""
    project.write("feedback.csv", text)
    project.feedback += '\ncolumns = { response_id = "ResponseId", responded_at = "RecordedDate", nps = "Q1" }'
    project.load()
    assert (entry(project, "feedback").rows_accepted, entry(project, "feedback").rows_excluded) == (1, 2)
    assert project.rows("feedback", "line") == [(5,)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings_with_a_mark(project: Project, encoding: str) -> None:
    text = REVENUE.replace("001", "Jānis")
    raw = text.encode(encoding) if encoding != "utf-16-be" else b"\xfe\xff" + text.encode(encoding)
    project.write("revenue.csv", raw)
    project.load()
    assert project.rows("revenue", "customer_id")[0] == ("Jānis",)


def test_the_setting_of_the_encoding(project: Project) -> None:
    project.write("revenue.csv", REVENUE.replace("001", "Jānis").encode("cp1257"))
    project.revenue += '\nencoding = "cp1257"'
    project.load()
    assert project.rows("revenue", "customer_id")[0] == ("Jānis",)
    assert entry(project, "revenue").encoding == "cp1257"


def test_single_lines_of_another_encoding_are_held_back(project: Project) -> None:
    lines = [f"Jānis{n},2024-01-01,1.00\n".encode() for n in range(40)]
    project.write("revenue.csv", b"customer_id,charged_on,amount\n" + b"".join(lines) + b"Jos\xe9,2024-01-01,1.00\n")
    project.load()
    (row,) = entry(project, "revenue").quarantine
    assert (row.code, row.line, row.raw) == ("CX169", 42, "Jos\\xe9,2024-01-01,1.00")


def test_packed_files_and_several_members(project: Project) -> None:
    half, rest = REVENUE.encode()[:40], REVENUE.encode()[40:]
    project.write("revenue.csv.gz", gzip.compress(half) + gzip.compress(rest))
    with zipfile.ZipFile(project.folder / "feedback.zip", "w") as archive:
        archive.writestr("__MACOSX/._x", "junk")
        archive.writestr("x.csv", FEEDBACK)
    project.revenue, project.feedback = 'path = "revenue.csv.gz"', 'path = "feedback.zip"'
    project.load()
    assert entry(project, "revenue").rows_accepted == entry(project, "feedback").rows_accepted == 2


def test_workbooks(project: Project) -> None:
    frame = pd.DataFrame(
        {"customer_id": [17850.0, 2.0], "charged_on": [date(2024, 1, 31), date(2024, 2, 29)], "amount": [1234.5, 1.234]}
    )
    with pd.ExcelWriter(project.folder / "revenue.xlsx", engine="xlsxwriter") as writer:
        pd.DataFrame({"note": ["made by"]}).to_excel(writer, sheet_name="Cover", index=False)
        frame.to_excel(writer, sheet_name="Data", index=False, startrow=2)
    project.revenue = 'path = "revenue.xlsx"'
    project.load()
    assert project.rows("revenue", "customer_id, amount_minor, line") == [("17850", 123450, 4), ("2", 123, 5)]


def test_parquet_files(project: Project) -> None:
    path = project.folder / "revenue.parquet"
    project.engine.write_parquet(
        "SELECT '007' AS customer_id, DATE '2024-01-31' AS charged_on, CAST(1.234 AS DECIMAL(9, 3)) AS amount", path
    )
    project.revenue = 'path = "revenue.parquet"'
    project.load()
    assert project.rows("revenue", "customer_id, amount_minor") == [("007", 123)]


def test_several_sources_of_a_table_have_their_own_labels(project: Project) -> None:
    project.write("other.csv", REVENUE.replace("001", "9"))
    project.more = '[[sources.revenue]]\npath = "other.csv"'
    loaded = project.load()
    assert [e.source for e in loaded.ledger] == ["revenue", "revenue-2", "feedback"]


def test_a_file_that_settles_the_dates_speaks_for_its_siblings(project: Project) -> None:
    project.write("a.csv", "customer_id,charged_on,amount\n1,01/02/2024,1\n2,03/02/2024,1\n")
    project.write("b.csv", "customer_id,charged_on,amount\n1,28/02/2024,1\n")
    project.revenue = 'path = ["a.csv", "b.csv"]'
    project.load()
    assert project.rows("revenue", "CAST(charged_on AS VARCHAR)")[0] == ("2024-02-01",)
    assert [e.date_format for e in (project.last.ledger if project.last else ())][:2] == ["%d/%m/%Y"] * 2


def test_lines_above_the_header_are_warned_about(project: Project) -> None:
    project.write("revenue.csv", "Report of March\n\n" + REVENUE)
    project.load()
    assert codes(project) == ["CX154"]
