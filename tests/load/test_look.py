"""What one look at a text's bytes says, wherever the blocks that it reads happen to end."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.load import look as module
from cxlink.load.look import Look, look_at

SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


def slowly(data: bytes) -> Look:
    """The same, said letter by letter."""
    bad_line = 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        bad_line = data.count(b"\n", 0, error.start) + 1
    nul = data.find(b"\0")
    return Look(
        bad_line=bad_line,
        nul_line=0 if nul < 0 else data.count(b"\n", 0, nul) + 1,
        n_line_feeds=data.count(b"\n"),
        has_quotes=b'"' in data,
        has_lone_returns=b"\r" in data.replace(b"\r\n", b""),
        has_blanks=not data.isascii() or any(letter <= 32 and letter not in b"\r\n" for letter in data),
    )


@given(
    st.lists(
        st.sampled_from([b"a", b",", b"\n", b"\r", b"\r\n", b'"', b" ", b"\t", b"\0", "é".encode(), "é€".encode()[:1]])
    ).map(b"".join),
    st.integers(1, 9),
)
def test_a_look_says_what_a_slow_one_says(data: bytes, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        assert look_at(io.BytesIO(data)) == slowly(data)


@pytest.mark.parametrize("space", SPACES)
def test_every_space_that_cells_are_freed_of_is_a_blank_or_an_end_of_line(space: str) -> None:
    """A text without blanks is typed without a look at the ends of its cells."""
    look = look_at(io.BytesIO(f"id,nps\na{space},1\n".encode()))
    assert look.has_blanks or space in "\r\n"
