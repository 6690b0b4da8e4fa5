"""Extra columns of customers: numbers or categories that models may adjust for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from cxlink.load.columns import ColumnPlan
from cxlink.load.raw import Distinct, RawTable, object_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

AttributeKind = Literal["number", "category"]
_PLAIN = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})([.,][0-9]{1,18})?", re.ASCII)


def read_attributes(raw: RawTable, plan: ColumnPlan) -> dict[str, Distinct]:
    """Read a file's attributes as trimmed text.

    Parameters
    ----------
    raw : RawTable
        The file.
    plan : ColumnPlan
        Which of its columns are attributes.

    Returns
    -------
    dict of str to Distinct
        By the attribute's name.
    """
    found = {}
    for name, header in plan.attributes:
        distinct = raw.distinct(header)
        found[name] = Distinct(distinct.codes, [text.strip() for text in distinct.texts])
    return found


def judge_attributes(parts: Sequence[tuple[Mapping[str, Distinct], str]]) -> dict[str, AttributeKind]:
    """Tell numbers from categories, over all files of the table.

    Parameters
    ----------
    parts : sequence of (mapping of str to Distinct, str)
        The attributes of each file, and its decimal mark.

    Returns
    -------
    dict of str to {"number", "category"}
        A number where every text that is not empty is a plain one; codes with leading zeros are categories.
    """
    names = dict.fromkeys(name for attributes, _ in parts for name in attributes)
    return {name: _judge((texts[name].texts, mark) for texts, mark in parts if name in texts) for name in names}


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


def typed_attribute(distinct: Distinct, kind: AttributeKind) -> NDArray[np.generic]:
    """Turn an attribute's texts into values.

    Parameters
    ----------
    distinct : Distinct
        Trimmed texts.
    kind : {"number", "category"}
        From `judge_attributes`.

    Returns
    -------
    ndarray, shape (n_rows,)
        Floats with NaN, or str with None, where empty.
    """
    if not distinct.texts:
        return np.zeros(0) if kind == "number" else object_array([])
    if kind == "number":
        numbers = [float(text.replace(",", ".")) if text else np.nan for text in distinct.texts]
        return np.array(numbers, dtype=np.float64)[distinct.codes]
    return object_array([text or None for text in distinct.texts])[distinct.codes]
