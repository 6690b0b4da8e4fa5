"""Labels: which customers' records are to be read, and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.in_depth.tags import read_records
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


def records_of_customers(loaded: Loaded, taxonomy: Taxonomy) -> pd.DataFrame:
    """Read the records with words, with customer and day.

    Parameters
    ----------
    loaded : Loaded
        After linking; its engine must be open.
    taxonomy : Taxonomy
        Whose languages are told apart.

    Returns
    -------
    DataFrame
        Columns record_id, table, component, cause, text, tags, language, customer (-1 where it matches none) and day.
    """
    records = read_records(loaded, taxonomy)
    owners = loaded.engine.frame(
        "select response_id as record_id, 'feedback' as \"table\", customer, cast(responded_at as date) as day"
        " from matched_feedback union all"
        " select ticket_id, 'tickets', customer, cast(opened_at as date) from matched_tickets"
    ).drop_duplicates(["record_id", "table"])
    joined = records.merge(owners, on=["record_id", "table"], how="left", validate="many_to_one")
    spoken = joined.loc[joined["text"].str.strip() != ""]
    return spoken.assign(customer=spoken["customer"].fillna(-1).astype(int)).reset_index(drop=True)


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
    records = records_of_customers(data.loaded, taxonomy)
    records = records.loc[records["customer"] >= 0]
    told = data.tagged.tags[["record_id", "table"]].drop_duplicates().assign(tagged=True)
    records = records.merge(told, on=["record_id", "table"], how="left")
    customers = np.unique(records["customer"].to_numpy())
    in_doubt = np.isin(customers, records.loc[records["tagged"].isna(), "customer"].to_numpy())
    left = data.linked.customers.set_index("customer")["event"].reindex(customers).to_numpy() == 1
    sample = draw_for_labels(left, in_doubt, n=n_customers, rng=rng)
    chosen = rng.permutation(customers[sample.drawn])
    number = {int(customer): place for place, customer in enumerate(chosen, start=1)}
    probability = dict(zip(customers.tolist(), sample.probability.tolist(), strict=True))
    taken = records.loc[records["customer"].isin(chosen)]
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
