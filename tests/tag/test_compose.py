"""Taxonomies that build on shipped ones, and sheets of plain words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from cxlink.errors import ConfigError
from cxlink.tag.compose import extend, take_components
from cxlink.tag.match import tag_texts
from cxlink.tag.read_taxonomy import read_taxonomy, shipped_names
from cxlink.tag.taxonomy import Taxonomy
from cxlink.tag.word_sheet import plain_pattern

ON_BASE = """
version = "7"
base = "default"
take = ["billing", "cancellation"]
[components.pool]
dirty = {}
[components.billing]
minibar = { description = "Charged for what was not taken" }
[patterns.en.pool]
dirty = ["dirty pool"]
[patterns.en.billing]
minibar = ["minibar .. never touched"]
overcharge = ["towel levy"]
"""
SHEET = """Component;Cause;Language;Words;Kind
Pool;dirty water;en;green water; complaint
Pool;dirty water;en;"slime;alga* (everywhere)";
Pool;;en;lovely pool;praise
;;en;pool party;ignore
"""


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def causes(text: str, taxonomy: Taxonomy) -> set[str]:
    (tags,) = tag_texts([text], taxonomy).tags
    return {f"{tag.component}.{tag.cause}" for tag in tags if tag.is_complaint}


def test_a_taxonomy_takes_some_components_of_a_base_and_adds_to_them(tmp_path: Path) -> None:
    taxonomy = read_taxonomy(write(tmp_path, ON_BASE, "own.toml"))
    assert taxonomy.components == ("billing", "cancellation", "pool")
    assert taxonomy.version == "7"
    assert causes("I was charged twice", taxonomy) == {"billing.overcharge"}
    assert causes("they took a towel levy", taxonomy) == {"billing.overcharge"}
    assert causes("Minibar which we never touched; dirty pool", taxonomy) == {"billing.minibar", "pool.dirty"}
    assert causes("the delivery was late", taxonomy) == set()
    assert taxonomy.digest != read_taxonomy().digest


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('base = "nowhere"', "base 'nowhere' is not known; there are default"),
        ('base = "default"\ntake = ["pool"]', "the base has no component 'pool'; it has delivery, billing"),
        ('base = "default"\ntake = "billing"', "take: a list of components is expected"),
        ('take = ["billing"]', "write base = ..., too"),
    ],
)
def test_a_wrong_base_is_told_with_what_there_is(line: str, said: str, tmp_path: Path) -> None:
    text = f'{line}\nversion = "1"\n[components.spa]\ncold = {{}}\n'
    with pytest.raises(ConfigError) as caught:
        read_taxonomy(write(tmp_path, text, "own.toml"))
    assert caught.value.code == "CX302"
    assert said in caught.value.message


def test_an_unknown_shipped_taxonomy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="Choose one of: default") as caught:
        read_taxonomy(shipped="hospital")
    assert caught.value.code == "CX301"
    assert "default" in shipped_names()


def test_extend_leaves_both_as_they_are() -> None:
    base, own = {"a": {"x": [1, 2]}, "b": 1}, {"a": {"x": [2, 3], "y": [4]}, "b": 2, "c": 5}
    assert extend(base, own) == {"a": {"x": [1, 2, 3], "y": [4]}, "b": 2, "c": 5}
    assert base == {"a": {"x": [1, 2]}, "b": 1}
    assert own["a"] == {"x": [2, 3], "y": [4]}


def test_taking_components_takes_what_speaks_of_them() -> None:
    tables = {
        "components": {"a": {"x": {}}, "b": {"y": {}}},
        "patterns": {"en": {"a": {"x": ["1"]}, "b": {"y": ["2"]}}},
        "ignore": {"en": ["3"]},
    }
    kept, faults = take_components(tables, ["b"])
    assert not faults
    assert kept == {
        "components": {"b": {"y": {}}},
        "patterns": {"en": {"b": {"y": ["2"]}}},
        "ignore": {"en": ["3"]},
    }


def put_sheet(path: Path) -> Path:
    if path.suffix == ".csv":
        return write(path.parent, "\ufeff" + SHEET, path.name)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("any name")
        for row, cells in enumerate(csv.reader(io.StringIO(SHEET), delimiter=";")):
            sheet.write_row(row, 0, [cell.replace(";", "\n") for cell in cells])
    return path


@pytest.mark.parametrize("name", ["words.csv", "words.xlsx"])
def test_a_sheet_of_plain_words_is_a_taxonomy(name: str, tmp_path: Path) -> None:
    taxonomy = read_taxonomy(put_sheet(tmp_path / name))
    assert taxonomy.version.startswith("sheet-")
    assert taxonomy.components == ("pool",)
    assert causes("Algae is really everywhere", taxonomy) == {"pool.dirty_water"}
    assert causes("the GREEN, no: the green and cold water", taxonomy) == {"pool.dirty_water"}
    assert causes("no green water at all", taxonomy) == set()
    assert causes("lovely pool", taxonomy) == set()


def test_every_fault_of_a_sheet_is_told_with_its_row(tmp_path: Path) -> None:
    rows = ["pool,,en,dirty,", "pool,cold,en,!!!,", "pool,cold,en,cold,angry", "pool,cold,xx,cold,"]
    text = "\n".join(["component,cause,language,words,kind", *rows])
    with pytest.raises(ConfigError) as caught:
        read_taxonomy(write(tmp_path, text, "words.csv"))
    for said in ("row 2: cause is empty", "row 3: '!!!' has no word", "row 4: kind 'angry'", "language 'xx'"):
        assert said in caught.value.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "has no column component, cause, language, words; its columns are: a, b"),
        (b"", "its columns are: none"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b'component,cause,language,words\n"open', "it is no such sheet"),
    ],
)
def test_a_sheet_that_cannot_be_read(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="CX301") as caught:
        read_taxonomy(path)
    assert said in caught.value.message


def test_no_workbook_and_no_file(tmp_path: Path) -> None:
    path = write(tmp_path, "no zip", "words.xlsx")
    for one in (path, tmp_path / "absent.csv"):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_taxonomy(one)


@pytest.mark.parametrize(
    ("phrase", "pattern"),
    [
        ("Late delivery", "late .. delivery"),
        ("can't login", "cant .. login"),
        ("(a|b){2} .* c++", "a .. b .. 2 .. c"),
        ("entreg* atrasada", "entreg~ .. atrasada"),
        ("não chegou", "nao .. chegou"),
        ("?!", ""),
    ],
)
def test_no_sign_of_a_plain_phrase_has_a_meaning(phrase: str, pattern: str) -> None:
    assert plain_pattern(phrase) == pattern
