"""Personal data is taken out of comments, in any script; ordinary words and dates stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.report.redact import redact_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("write to jane.doe@example.co.uk today", "write to [email] today"),
        ("jane (at) example.com", "[email]"),
        ("call +371 2612 3456 now", "call [phone] now"),
        ("call (020) 7946-0958", "call [phone]"),
        ("ורקם 050-1234567", "ורקם [phone]"),
        ("ورقمي ٠٥٠١٢٣٤٥٦٧ شكرا", "ورقمي [phone] شكرا"),
        ("card 4111 1111 1111 1111 was charged", "card [card] was charged"),
        ("card 4111\u200b1111\u200b1111\u200b1111", "card [card]"),
        ("from LV80 BANK 0000 4351 9500 1 please", "from [iban] please"),
        ("from de89370400440532013000.", "from [iban]."),
        ("see https://example.com/reset?token=abc123 now", "see [link] now"),
        ("see www.example.com/x", "see [link]"),
        ("key sk_live_4eC39HqLyjWDarjtT1zdp7dc", "key [key]"),
        ("order 00123456 is late", "order [phone] is late"),
        ("account 123456 is late", "account [number] is late"),
        ("late on 2024-01-31 and 31.01.2024, 3 times in 2024", "late on 2024-01-31 and 31.01.2024, 3 times in 2024"),
        ("paid 1,250.00 for 12 months", "paid 1,250.00 for 12 months"),
        ("", ""),
    ],
)
def test_examples(raw: str, shown: str) -> None:
    assert redact_text(raw) == shown


@given(st.text(), st.sampled_from(["jane@example.com", "4111111111111111", "DE89370400440532013000", "+37126123456"]))
def test_nothing_personal_survives_between_other_words(text: str, secret: str) -> None:
    assert secret not in redact_text(f"{text} {secret} {text}")


@given(st.text(alphabet="a-9@. _(+", max_size=4000))
def test_it_ends_and_does_not_grow_without_bound(text: str) -> None:
    assert len(redact_text(text)) <= 8 * len(text) + 8
