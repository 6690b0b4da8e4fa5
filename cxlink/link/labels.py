"""What people said of records: the truth by which the tagger's error is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.engine.interface import Engine
from cxlink.handoff import Loaded, Message, Tagged
from cxlink.link.incidents import build_incidents, drop_incidents

NONE = "none"
"""Component of a record that was read and complains of nothing."""

WORDS = (
    "select response_id as record_id, 'feedback' as table_name, customer, cast(responded_at as date) as day"
    " from matched_feedback where trim(coalesce(comment, '')) <> ''"
    " union all"
    " select ticket_id, 'tickets', customer, cast(opened_at as date) from matched_tickets"
    " where trim(coalesce(subject, '') || coalesce(body, '')) <> ''"
)
"""Records with words."""


def read_labels(engine: Engine) -> pd.DataFrame:
    """Read labels, one row a record, person and cause.

    Parameters
    ----------
    engine : Engine
        With the table ``labels``.

    Returns
    -------
    DataFrame
        Columns record_id, table, component ("none": complains of nothing), cause (""), labelled_by, probability.
    """
    labels = engine.frame(
        'select record_id, "table", component, cause, labelled_by, probability from labels'
        ' order by record_id, "table", labelled_by, component, cause'
    )
    return labels.assign(
        record_id=labels["record_id"].astype(str),
        table=labels["table"].astype(str),
        component=labels["component"].astype(str),
        cause=labels["cause"].fillna("").astype(str),
        labelled_by=labels["labelled_by"].fillna("somebody").astype(str),
        probability=labels["probability"].fillna(1.0).astype(float),
    )


def agree_truth(labels: pd.DataFrame) -> pd.DataFrame:
    """Settle what each record complains of: what at least half of those who read it say.

    Parameters
    ----------
    labels : DataFrame
        Of :func:`read_labels`.

    Returns
    -------
    DataFrame
        Columns record_id, table, component, cause, probability; a record that complains of nothing has one row with
        component "none".
    """
    key = ["record_id", "table"]
    readers = labels.groupby(key)["labelled_by"].nunique().rename("readers")
    chance = labels.groupby(key)["probability"].max()
    said = labels.loc[labels["component"] != NONE].groupby([*key, "component", "cause"])["labelled_by"].nunique()
    told = said.rename("said").reset_index().merge(readers.reset_index(), on=key)
    true = told.loc[2 * told["said"] >= told["readers"], [*key, "component", "cause"]]
    every = chance.reset_index().merge(true, on=key, how="left")
    return every.assign(component=every["component"].fillna(NONE), cause=every["cause"].fillna(""))


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """What people said of the records of some customers.

    Parameters
    ----------
    tagged : Tagged
        With what people said, in place of what the tagger did; of records without words, and of everybody else, it is
        still the tagger's.
    probability : ndarray
        (n_customers,) chance of each to be labelled; 0 for those who were not, or in part.
    partly : int
        Customers of whom some records alone were read.
    """

    tagged: Tagged
    probability: np.ndarray
    partly: int

    def only(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep rows of labelled customers.

        Parameters
        ----------
        rows : DataFrame
            With a column customer, negative where it is not known.

        Returns
        -------
        DataFrame
            Numbered anew.
        """
        customer = rows["customer"].to_numpy()
        known: pd.DataFrame = rows.loc[(customer >= 0) & (self.probability[np.maximum(customer, 0)] > 0)]
        return known.reset_index(drop=True)


def find_read_records(loaded: Loaded, tagged: Tagged) -> ReadRecords | None:
    """Find whose records people read, and what they said.

    Parameters
    ----------
    loaded : Loaded
        ``matched_*`` tables must stand on its engine.
    tagged : Tagged
        Components and causes by the tagger.

    Returns
    -------
    ReadRecords or None
        None without labels.
    """
    labels = read_labels(loaded.engine)
    if labels.empty:
        return None
    truth = agree_truth(labels)
    probability, partly = _probabilities(loaded, truth)
    return ReadRecords(_replace_tags(tagged, truth), probability, partly)


def labelled_incidents(loaded: Loaded, read: ReadRecords) -> pd.DataFrame:
    """Build the incidents of labelled customers by what people said.

    Parameters
    ----------
    loaded : Loaded
        ``matched_*`` tables must stand on its engine; those of incidents must not, and do not afterwards.
    read : ReadRecords
        Of :func:`find_read_records`.

    Returns
    -------
    DataFrame
        As ``Linked.incidents``.
    """
    incidents, _ = build_incidents(loaded, read.tagged)
    drop_incidents(loaded.engine)
    return read.only(incidents)


def _probabilities(loaded: Loaded, truth: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Chance of each customer to be labelled, 0 for those who are not; without words there is nothing to read."""
    words = loaded.engine.frame(
        f"select record_id, table_name, customer from ({WORDS}) as words where customer is not null and day <= ?",
        [loaded.observed_to],
    )
    read = truth[["record_id", "table", "probability"]].drop_duplicates(["record_id", "table"])
    joined = words.assign(record_id=words["record_id"].astype(str)).merge(
        read, left_on=["record_id", "table_name"], right_on=["record_id", "table"], how="left"
    )
    of_customer = joined.groupby("customer")["probability"]
    complete, started = of_customer.count() == of_customer.size(), of_customer.count() > 0
    n_customers = int(str(loaded.engine.scalar("select count(*) from linked_customers")))
    probability = np.ones(n_customers)
    spoke = of_customer.size().index.to_numpy(dtype=np.int64)
    probability[spoke] = np.where(complete, of_customer.max().fillna(0.0), 0.0)
    return probability, int((started & ~complete).sum())


def _replace_tags(tagged: Tagged, truth: pd.DataFrame) -> Tagged:
    key = ["record_id", "table"]
    read = truth[key].drop_duplicates().assign(read=True)
    merged = tagged.tags.merge(read, on=key, how="left")
    kept = tagged.tags.loc[merged["read"].isna().to_numpy()]
    named = truth.loc[truth["component"] != NONE, [*key, "component", "cause"]]
    meanings = zip(named["component"], named["cause"], strict=True)
    intent = ["cancel" if meaning in tagged.cancelling else "" for meaning in meanings]
    said = named.assign(intent=intent, evidence="read by people", source="label", rule="")
    return replace(tagged, tags=pd.concat([kept, said], ignore_index=True)[list(tagged.tags.columns)])


def label_messages(read: ReadRecords | None) -> tuple[Message, ...]:
    """Tell of customers of whom some records alone were read.

    Parameters
    ----------
    read : ReadRecords or None
        Of :func:`find_read_records`.

    Returns
    -------
    tuple of Message
        CX243, or nothing.
    """
    if read is None or not read.partly:
        return ()
    return (
        Message(
            "CX243",
            "warning",
            "link",
            f"{read.partly} customers have labels on some of their records alone; they count as not labelled.",
            "Have all records of a customer read, or none.",
        ),
    )
