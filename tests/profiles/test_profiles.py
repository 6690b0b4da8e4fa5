"""The profiles as data: each is whole, names what exists, and tells itself from the others."""

from __future__ import annotations

import tomllib

import pytest

from cxlink.load.tables import ATTRIBUTE_TABLE, TABLES
from cxlink.profiles.catalogue import read_profiles, read_query
from cxlink.profiles.masking import mask_text, show_examples
from cxlink.profiles.model import SETTING_KEYS, Profile
from cxlink.profiles.recognise import join_names
from cxlink.profiles.toml_text import plain_line, toml_key, toml_string, toml_value

PROFILES = {profile.id: profile for profile in read_profiles()}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_profiles_name_what_exists(profile: Profile) -> None:
    assert profile.export
    assert profile.traps
    assert profile.header.must or len(profile.header.any_of) > 1
    for feed in profile.feeds:
        table = TABLES[feed.table]
        assert set(feed.settings) <= SETTING_KEYS
        if feed.query:
            assert read_query(feed.query)
        elif feed.table != ATTRIBUTE_TABLE:
            assert all(table.column(name) is not None for name in (*feed.columns, *feed.values))
    assert all(unlock.profile in PROFILES for unlock in profile.unlocks if unlock.profile)
    assert all(name in PROFILES for name in profile.yields_to)


def test_queries_never_make_money_a_double() -> None:
    for profile in PROFILES.values():
        for feed in profile.feeds:
            if feed.query:
                assert "DOUBLE" not in read_query(feed.query)


def test_names_of_several_rows_are_joined_as_the_loader_joins_them() -> None:
    rows = [["Respondent ID", "How satisfied", "", "Why?"], ["", "Delivery", "Support", "Open-Ended Response"]]
    assert join_names(rows) == (
        "Respondent ID",
        "How satisfied - Delivery",
        "How satisfied - Support",
        "Why? - Open-Ended Response",
    )


@pytest.mark.parametrize("text", ['"', "\\", "a\nb", "\x00\x7f\x1b", "\u202e", "]]", "\U0001f600", "'''", "é\u0301"])
def test_toml_holds_any_text(text: str) -> None:
    written = f"{toml_key([text])} = {toml_value([text, {text: text}])} # {plain_line(text)}"
    assert tomllib.loads(written) == {text: [text, {text: text}]}
    assert toml_string(text).isprintable()


def test_examples_show_shapes_of_what_people_write() -> None:
    assert mask_text("Ada.Lovelace+1@example.com") == "Aaa.Aaaaaaaa+9@aaaaaaa.aaa"
    assert show_examples("Status", (("Paid", 30), ("Failed", 2))) == "Paid, Failed"
    assert show_examples("Customer Name", (("Ada", 30), ("Bob", 20))) == "Aaa"
    assert show_examples("Amount", (("12.50", 1), ("7.00", 1))) == "12.50, 7.00"
    assert show_examples("Phone", (("371200000", 2),)) == "999999999"
    assert show_examples("Q2", (("My name is Ada", 1),)) == "Aa aaaa aa Aaa"
    assert show_examples("Q5", (("29123456", 1), ("29765432", 1))) == "99999999"
    assert show_examples("Customer ID", (("cus_1", 5),)) == "aaa_9"
    assert show_examples("Date of birth", (("1990-01-01", 5),)) == "9999-99-99"
    assert show_examples("x", ()) == "(empty)"
