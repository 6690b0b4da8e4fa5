"""The document in a file: exact, the same bytes each time, and refused with a code where it is not right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.errors import CxlinkError
from cxlink.handoff import RunResult
from cxlink.report.codec import MismatchError, decode, describe, encode
from cxlink.report.document import build_document
from cxlink.report.parts import Document, Untrusted
from cxlink.report.saved_document import FILE, dump_document, read_document
from cxlink.report.write import RENDERINGS, render_again, write_ledger, write_outputs
from tests.report.conftest import HOSTILE_COMMENT
from tests.report.full_results import full_result


@dataclass(frozen=True, slots=True)
class Inner:
    text: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class Other:
    text: str


@dataclass(frozen=True, slots=True)
class Outer:
    any_of: Inner | Other | None
    many: tuple[tuple[str, float | int | None], ...]
    pair: tuple[int, str]
    kind: Literal["a", "b"]
    by_name: dict[str, Inner]
    day: date
    flag: bool


texts = st.text(max_size=20) | st.text(max_size=20).map(Untrusted)
inner = st.builds(Inner, texts, st.decimals(allow_nan=False, allow_infinity=False))
outer = st.builds(
    Outer,
    st.none() | inner | st.builds(Other, texts),
    st.lists(st.tuples(texts, st.none() | st.integers() | st.floats(allow_nan=False))).map(tuple),
    st.tuples(st.integers(), texts),
    st.sampled_from(("a", "b")),
    st.dictionaries(st.text(alphabet="abc$", min_size=1).filter(lambda name: not name.startswith("$")), inner),
    st.dates(),
    st.booleans(),
)


def kinds(value: object) -> object:
    """What equality does not tell: which texts are others', and how decimals are written."""
    return json.dumps(encode(value), sort_keys=True)


@given(outer)
def test_whatever_goes_in_comes_out(value: Outer) -> None:
    again = decode(Outer, json.loads(json.dumps(encode(value))))
    assert again == value
    assert kinds(again) == kinds(value)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        (int, True),
        (bool, 1),
        (str, 5),
        (float, "1.0"),
        (float, True),
        (Decimal, "1"),
        (Decimal, {"$decimal": "one"}),
        (date, {"$day": "2025-13-01"}),
        (tuple[int, str], [1]),
        (tuple[int, ...], {"0": 1}),
        (Literal["a"], "b"),
        (Inner, {"$type": "Other", "text": "x"}),
        (Inner, {"$type": "Inner", "text": "x"}),
        (Inner, {"$type": "Inner", "text": "x", "number": {"$decimal": "1"}, "more": 1}),
        (Inner | None, "x"),
        (dict[str, int], {"$type": 1}),
        (str, {"$untrusted": 5}),
    ],
)
def test_nothing_else_is_made(wanted: Any, value: Any) -> None:
    with pytest.raises(MismatchError):
        decode(wanted, value)


def test_what_cannot_be_kept_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError):
        encode(object())
    with pytest.raises(TypeError):
        encode({"$type": 1})


def test_types_have_the_same_names_under_every_python() -> None:
    assert describe(int | None) == describe(None | int) == "NoneType|int"
    assert describe(tuple[Inner, ...]) == "tuple(Inner,...)"
    assert describe(Literal["a", 1]) == "Literal('a',1)"


@pytest.fixture
def run(result: RunResult, tmp_path: Path) -> Path:
    write_outputs(full_result(result), tmp_path / "run")
    return tmp_path / "run"


def test_a_document_comes_back_equal(result: RunResult, hostile: RunResult, tmp_path: Path) -> None:
    for number, one in enumerate((full_result(result), full_result(hostile))):
        write_outputs(one, tmp_path / str(number))
        written = build_document(one)
        again = read_document(tmp_path / str(number))
        assert replace(again, sections=written.sections) == written
        assert kinds(again.first) == kinds(written.first)
        assert dump_document(again) == (tmp_path / str(number) / FILE).read_bytes()
        with pytest.raises(FrozenInstanceError):
            again.project = "x"  # type: ignore[misc]  # that is what is tested


