"""The ``tag`` stage: records of feedback and tickets to one row a record, component and cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from cxlink.tag.classifier import Classifier
from cxlink.tag.embeddings import Embedder
from cxlink.tag.exported import causes_of, exported_meanings
from cxlink.tag.learned import RULE, decide
from cxlink.tag.match import Tag, tag_texts
from cxlink.tag.normalise import fold_text
from cxlink.tag.taxonomy import UNSPECIFIED, Cause, Taxonomy

COLUMNS = ("record_id", "table", "component", "cause", "source", "rule", "start", "end", "evidence", "intent")

_KEY = ["record_id", "table", "component", "cause"]


def tag_records(
    records: pd.DataFrame,
    taxonomy: Taxonomy,
    classifier: Classifier | None = None,
    embedder: Embedder | None = None,
) -> pd.DataFrame:
    """Tag records: a given component is kept verbatim and wins, text fills blanks and adds the cause.

    Parameters
    ----------
    records : DataFrame
        Columns ``record_id``, ``table``, ``component``, ``cause``, ``text`` and, where there are any, ``tags``
        (several, as exported); nulls count as blank.
    taxonomy : Taxonomy
        From :func:`cxlink.tag.read_taxonomy.read_taxonomy`.
    classifier : Classifier, optional
        Decides on the causes that it learnt; rules alone where None.
    embedder : Embedder, optional
        The model of sentence embeddings that the classifier was trained with.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``, sorted by record, table, component and cause, unique on these. ``source`` is "given" where
        the component stood in the row, "text" where words told it, "tags" where words did not and exported tags did;
        ``rule``, ``start``, ``end`` (offsets in the text, Int64, null without evidence) and ``evidence`` (the words,
        verbatim) tell where the text spoke; ``intent`` is "cancel" where a departure is announced, which is no
        incident. ``attrs["n_cut"]`` counts texts searched only in part.
    """
    plain = {name: _as_text(records[name]) for name in ("record_id", "table", "component", "cause", "text")}
    exported = _as_text(records["tags"]) if "tags" in records else [""] * len(records)
    tagged = tag_texts(plain["text"], taxonomy)
    tags_of_texts = tagged.tags
    if classifier is not None:
        tags_of_texts = decide(plain["text"], tagged.tags, taxonomy, classifier, embedder)
    meanings = exported_meanings(taxonomy)
    rows = []
    for record, tags, outside in zip(zip(*plain.values(), strict=True), tags_of_texts, exported, strict=True):
        complaints = [tag for tag in tags if tag.is_complaint]
        found = list(_rows_of(*record, complaints=complaints))
        rows += found or list(_rows_exported(record[0], record[1], causes_of(outside, meanings)))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"start": "Int64", "end": "Int64"})
    ordered = frame.sort_values([*_KEY, "source", "start", "end", "rule"], kind="stable", na_position="last")
    result = ordered.drop_duplicates(_KEY).reset_index(drop=True)
    result.attrs["n_cut"] = tagged.n_cut
    return result


def _rows_exported(record_id: str, table: str, causes: Sequence[Cause]) -> Iterator[tuple[object, ...]]:
    for cause in causes:
        yield (record_id, table, cause.component, cause.name, "tags", "", None, None, "", cause.intent)


def _as_text(column: pd.Series[Any]) -> list[str]:
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in column]


def _rows_of(
    record_id: str, table: str, component: str, cause: str, text: str, *, complaints: list[Tag]
) -> Iterator[tuple[object, ...]]:
    """Give the rows of one record."""
    if component.strip():
        yield from _rows_given(record_id, table, component, cause, text, complaints)
        return
    for tag in complaints:
        is_filled = bool(cause.strip()) and not tag.intent
        name = cause if is_filled else tag.cause
        source = "classifier" if tag.rule == RULE else "text"
        yield (record_id, table, tag.component, name, source, *_evidence(tag, text), tag.intent)


def _rows_given(
    record_id: str, table: str, component: str, cause: str, text: str, complaints: list[Tag]
) -> Iterator[tuple[object, ...]]:
    # whatever the agent filed it under, a wish to leave is its own intent and no incident
    intent = next((tag.intent for tag in complaints if tag.intent), "")
    same = [tag for tag in complaints if tag.cause != UNSPECIFIED and fold_text(tag.component) == fold_text(component)]
    if cause.strip() or not same:
        yield (record_id, table, component, cause if cause.strip() else "", "given", "", None, None, "", intent)
        return
    for tag in same:
        yield (record_id, table, component, tag.cause, "given", *_evidence(tag, text), intent)


def _evidence(tag: Tag, text: str) -> tuple[str, int, int, str]:
    return tag.rule, tag.start, tag.end, text[tag.start : tag.end]
