"""Labels beside the tags of the same records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded, Tagged
from cxlink.in_depth.labels import records_of_customers
from cxlink.tag.evaluate import LabelledRecords
from cxlink.tag.label_sheet import NONE, LabelledRecord
from cxlink.tag.taxonomy import UNSPECIFIED, Taxonomy


def read_labels(loaded: Loaded, tagged: Tagged, taxonomy: Taxonomy) -> LabelledRecords | None:
    """Put labels beside the tags of the same records.

    Parameters
    ----------
    loaded : Loaded
        After linking; its engine must be open.
    tagged : Tagged
        Of the stage.
    taxonomy : Taxonomy
        Whose languages are told apart.

    Returns
    -------
    LabelledRecords or None
        None without labels of records that match a customer and have words. A cause is true where at least half of
        those who read the record name it.
    """
    labels = loaded.engine.frame(
        'select record_id, "table", component, cause, labelled_by, probability from labels'
        ' order by record_id, "table", labelled_by, component, cause'
    )
    records = records_of_customers(loaded, taxonomy)
    records = records.loc[records["customer"] >= 0]
    people = _by_person(labels)
    read = {(one.record_id, one.table) for one in people}
    keys = list(zip(records["record_id"].astype(str), records["table"].astype(str), strict=True))
    kept = np.array([key in read for key in keys], dtype=bool)
    if not kept.any():
        return None
    records = records.loc[kept].reset_index(drop=True)
    keys = [key for key, is_in in zip(keys, kept, strict=True) if is_in]
    said = _majority(people)
    found = _predicted(tagged, set(keys))
    causes = tuple(sorted({cause for key in keys for cause in (*said[key], *found.get(key, ()))}))
    weights = {(one.record_id, one.table): 1.0 / one.probability for one in people}
    columns = ["record_id", "table", "customer", "day", "language", "text"]
    return LabelledRecords(
        records=records[columns].assign(weight=[weights[key] for key in keys]),
        causes=causes,
        truth=np.array([[cause in said[key] for cause in causes] for key in keys], dtype=bool).reshape(-1, len(causes)),
        predicted=np.array([[cause in found.get(key, ()) for cause in causes] for key in keys], dtype=bool).reshape(
            -1, len(causes)
        ),
        by_person=tuple(people),
    )


def _by_person(labels: pd.DataFrame) -> list[LabelledRecord]:
    named = labels.assign(
        labelled_by=labels["labelled_by"].fillna("somebody").astype(str),
        cause=labels["cause"].fillna("").astype(str),
        probability=labels["probability"].fillna(1.0).astype(float),
    )
    found = []
    for (record, table, person), part in named.groupby(["record_id", "table", "labelled_by"], sort=True):
        causes = tuple(
            f"{component}.{cause or UNSPECIFIED}"
            for component, cause in zip(part["component"].astype(str), part["cause"], strict=True)
            if component != NONE
        )
        found.append(LabelledRecord(str(record), str(table), causes, str(person), float(part["probability"].min())))
    return found


def _majority(people: Sequence[LabelledRecord]) -> dict[tuple[str, str], set[str]]:
    readings: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for one in people:
        readings.setdefault((one.record_id, one.table), []).append(one.causes)
    return {
        key: {
            cause
            for causes in several
            for cause in causes
            if 2 * sum(cause in other for other in several) >= len(several)
        }
        for key, several in readings.items()
    }


def _predicted(tagged: Tagged, keys: set[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    columns = ["record_id", "table", "component", "cause"]
    for record, table, component, cause in tagged.tags[columns].itertuples(index=False, name=None):
        if (record, table) in keys:
            found.setdefault((record, table), set()).add(f"{component}.{cause or UNSPECIFIED}")
    return found
