"""Labels: which customers' records are to be read, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.in_depth.tags import add_languages, read_records
from cxlink.link.labels import WORDS
from cxlink.pipeline import LinkedData
from cxlink.report.label_book import RecordToLabel
from cxlink.tag.draw_customers import draw_for_labels
from cxlink.tag.label_sheet import LabelledRecord
from cxlink.tag.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class ReviewSample:
    """Records to be read, and of how many customers out of how many with words."""

    records: tuple[RecordToLabel, ...]
    drawn: int
    customers: int


def records_of_customers(loaded: Loaded) -> pd.DataFrame:
    """Read the records of known customers that have words, with customer and day.

    Parameters
    ----------
    loaded : Loaded
        After linking; its engine must be open.

    Returns
    -------
    DataFrame
        Columns record_id, table, component, cause, text, tags, customer and day.
    """
    owners = loaded.engine.frame(
        f"select record_id, table_name, customer from ({WORDS}) as words where customer is not null"
    )
    owners = owners.rename(columns={"table_name": "table"}).drop_duplicates(["record_id", "table"])
    joined = read_records(loaded).merge(owners, on=["record_id", "table"], how="inner", validate="many_to_one")
    return joined.astype({"customer": int})


def draw_records(data: LinkedData, taxonomy: Taxonomy, *, n_customers: int, rng: np.random.Generator) -> ReviewSample:
    """Draw customers, and list all their records with words.

    Parameters
    ----------
    data : LinkedData
        Of the pipeline; its engine must be open.
    taxonomy : Taxonomy
        By which it was tagged.
    n_customers : int
        About how many customers.
    rng : Generator
        Randomness.

    Returns
    -------
    ReviewSample
        Customers in random order, numbered; each with its records by day.
    """
    records = records_of_customers(data.loaded)
    told = data.tagged.tags[["record_id", "table"]].drop_duplicates().assign(tagged=True)
    records = records.merge(told, on=["record_id", "table"], how="left")
    customers = np.unique(records["customer"].to_numpy())
    in_doubt = np.isin(customers, records.loc[records["tagged"].isna(), "customer"].to_numpy())
    left = data.linked.customers.set_index("customer")["event"].reindex(customers).to_numpy() == 1
    sample = draw_for_labels(left, in_doubt, n=n_customers, rng=rng)
    chosen = rng.permutation(customers[sample.drawn])
    number = {int(customer): place for place, customer in enumerate(chosen, start=1)}
    probability = dict(zip(customers.tolist(), sample.probability.tolist(), strict=True))
    taken = add_languages(records.loc[records["customer"].isin(chosen)], data.loaded, taxonomy)
    days = pd.to_datetime(taken["day"]).dt.date
    words = zip(*(taken[name].astype(str) for name in ("record_id", "table", "language", "text")), strict=True)
    rows = [
        RecordToLabel(number[customer], record_id, table, day, language, text, probability[customer])
        for customer, day, (record_id, table, language, text) in zip(
            taken["customer"].tolist(), days, words, strict=True
        )
    ]
    rows.sort(key=lambda row: (row.customer, row.day, row.table, row.record_id))
    return ReviewSample(tuple(rows), len(chosen), len(customers))


def labels_table(records: Sequence[LabelledRecord]) -> pd.DataFrame:
    """Put labels into the canonical table.

    Parameters
    ----------
    records : sequence of LabelledRecord
        Of one or several people.

    Returns
    -------
    DataFrame
        Columns record_id, table, component, cause, labelled_by, probability; component "none" where there is nothing.
    """
    rows = [
        (one.record_id, one.table, *(cause.split(".", 1)), one.labelled_by, one.probability)
        for one in records
        for cause in one.causes or ("none.",)
    ]
    columns = ["record_id", "table", "component", "cause", "labelled_by", "probability"]
    return pd.DataFrame(rows, columns=columns).sort_values(columns[:5], kind="stable", ignore_index=True)
