"""Labels beside the tags of the same records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded, Tagged
from cxlink.in_depth.labels import records_of_customers
from cxlink.in_depth.tags import add_languages
from cxlink.link.labels import agree_truth
from cxlink.link.labels import read_labels as read_label_rows
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
    labels = read_label_rows(loaded.engine)
    records = records_of_customers(loaded)
    people = _by_person(labels)
    read = {(one.record_id, one.table) for one in people}
    keys = list(zip(records["record_id"].astype(str), records["table"].astype(str), strict=True))
    kept = np.array([key in read for key in keys], dtype=bool)
    if not kept.any():
        return None
    records = add_languages(records.loc[kept].reset_index(drop=True), loaded, taxonomy)
    keys = [key for key, is_in in zip(keys, kept, strict=True) if is_in]
    said = _truth(agree_truth(labels))
    found = _predicted(tagged, set(keys))
    causes = tuple(sorted({cause for key in keys for cause in (*said[key], *found.get(key, ()))}))
    chances = labels.groupby(["record_id", "table"])["probability"].max()
    weights = {key: 1.0 / float(chance) for key, chance in chances.items()}
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
    found = []
    for (record, table, person), part in labels.groupby(["record_id", "table", "labelled_by"], sort=True):
        named = part.loc[part["component"] != NONE]
        causes = tuple(map(_cause, named["component"], named["cause"]))
        found.append(LabelledRecord(str(record), str(table), causes, str(person), float(part["probability"].max())))
    return found


def _truth(agreed: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    columns = ["record_id", "table", "component", "cause"]
    for record, table, component, cause in agreed[columns].itertuples(index=False, name=None):
        causes = found.setdefault((record, table), set())
        if component != NONE:
            causes.add(_cause(component, cause))
    return found


def _cause(component: str, cause: str) -> str:
    return f"{component}.{cause or UNSPECIFIED}"


def _predicted(tagged: Tagged, keys: set[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    columns = ["record_id", "table", "component", "cause"]
    for record, table, component, cause in tagged.tags[columns].itertuples(index=False, name=None):
        if (record, table) in keys:
            found.setdefault((record, table), set()).add(_cause(component, cause))
    return found
