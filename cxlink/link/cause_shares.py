"""Share of records that bear each cause, corrected for the tagger's mistakes by what people said of some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Loaded
from cxlink.link.labels import NONE, WORDS, agree_truth, read_labels
from cxlink.stats import EstimationError, Prevalence, adjusted_count, difference_estimate

LEVEL = 0.95
INSIDE = "difference of labels and tags, labelled customers drawn with known probability; clustered by customer"
ELSEWHERE = "adjusted count: tags of the window turned back by the mistakes seen on labels from before it"
NO_LABELS = NotEstimable("nobody has read a record", "labels: cxlink tag review")

Cause = tuple[str, str]


def correct_shares(loaded: Loaded, causes: list[Cause]) -> dict[Cause, Answer]:
    """Correct the share of records with words that bear each cause.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows``, ``labels`` and the matched tables must stand on its engine.
    causes : list of (str, str)
        Components and causes.

    Returns
    -------
    dict of (str, str) to Answer
        Of the records of known customers within the observed window. Where people read records of the window, the
        mistakes are theirs; where they read earlier ones alone, the mix of causes may have moved since, and only the
        kind of mistakes is taken from them.
    """
    labels = read_labels(loaded.engine)
    if labels.empty:
        return dict.fromkeys(causes, NO_LABELS)
    records = _records(loaded)
    truth = agree_truth(labels)
    read = truth[["record_id", "table", "probability"]].drop_duplicates(["record_id", "table"])
    records = records.merge(read, left_on=["record_id", "table_name"], right_on=["record_id", "table"], how="left")
    inside = (records["day"] >= pd.Timestamp(loaded.observed_from)).to_numpy()
    is_read = records["probability"].notna().to_numpy()
    predicted = _bears(records, _tags(loaded), causes)
    said = _bears(records, truth.loc[truth["component"] != NONE].rename(columns={"table": "table_name"}), causes)
    within = bool((is_read & inside).any())
    weight = 1.0 / records["probability"].fillna(1.0).to_numpy()
    customer = records["customer"].to_numpy()

    def estimate(columns: list[int]) -> Prevalence:
        tags, truth_of = predicted[:, columns], said[:, columns]
        if within:
            rows = inside
            return difference_estimate(
                tags[rows], truth_of[rows], is_read[rows], weight[rows], customer[rows]
            ).prevalence
        # all causes at once: what is missed of one may stand under another
        return adjusted_count(
            truth_of[is_read], tags[is_read], customer[is_read], tags[inside], customer[inside], weight[is_read]
        ).prevalence

    found: dict[Cause, Answer] = dict(zip(causes, _refuse_thin(estimate, len(causes)), strict=True))
    method, n = INSIDE if within else ELSEWHERE, int(inside.sum())
    events = said[is_read].sum(axis=0)
    return {
        cause: replace(answer, n=n, events=int(events[k]), method=method) if isinstance(answer, Estimate) else answer
        for k, (cause, answer) in enumerate(found.items())
    }


def _refuse_thin(estimate: Callable[[list[int]], Prevalence], n_causes: int) -> list[Answer]:
    """Estimate all shares that can be; those that cannot are left out one after another, with the reason."""
    answers: list[Answer] = [NO_LABELS] * n_causes
    columns = list(range(n_causes))
    while columns:
        try:
            shares = estimate(columns)
        except EstimationError as error:
            refusal = NotEstimable(error.reason, "labels of more customers: cxlink tag review")
            lost = [columns[place] for place in error.columns] or columns
            for column in lost:
                answers[column] = refusal
            columns = [column for column in columns if column not in lost]
            continue
        for place, column in enumerate(columns):
            answers[column] = _estimate(shares, place)
        break
    return answers


def _records(loaded: Loaded) -> pd.DataFrame:
    rows = loaded.engine.frame(
        f"select record_id, table_name, customer, day from ({WORDS}) as words"
        " where customer is not null and day <= ? order by table_name, record_id",
        [loaded.observed_to],
    )
    return rows.assign(record_id=rows["record_id"].astype(str), day=pd.to_datetime(rows["day"]))


def _tags(loaded: Loaded) -> pd.DataFrame:
    rows = loaded.engine.frame("select distinct record_id, table_name, component, cause from tag_rows")
    return rows.assign(record_id=rows["record_id"].astype(str), cause=rows["cause"].fillna("").astype(str))


def _bears(records: pd.DataFrame, tags: pd.DataFrame, causes: list[Cause]) -> np.ndarray:
    """Whether each record bears each cause, shape (n_records, n_causes)."""
    place = {key: row for row, key in enumerate(zip(records["record_id"], records["table_name"], strict=True))}
    column = {cause: number for number, cause in enumerate(causes)}
    found = np.zeros((len(records), len(causes)), dtype=bool)
    columns = ["record_id", "table_name", "component", "cause"]
    for record, table, component, cause in tags[columns].itertuples(index=False, name=None):
        row, number = place.get((record, table)), column.get((component, cause))
        if row is not None and number is not None:
            found[row, number] = True
    return found


def _estimate(shares: Prevalence, place: int) -> Estimate:
    return Estimate(
        point=float(shares.share[place]),
        low=float(shares.low[place]),
        high=float(shares.high[place]),
        level=LEVEL,
        unit="share of records",
        n=0,
        events=0,
        method="",
    )
