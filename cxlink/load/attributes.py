"""Extra columns of customers: numbers or categories that models may adjust for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from cxlink.engine.interface import quote
from cxlink.load.columns import ColumnPlan
from cxlink.load.raw import RawTable
from cxlink.load.typed import TypedFile

AttributeKind = Literal["number", "category"]
_PLAIN = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})([.,][0-9]{1,18})?", re.ASCII)


def attribute_columns(raw: RawTable, plan: ColumnPlan) -> dict[str, tuple[str, str]]:
    """Name the columns in which the text of attributes is kept.

    Parameters
    ----------
    raw : RawTable
        The file.
    plan : ColumnPlan
        Which of its columns are attributes.

    Returns
    -------
    dict of str to (str, str)
        Cell of the file and column of the typed table, by the attribute's name.
    """
    return {name: (raw.cells[header], f"attribute_{number}") for number, (name, header) in enumerate(plan.attributes)}


def attribute_texts(file: TypedFile) -> dict[str, list[str]]:
    """Find the distinct texts of a file's attributes.

    Parameters
    ----------
    file : TypedFile
        The file.

    Returns
    -------
    dict of str to list of str
        Trimmed, by the attribute's name.
    """
    found = {}
    for name, column in file.attributes.items():
        frame = file.raw.engine.frame(f"SELECT DISTINCT {column} AS text FROM {file.relation}")
        found[name] = [str(text) for text in frame["text"]]
    return found


def judge_attributes(parts: Sequence[tuple[Mapping[str, list[str]], str]]) -> dict[str, AttributeKind]:
    """Tell numbers from categories, over all files of the table.

    Parameters
    ----------
    parts : sequence of (mapping of str to list of str, str)
        The attributes of each file, and its decimal mark.

    Returns
    -------
    dict of str to {"number", "category"}
        A number where every text that is not empty is a plain one; codes with leading zeros are categories.
    """
    names = dict.fromkeys(name for attributes, _ in parts for name in attributes)
    return {name: _judge((texts[name], mark) for texts, mark in parts if name in texts) for name in names}


def _judge(columns: Iterable[tuple[list[str], str]]) -> AttributeKind:
    n_numbers = 0
    for texts, mark in columns:
        for text in filter(None, texts):
            if not is_plain_number(text, mark):
                return "category"
            n_numbers += 1
    return "number" if n_numbers else "category"


def is_plain_number(text: str, mark: str) -> bool:
    """Tell whether a text is a plain number.

    Parameters
    ----------
    text : str
        Trimmed.
    mark : str
        Decimal mark.

    Returns
    -------
    bool
        False for groups of thousands, exponents and leading zeros.
    """
    return _PLAIN.fullmatch(text) is not None and ("," if mark == "." else ".") not in text


def attribute_value(column: str, kind: AttributeKind) -> str:
    """Turn an attribute's text into its value.

    Parameters
    ----------
    column : str
        Of the typed table.
    kind : {"number", "category"}
        From `judge_attributes`.

    Returns
    -------
    str
        SQL; NULL where empty.
    """
    text = f"nullif({quote(column)}, '')"
    return text if kind == "category" else f"CAST(ltrim(replace({text}, ',', '.'), '+') AS DOUBLE)"
