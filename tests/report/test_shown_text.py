"""The words of others are visible and inert wherever they are shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cxlink.report.shown_text import Sink, render_text

FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x9bb", "a\\x9bb"),
        ("safe\u202eevil", "safe\\u202eevil"),
        ("a\u200bb", "a\\u200bb"),
        ("a\ud800b", "a\\ud800b"),
        ("a\U000e0041b", "a\\U000e0041b"),
        ("line\r\nbreak\tand  more ", "line break and more"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩", "👩\u200d👩"),
        ("שלום", "שלום"),
        ("ķīselis", "ķīselis"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(raw: str, shown: str) -> None:
    assert render_text(raw, Sink.PLAIN) == shown


def test_no_command_of_a_ci_runner_survives_in_a_log() -> None:
    assert "::" not in render_text("::set-output name=x::y", Sink.TERMINAL)
    assert "##[" not in render_text("x ##[error]y", Sink.TERMINAL)
    assert "##vso[" not in render_text("##vso[task.x]", Sink.TERMINAL)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_a_formula_is_text_in_a_sheet(start: str) -> None:
    assert render_text(start + "1+1", Sink.CSV).startswith("'")


def test_a_long_text_is_cut_visibly() -> None:
    assert render_text("abcdef ghi", Sink.PLAIN, limit=8) == "abcdef…"


@given(st.text())
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    shown = render_text(text, Sink.TERMINAL)
    assert not {unicodedata.category(character) for character in shown} & FORBIDDEN
    assert "::" not in shown
    assert "\n" not in shown


@given(st.text(alphabet="[]()<>!*_`|\\#:/ahttp.\n&;~-+=1"))
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse("x " + render_text(text, Sink.MARKDOWN))
    inline = tokens[1]
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in inline.children or ()}
    assert kinds <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children or ()) == ("x " + render_text(text, Sink.PLAIN)).rstrip()
