"""Answers to the 0-10 question, beside the reasons that their words give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded, ScoredAnswers, Tagged

UNSPECIFIED = "unspecified"
_ANSWERS = (
    "select coalesce(customer, -1) as customer, response_id, nps, trim(coalesce(comment, '')) <> '' as has_words,"
    " date_diff('day', date '1970-01-01', cast(responded_at as date)) as day from matched_feedback"
    " where nps is not null and cast(responded_at as date) between $observed_from and $observed_to"
    " order by day, customer, response_id, nps, has_words"
)


def read_scored_answers(loaded: Loaded, tagged: Tagged) -> ScoredAnswers:
    """Read the answers to the 0-10 question and put their reasons beside them.

    Parameters
    ----------
    loaded : Loaded
        ``matched_feedback`` must stand on its engine.
    tagged : Tagged
        Causes of feedback. Only those that its words complain of are reasons: a component that merely says what the
        answer is about is none, and neither is the wish to leave.

    Returns
    -------
    ScoredAnswers
        Of known customers; empty where nobody was asked.
    """
    window = {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    rows = loaded.engine.frame(_ANSWERS, window)
    known = rows.loc[rows["customer"] >= 0].reset_index(drop=True)
    ids = known["response_id"].astype(str)
    tags = tagged.tags.loc[tagged.tags["table"] == "feedback"]
    leaving = set(tags.loc[tags["intent"] == "cancel", "record_id"].astype(str))
    said = tags.loc[(tags["intent"] != "cancel") & (tags["evidence"].fillna("") != "")]
    said = said.assign(record_id=said["record_id"].astype(str))
    said = said.loc[said["record_id"].isin(set(ids))]
    reasons = _names(said)
    columns = tuple(sorted(set(reasons)))
    return ScoredAnswers(
        customer=known["customer"].to_numpy(dtype=np.int64),
        day=known["day"].to_numpy(dtype=np.int64),
        score=known["nps"].to_numpy(dtype=float),
        has_words=known["has_words"].to_numpy(dtype=bool),
        announces=ids.isin(leaving).to_numpy(dtype=bool),
        reasons=columns,
        named=_table(ids, said["record_id"], reasons, columns),
        n_unknown=int(len(rows) - len(known)),
    )


def _names(tags: pd.DataFrame) -> list[str]:
    causes = (cause if isinstance(cause, str) and cause else UNSPECIFIED for cause in tags["cause"])
    return [f"{component}.{cause}" for component, cause in zip(tags["component"], causes, strict=True)]


def _table(ids: pd.Series[str], records: pd.Series[str], reasons: list[str], columns: tuple[str, ...]) -> np.ndarray:
    """Whether each answer names each reason, shape (n_answers, n_reasons)."""
    place = {record: row for row, record in enumerate(ids)}
    number = {reason: column for column, reason in enumerate(columns)}
    named = np.zeros((len(ids), len(columns)), dtype=bool)
    for record, reason in zip(records, reasons, strict=True):
        named[place[record], number[reason]] = True
    return named
