"""Tags of the ticket system stand in where words say nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxlink.errors import ConfigError
from cxlink.tag.exported import causes_of, exported_meanings
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.stage import tag_records
from cxlink.tag.taxonomy import Taxonomy

OWN = """
version = "1"
base = "default"
[tags]
"VIP::slow-boat" = "delivery.late"
bye = "cancellation.cancellation_intent"
"""


@pytest.fixture
def own(tmp_path: Path) -> Taxonomy:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    return read_taxonomy(tmp_path / "own.toml")


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ("delivery_late", ["delivery.late"]),
        ("Delivery-Late, unknown", ["delivery.late"]),
        ("hidden fee;overcharge", ["billing.hidden_fee", "billing.overcharge"]),
        ('["billing", "vip::SLOW boat"]', ["billing.unspecified", "delivery.late"]),
        ("billing|overcharge", ["billing.overcharge"]),
        ("unspecified", []),
        ("bye", ["cancellation.cancellation_intent"]),
        ("", []),
    ],
)
def test_meaning_of_exported_tags(tags: str, named: list[str], own: Taxonomy) -> None:
    found = causes_of(tags, exported_meanings(own))
    assert [f"{cause.component}.{cause.name}" for cause in found] == named


def test_words_come_first_and_what_was_given_before_all(own: Taxonomy) -> None:
    rows = [
        ("1", "tickets", None, None, "I was charged twice", "delivery_late"),
        ("2", "tickets", None, None, "", "delivery_late"),
        ("3", "tickets", None, None, "hello", "delivery_late,bye"),
        ("4", "tickets", "support", None, "", "delivery_late"),
        ("5", "tickets", None, None, None, None),
    ]
    frame = pd.DataFrame(rows, columns=["record_id", "table", "component", "cause", "text", "tags"])
    found = tag_records(frame, own)
    told = list(
        zip(found["record_id"], found["component"], found["cause"], found["source"], found["intent"], strict=True)
    )
    assert told == [
        ("1", "billing", "overcharge", "text", ""),
        ("2", "delivery", "late", "tags", ""),
        ("3", "cancellation", "cancellation_intent", "tags", "cancel"),
        ("3", "delivery", "late", "tags", ""),
        ("4", "support", "", "given", ""),
    ]


def test_a_tag_without_a_cause_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN + 'odd = "delivery.never"\n"?" = "delivery.late"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_taxonomy(tmp_path / "own.toml")
    assert "tags, 'odd': 'delivery.never' is no component.cause" in caught.value.message
    assert "tags, '?': it has no letter" in caught.value.message
