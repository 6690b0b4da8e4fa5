"""Each bad input gives one clear error: a code, the place, a remedy and the exit code."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from cxlink.errors import ExitCode, Faults
from tests.load.conftest import REVENUE, Project

GZ = gzip.compress(REVENUE.encode())


def bad_crc() -> bytes:
    return GZ[:-8] + bytes([GZ[-8] ^ 1]) + GZ[-7:]


def zip_of(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, REVENUE)
    return target.getvalue()


BAD_FILES = {
    "empty": (b"", "CX104", ""),
    "only blanks": (b"\n \n", "CX104", ""),
    "only a header": (b"customer_id,charged_on,amount\n", "CX103", ""),
    "missing column": (b"cust_id,charged_on,amount\n1,2024-01-01,2\n", "CX102", '"cust_id", "charged_on", "amount"'),
    "no table at all": (b"%PDF-1.7 hello\nworld\n", "CX102", "customer_id"),
    "header named twice": (b"customer_id,charged_on,amount,amount\n1,2024-01-01,2,3\n", "CX108", '"amount"'),
    "latin-1": ("customer_id,charged_on,amount\nJosé,2024-01-01,2\n".encode("latin-1"), "CX111", "line 2"),
    "half a UTF-16": (REVENUE.encode("utf-16")[:-1], "CX111", "utf-16"),
    "NUL": (REVENUE.replace("001", "0\x001").encode(), "CX114", "line 2"),
    "UTF-16 without a mark": (REVENUE.encode("utf-16-le"), "CX114", "utf-16-le"),
    "ambiguous date": (b"customer_id,charged_on,amount\n1,01/02/2024,2\n2,03/04/2024,5\n", "CX121", "%d/%m/%Y"),
    "mixed dates": (b"customer_id,charged_on,amount\n1,13/02/2024,2\n2,03/14/2024,5\n", "CX121", "mix"),
    "serial dates": (b"customer_id,charged_on,amount\n1,45292,2\n", "CX123", "bare numbers"),
    "no dates": (b"customer_id,charged_on,amount\n1,soon,2\n", "CX124", "charged_on"),
    "ambiguous amount": (b'customer_id,charged_on,amount\n1,2024-01-01,"1,234"\n', "CX122", 'decimal = "."'),
    "mixed amounts": (
        b'customer_id,charged_on,amount\n1,2024-01-01,"1,5"\n1,2024-01-01,1.5\n',
        "CX122",
        "some numbers",
    ),
    "too many bad rows": (b"customer_id,charged_on,amount\n1,2024-01-01,x\n2,2024-01-01,1\n", "CX141", "CX162"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file(project: Project, case: str) -> None:
    content, code, word = BAD_FILES[case]
    project.write("revenue.csv", content)
    fault = project.fault()
    assert fault.code == code
    assert word in str(fault)
    assert "revenue" in fault.place
    assert fault.remedy
    assert fault.exit_code == ExitCode.DATA_UNUSABLE


BAD_ARCHIVES = {
    "wrong checksum": ("revenue.csv.gz", bad_crc(), "CX112"),
    "cut off": ("revenue.csv.gz", GZ[:-12], "CX112"),
    "second member cut off": ("revenue.csv.gz", GZ + GZ[:-4], "CX112"),
    "garbage behind": ("revenue.csv.gz", GZ + b"garbage", "CX112"),
    "not gzip at all": ("revenue.csv.gz", REVENUE.encode(), "CX112"),
    "bomb": ("revenue.csv.gz", gzip.compress(b"0" * 3_000_000), "CX116"),
    "two files": ("revenue.zip", zip_of("a.csv", "b.csv"), "CX113"),
    "no file": ("revenue.zip", zip_of(), "CX112"),
    "broken zip": ("revenue.zip", zip_of("a.csv").replace(b"12.50", b"12.51"), "CX112"),
    "no workbook": ("revenue.xlsx", b"not a workbook", "CX119"),
    "no parquet": ("revenue.parquet", b"PAR1 not really", "CX119"),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_a_bad_archive(project: Project, case: str) -> None:
    name, content, code = BAD_ARCHIVES[case]
    project.write(name, content)
    project.revenue = f'path = "{name}"'
    fault = project.fault()
    assert (fault.code, fault.exit_code) == (code, ExitCode.DATA_UNUSABLE)
    assert name in fault.place


def test_a_missing_file_names_what_the_folder_has(project: Project) -> None:
    project.revenue = 'path = "revenues.csv"'
    fault = project.fault()
    assert (fault.code, fault.exit_code) == ("CX101", ExitCode.INPUT_MISSING)
    assert fault.place == "revenues.csv"
    assert '"revenue.csv"' in fault.remedy


@pytest.mark.parametrize("path", ["none/x.csv", "*.parquet", ".", "${HOME}/nothing/here.csv"])
def test_other_missing_files(project: Project, path: str) -> None:
    project.revenue = f'path = "{path}"'
    assert project.fault().exit_code == ExitCode.INPUT_MISSING


@pytest.mark.parametrize("path", ["https://example.com/x.csv", "s3://bucket/x.csv"])
def test_addresses_are_not_opened(project: Project, path: str) -> None:
    project.revenue = f'path = "{path}"'
    assert project.fault().code == "CX118"


def test_a_variable_that_is_not_set(project: Project) -> None:
    project.revenue = 'path = "${CXLINK_NO_SUCH_VARIABLE}/x.csv"'
    assert project.fault().exit_code == ExitCode.CONFIG_WRONG


def test_a_mapping_onto_an_unknown_column(project: Project) -> None:
    project.revenue += '\ncolumns = { amuont = "amount" }'
    fault = project.fault()
    assert (fault.code, fault.exit_code) == ("CX107", ExitCode.CONFIG_WRONG)
    assert '"amount"' in fault.remedy


def test_a_mapped_column_that_is_missing_is_told_with_the_nearest(project: Project) -> None:
    project.revenue += '\ncolumns = { customer_id = "customer id" }'
    fault = project.fault()
    assert fault.code == "CX102"
    assert "customer_id" in fault.remedy
    assert "[[sources.revenue]]" in fault.remedy


@pytest.mark.parametrize(("setting", "code"), [('dates = "%d-%Q"', "CX124"), ('encoding = "klingon"', "CX111")])
def test_a_wrong_setting(project: Project, setting: str, code: str) -> None:
    project.write("revenue.csv", "customer_id,charged_on,amount\nJosé,01/02/2024,2\n".encode("latin-1"))
    project.revenue += f"\n{setting}" + ('\nencoding = "latin-1"' if "dates" in setting else "")
    assert project.fault().code == code


def test_all_faults_are_shown_together(project: Project) -> None:
    project.write("revenue.csv", "cust,when,how much\n1,2,3\n")
    project.feedback = 'path = "missing.csv"'
    with pytest.raises(Faults) as caught:
        project.load()
    assert sorted(fault.code for fault in caught.value.faults) == ["CX101", "CX102"]


def test_nothing_quotes_a_customer(project: Project) -> None:
    project.write("revenue.csv", "customer_id,charged_on,amount\nanna@example.com,soon,many\n")
    assert "anna" not in str(project.fault())


def test_a_header_alone_will_do_for_other_tables(project: Project) -> None:
    project.write("tickets.csv", "ticket_id,opened_at\n")
    project.more = '[[sources.tickets]]\npath = "tickets.csv"'
    loaded = project.load()
    assert [message.code for message in loaded.messages if message.code == "CX105"] == ["CX105"]


def test_a_link_to_a_folder_is_missing(project: Project, tmp_path: Path) -> None:
    (project.folder / "x.csv").symlink_to(tmp_path)
    project.revenue = 'path = "x.csv"'
    assert project.fault().code == "CX101"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1257", "piegāde kavējās, ļoti slikti, čeks nav pareizs, rēķins arī, žēl, bet paldies par ātru atbildi"),
        ("cp1255", "המשלוח איחר מאוד והשירות היה גרוע"),
        ("cp1256", "التوصيل متأخر جدا والخدمة سيئة"),
        ("cp1251", "доставка опоздала, очень плохо"),
        ("cp932", "配達が遅れました。とても残念です。"),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_a_refused_encoding_comes_with_a_guess_that_makes_it_exact(
    project: Project, encoding: str, words: str, told: bool
) -> None:
    text = f'response_id,customer_id,responded_at,nps,comment\nr1,001,2024-01-31,9,"{words}"\nr2,002,2024-01-31,1,x\n'
    (project.folder / "feedback.csv").write_bytes(text.encode(encoding))
    if not told:
        error = project.fault()
        assert (error.code, f'encoding = "{encoding}"' in error.remedy) == ("CX111", True)
        return
    project.feedback = f'path = "feedback.csv"\nencoding = "{encoding}"'
    project.load()
    assert project.rows("feedback", "comment") == [(words,), ("x",)]


def test_a_mark_of_utf8_is_no_proof_of_it(project: Project) -> None:
    (project.folder / "revenue.csv").write_bytes(b"\xef\xbb\xbf" + REVENUE.encode().replace(b"001", b"\xff01"))
    error = project.fault()
    assert (error.code, error.place) == ("CX111", "revenue.csv line 2")