def test_each_rendering_is_the_same_bytes(run: Path) -> None:
    before = {name: (run / name).read_bytes() for name in RENDERINGS}
    others = {path for path in run.rglob("*") if path.is_file()}
    for name in RENDERINGS:
        (run / name).write_bytes(b"gone")
    (run / "notes.txt").write_text("mine", encoding="utf-8")
    assert {path.name for path in render_again(read_document(run), run)} == set(RENDERINGS)
    assert {name: (run / name).read_bytes() for name in RENDERINGS} == before
    assert {path for path in run.rglob("*") if path.is_file()} == {*others, run / "notes.txt"}
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    named = {one["path"] for one in manifest["files"]}
    assert named == {path.relative_to(run).as_posix() for path in others} - {"manifest.json"}
    assert manifest["rendered_by"]


def test_the_same_document_is_the_same_bytes(document: Document) -> None:
    content = dump_document(document)
    assert dump_document(document) == content
    # neither a time nor a name: bytes 4 to 7 are the time, flags are in byte 3
    assert content[3:8] == bytes(5)


def _damage(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _garbage(_content: bytes) -> bytes:
    return b"not compressed"


def _no_json(_content: bytes) -> bytes:
    return gzip.compress(b"[1, 2")


def _other_form(content: bytes) -> bytes:
    held = json.loads(gzip.decompress(content)) | {"form": "cxlink.document/99"}
    return gzip.compress(json.dumps(held).encode())


def _other_shape(content: bytes) -> bytes:
    held = json.loads(gzip.decompress(content)) | {"shape": "0" * 16}
    return gzip.compress(json.dumps(held).encode())


def _wrong_value(content: bytes) -> bytes:
    held = json.loads(gzip.decompress(content))
    held["document"]["customers"] = 4012
    return gzip.compress(json.dumps(held).encode())


def _wrong_chart(content: bytes) -> bytes:
    """Of the right types, and impossible: what a chart refuses."""
    text = gzip.decompress(content).decode().replace('"name":"forest"', '"name":"\\"><script>"')
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_damage, "CX683"),
        (_garbage, "CX683"),
        (_no_json, "CX683"),
        (_wrong_value, "CX683"),
        (_wrong_chart, "CX683"),
        (_other_form, "CX682"),
        (_other_shape, "CX682"),
    ],
)
def test_what_is_not_right_is_refused_with_a_remedy(run: Path, change: Callable[[bytes], bytes], code: str) -> None:
    path = run / FILE
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(CxlinkError, match=code) as refused:
        read_document(run)
    assert str(path) in str(refused.value)


def test_other_folders_are_refused(run: Path, result: RunResult, tmp_path: Path) -> None:
    with pytest.raises(CxlinkError, match="CX680"):
        read_document(tmp_path / "nowhere")
    with pytest.raises(CxlinkError, match="CX680"):
        read_document(tmp_path)
    write_ledger(result.loaded.ledger, tmp_path / "checked")
    with pytest.raises(CxlinkError, match=r"CX681.*a ledger alone"):
        read_document(tmp_path / "checked")
    (run / FILE).unlink()
    with pytest.raises(CxlinkError, match=r"CX681.*no document\.json\.gz"):
        read_document(run)


def test_what_the_public_does_not_see_is_not_kept(result: RunResult, tmp_path: Path) -> None:
    internal = full_result(result)
    for audience in ("internal", "published"):
        write_outputs(replace(internal, audience=audience), tmp_path / audience)
    kept = {
        audience: gzip.decompress((tmp_path / audience / FILE).read_bytes()).decode()
        for audience in ("internal", "published")
    }
    for secret in ("C-100", "412.5", "It came late again", HOSTILE_COMMENT[:20], "cxlink rows"):
        assert secret not in kept["published"]
    assert "C-100" in kept["internal"]
    assert "It came late again" in kept["internal"]
