from __future__ import annotations

from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.stage import COLUMNS, tag_records
from cxlink.tag.taxonomy import Taxonomy

Row = tuple[str, str, str | None, str | None, str | None]
LATE = "The delivery was late"


def frame_of(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["record_id", "table", "component", "cause", "text"])


def tagged(rows: list[Row], taxonomy: Taxonomy) -> list[tuple[str, str, str]]:
    result = tag_records(frame_of(rows), taxonomy)
    return list(zip(result["component"], result["cause"], result["source"], strict=True))


def test_text_fills_blanks(taxonomy: Taxonomy) -> None:
    assert tagged([("1", "feedback", None, None, LATE)], taxonomy) == [("delivery", "late", "text")]


def test_given_component_wins_and_is_kept_verbatim(taxonomy: Taxonomy) -> None:
    assert tagged([("1", "tickets", " Billing!", None, LATE)], taxonomy) == [(" Billing!", "", "given")]


def test_text_adds_the_cause_of_the_given_component(taxonomy: Taxonomy) -> None:
    rows: list[Row] = [("1", "tickets", "Delivery", "", LATE + " and I was charged twice")]
    assert tagged(rows, taxonomy) == [("Delivery", "late", "given")]


def test_given_cause_is_kept(taxonomy: Taxonomy) -> None:
    assert tagged([("1", "tickets", "delivery", "Strike", LATE)], taxonomy) == [("delivery", "Strike", "given")]
    assert tagged([("1", "tickets", "", "Strike", LATE)], taxonomy) == [("delivery", "Strike", "text")]


def test_nothing_given_and_nothing_said_gives_no_row(taxonomy: Taxonomy) -> None:
    rows: list[Row] = [("1", "feedback", None, None, None), ("2", "feedback", "", "", "no problem with billing")]
    result = tag_records(frame_of(rows), taxonomy)
    assert list(result.columns) == list(COLUMNS)
    assert result.empty


def test_several_components_give_several_rows(taxonomy: Taxonomy) -> None:
    rows: list[Row] = [("1", "feedback", None, None, LATE + ". I was charged twice! The delivery was late again")]
    assert tagged(rows, taxonomy) == [("billing", "overcharge", "text"), ("delivery", "late", "text")]


def test_intent_is_marked(taxonomy: Taxonomy) -> None:
    result = tag_records(frame_of([("1", "tickets", None, None, "I want to cancel my subscription")]), taxonomy)
    assert list(result["intent"]) == ["cancel"]


def test_evidence_and_missing_evidence(taxonomy: Taxonomy) -> None:
    rows: list[Row] = [("1", "tickets", "app", None, "hm"), ("2", "tickets", None, None, "Hi. " + LATE)]
    result = tag_records(frame_of(rows), taxonomy)
    assert list(result["evidence"]) == ["", "delivery was late"]
    assert result["start"].isna().tolist() == [True, False]
    assert str(result["start"].dtype) == "Int64"


def test_cut_texts_are_counted(taxonomy: Taxonomy) -> None:
    assert tag_records(frame_of([("1", "tickets", None, None, "x " * 60_000)]), taxonomy).attrs["n_cut"] == 1


ROWS = st.tuples(
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(["feedback", "tickets"]),
    st.sampled_from(["", "delivery", None, "Other"]),
    st.sampled_from(["", "late", None]),
    st.sampled_from([LATE, "Não chegou, cobraram duas vezes", "ok", None, "המשלוח איחר", "late late late"]),
)


@given(st.lists(ROWS, max_size=12), st.randoms())
@settings(deadline=None)
def test_row_order_does_not_matter_and_rows_are_unique(taxonomy: Taxonomy, rows: list[Row], random: Random) -> None:
    result = tag_records(frame_of(rows), taxonomy)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = tag_records(frame_of(shuffled), taxonomy)
    key = ["record_id", "table", "component", "cause"]
    assert not result.duplicated(key).any()
    pd.testing.assert_frame_equal(result, again)


def test_a_wish_to_leave_is_seen_under_a_given_component() -> None:
    records = pd.DataFrame(
        {
            "record_id": ["t1", "t2"],
            "table": "tickets",
            "component": ["billing", "billing"],
            "cause": [None, None],
            "text": ["I want to cancel my subscription", "I was charged twice"],
        }
    )
    tags = tag_records(records, read_taxonomy(None)).set_index("record_id")
    assert tags.loc["t1", "intent"] == "cancel"
    assert tags.loc["t2", "intent"] == ""
