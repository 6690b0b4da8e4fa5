"""Languages by script and by words; what cannot be told is not told."""

from __future__ import annotations

import pytest

from cxlink.tag.language import detect_language
from cxlink.tag.match import build_tagger
from cxlink.tag.taxonomy import Taxonomy

CODES = ("en", "pt", "es", "de", "he", "ar", "lv")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The app crashes every time I open it", "en"),
        ("Meu pedido ainda não chegou, já faz dois meses", "pt"),
        ("Me cobraron dos veces la misma factura este mes", "es"),
        ("Die Lieferung kam zu spät an, sehr ärgerlich", "de"),
        ("Paka joprojām nav pienākusi, cik ilgi var gaidīt", "lv"),
        ("המשלוח לא הגיע", "he"),
        ("لم يصل الطلب", "ar"),
        ("המשלוח של iPhone לא הגיע", "he"),
        ("late again", "und"),
        ("посылка не пришла", "und"),
        ("👍👍 10/10", "und"),
        ("", "und"),
        ("\ud800 \x00", "und"),
    ],
)
def test_language_of_a_text(text: str, code: str) -> None:
    assert detect_language(text, CODES) == code


def test_only_configured_languages_are_told() -> None:
    assert detect_language("Die Lieferung kam zu spät an, sehr ärgerlich", ("en", "pt")) in {"en", "pt"}
    assert detect_language("Die Lieferung kam zu spät an, sehr ärgerlich", ("de",)) == "de"
    assert detect_language("לא הגיע", ("en", "de")) == "und"
    assert detect_language("zu spät", ("de",)) == "und"


@pytest.mark.parametrize(
    "text",
    [
        "Gostei da compra. O suporte não foi rude comigo.",
        "El soporte no fue rude, todo lo contrario, muy amable con nosotros",
    ],
)
def test_what_denies_a_shared_word_is_the_texts_own_language(text: str, taxonomy: Taxonomy) -> None:
    told = build_tagger(taxonomy).explain(text)
    assert "rude" in told.folded
    assert not [tag for tag in told.tags if tag.cause == "rude" and tag.is_complaint]


def test_an_explanation_ends_in_the_same_tags(taxonomy: Taxonomy) -> None:
    tagger = build_tagger(taxonomy)
    for text in ("The delivery was late and I was charged twice", "המשלוח לא הגיע", "nothing", ""):
        told = tagger.explain(text)
        assert told.tags == tagger.tag(text)
        kept = {step.rule.rule_id for step in told.steps if not step.dropped}
        assert {tag.rule for tag in told.tags} == kept
