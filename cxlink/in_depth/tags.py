"""The tag stage, in depth."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxlink.handoff import Loaded, Tagged
from cxlink.tag.handover import RECORDS
from cxlink.tag.language import detect_language
from cxlink.tag.taxonomy import Taxonomy

TAGGED_COLUMNS = ("record_id", "table", "language", "component", "cause", "intent", "source", "rule", "evidence")


def read_records(loaded: Loaded) -> pd.DataFrame:
    """Read what was tagged.

    Parameters
    ----------
    loaded : Loaded
        Its engine must be open.

    Returns
    -------
    DataFrame
        Columns record_id, table, component, cause, text ("" without words), tags and day.
    """
    records = loaded.engine.frame(RECORDS)
    return records.assign(text=records["text"].fillna("").astype(str))


def add_languages(records: pd.DataFrame, loaded: Loaded, taxonomy: Taxonomy) -> pd.DataFrame:
    """Tell the language of each text.

    Parameters
    ----------
    records : DataFrame
        Of :func:`read_records`, or some of its rows.
    loaded : Loaded
        Its engine must be open.
    taxonomy : Taxonomy
        Whose languages are told apart.

    Returns
    -------
    DataFrame
        With a column language: that of the export where it names one of the taxonomy's, else by the words, "und" where
        neither tells.
    """
    codes = [language.code for language in taxonomy.languages]
    given = loaded.engine.frame("select response_id as record_id, language from feedback where language is not null")
    named = {
        str(record): code
        for record, code in zip(given["record_id"], given["language"].astype(str).str.strip().str.lower(), strict=True)
        if code[:2] in codes
    }
    is_answer = (records["table"] == "feedback").to_numpy()
    known: dict[str, str] = {}
    languages = []
    for record, text, answer in zip(records["record_id"].astype(str), records["text"], is_answer, strict=True):
        if answer and record in named:
            languages.append(named[record][:2])
            continue
        if text not in known:
            known[text] = detect_language(text, codes)
        languages.append(known[text])
    return records.assign(language=languages)


def list_tags(records: pd.DataFrame, tagged: Tagged) -> pd.DataFrame:
    """Put tags beside their records.

    Parameters
    ----------
    records : DataFrame
        Of :func:`add_languages`.
    tagged : Tagged
        Of the stage.

    Returns
    -------
    DataFrame
        Columns `TAGGED_COLUMNS`, one row a record and tag, in the order of the tags; records without a tag are not in
        it.
    """
    languages = records[["record_id", "table", "language"]]
    joined = tagged.tags.merge(languages, on=["record_id", "table"], how="left", validate="many_to_one")
    return joined[list(TAGGED_COLUMNS)]


def count_tags(records: pd.DataFrame, tagged: Tagged) -> pd.DataFrame:
    """Count tags by cause and language.

    Parameters
    ----------
    records : DataFrame
        Of :func:`add_languages`.
    tagged : Tagged
        Of the stage.

    Returns
    -------
    DataFrame
        Columns component, cause, records and one a language, most frequent first.
    """
    tags = list_tags(records, tagged)
    if tags.empty:
        return pd.DataFrame({"component": [], "cause": [], "records": []})
    tags = tags.assign(cause=tags["cause"].replace("", "(none)"))
    counted = tags.pivot_table(
        index=["component", "cause"], columns="language", values="record_id", aggfunc="nunique", fill_value=0
    )
    counted.columns = [str(name) for name in counted.columns]
    counted.insert(0, "records", tags.groupby(["component", "cause"])["record_id"].nunique())
    return counted.reset_index().sort_values(["records", "component", "cause"], ascending=[False, True, True])


def share_with_tag(records: pd.DataFrame, tagged: Tagged, table: str) -> tuple[int, int]:
    """Count the records with words that bear a tag.

    Parameters
    ----------
    records : DataFrame
        Of :func:`read_records`.
    tagged : Tagged
        Of the stage.
    table : str
        "feedback" or "tickets".

    Returns
    -------
    tuple of int
        Records with a tag and words, and with words.
    """
    spoken = records.loc[(records["table"] == table) & (records["text"].str.strip() != ""), "record_id"]
    with_tag = set(tagged.tags.loc[tagged.tags["table"] == table, "record_id"].astype(str))
    return sum(str(record) in with_tag for record in spoken), len(spoken)


def untagged_texts(loaded: Loaded, tagged: Tagged) -> pd.DataFrame:
    """Read the texts of the observed window that bear no tag.

    Parameters
    ----------
    loaded : Loaded
        Its engine must be open.
    tagged : Tagged
        Of the stage.

    Returns
    -------
    DataFrame
        Columns record_id, text and month (of :func:`month_number`), sorted by record; texts that are alike stand once,
        as the first of them.
    """
    records = read_records(loaded)
    known = tagged.tags[["record_id", "table"]].drop_duplicates().assign(tagged=True)
    records = records.merge(known, on=["record_id", "table"], how="left")
    texts = records["text"].str.strip()
    day = pd.to_datetime(records["day"])
    inside = (day >= pd.Timestamp(loaded.observed_from)) & (day <= pd.Timestamp(loaded.observed_to))
    kept = records.loc[records["tagged"].isna() & (texts != "") & inside]
    told = pd.DataFrame(
        {
            "record_id": kept["record_id"].astype(str),
            "text": kept["text"],
            "month": [month_number(when) for when in pd.to_datetime(kept["day"])],
        }
    )
    return told.drop_duplicates("text").sort_values("record_id", ignore_index=True)


def month_number(day: date) -> int:
    """Number months.

    Parameters
    ----------
    day : date
        Of the month.

    Returns
    -------
    int
        Years times twelve plus months.
    """
    return day.year * 12 + day.month
