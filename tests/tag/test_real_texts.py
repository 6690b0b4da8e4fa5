"""Real comments, where they are at hand: shares that hold over thousands of them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from cxlink.tag.match import tag_texts
from cxlink.tag.taxonomy import Taxonomy

DATA = Path(os.environ.get("CXLINK_REAL_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")


def need(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"no {name} under CXLINK_REAL_DATA")
    return path


def share_with_complaint(texts: list[str], taxonomy: Taxonomy) -> float:
    tags = tag_texts(texts, taxonomy).tags
    return sum(any(tag.is_complaint for tag in found) for found in tags) / len(texts)


def test_portuguese_reviews_are_tagged_as_their_score_says(taxonomy: Taxonomy) -> None:
    reviews = pd.read_csv(need("olist/olist_order_reviews_dataset.csv"), dtype=str, keep_default_na=False)
    reviews = reviews[reviews["review_comment_message"].str.strip() != ""]
    worst = reviews.loc[reviews["review_score"] == "1", "review_comment_message"]
    best = reviews.loc[reviews["review_score"] == "5", "review_comment_message"]
    assert share_with_complaint(list(worst), taxonomy) > 0.75
    assert share_with_complaint(list(best), taxonomy) < 0.08


def test_latvian_tweets_on_food_get_almost_no_tags(taxonomy: Taxonomy) -> None:
    tweets = pd.read_csv(need("latvian_food_tweets/train.csv"), dtype=str, keep_default_na=False)
    assert share_with_complaint(list(tweets["text"]), taxonomy) < 0.02


def test_arabic_praise_of_hotels_gets_almost_no_tags(taxonomy: Taxonomy) -> None:
    xml = need("arabic_hotels/AR_Hotels_Train_SB1.xml").read_text(encoding="utf-8")
    pairs = re.findall(r"<text>(.*?)</text>\s*<Opinions>(.*?)</Opinions>", xml, re.DOTALL)
    praise = [text for text, opinions in pairs if set(re.findall('polarity="(.*?)"', opinions)) == {"positive"}]
    assert len(praise) > 1_000
    assert share_with_complaint(praise, taxonomy) < 0.015


def test_questions_to_a_bank(taxonomy: Taxonomy) -> None:
    queries = pd.read_csv(need("banking77/train.csv"), dtype=str, keep_default_na=False)
    tags = tag_texts(list(queries["text"]), taxonomy).tags
    queries["billing"] = [any(tag.is_complaint and tag.component == "billing" for tag in found) for found in tags]
    share = queries.groupby("category")["billing"].mean()
    assert share["transaction_charged_twice"] > 0.5
    assert share["card_payment_fee_charged"] > 0.4
    assert share["exchange_rate"] < 0.05
    assert share["country_support"] < 0.05
