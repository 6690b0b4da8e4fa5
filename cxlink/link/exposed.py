"""Whom a change reached, or a claim is about: a condition on attributes, taken apart before the engine sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlink.engine.interface import QueryError, quote
from cxlink.errors import ConfigError
from cxlink.handoff import Exposed, Loaded
from cxlink.settings import ChangeSettings, ClaimSettings

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "like", "between", "true", "false", "date"})
PLAIN_COLUMNS = ("customer_id", "acquired_on")
"""Of customers, beside the attributes. What ends a customer is none of them: it comes after the change."""

MOST_CHARACTERS = 2000
ONE_BY_ONE = 0.5
"""Groups a customer, from which customers count as reached one by one."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>'(?:[^']|'')*')|(?P<quoted>"(?:[^"]|"")+")|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|<>|!=|[=<>(),-])"""
)


def find_exposed(loaded: Loaded, changes: tuple[ChangeSettings, ...]) -> tuple[Exposed | None, ...]:
    """Find whom each change that was made reached.

    Parameters
    ----------
    loaded : Loaded
        ``linked_customers`` must stand on its engine.
    changes : tuple of ChangeSettings
        As configured.

    Returns
    -------
    tuple of Exposed or None
        One a change; None where it has no start or no condition.

    Raises
    ------
    ConfigError
        If a condition cannot be understood (CX591).
    """
    return tuple(
        None
        if change.started_on is None or change.exposed is None
        else _evaluate(loaded, change.exposed, f"changes.[{place}].exposed")
        for place, change in enumerate(changes, start=1)
    )


def find_among(loaded: Loaded, claims: tuple[ClaimSettings, ...]) -> dict[str, np.ndarray]:
    """Find whom claims are about.

    Parameters
    ----------
    loaded : Loaded
        ``linked_customers`` must stand on its engine.
    claims : tuple of ClaimSettings
        As configured.

    Returns
    -------
    dict of str to ndarray
        By condition, (n_customers,) bool in the order of the key; False where a condition is not known of a customer.

    Raises
    ------
    ConfigError
        If a condition cannot be understood (CX591).
    """
    return {
        claim.among: _evaluate(loaded, claim.among, f"claims.[{place}].among").flag == 1
        for place, claim in enumerate(claims, start=1)
        if claim.among is not None
    }


def _evaluate(loaded: Loaded, text: str, where: str) -> Exposed:
    columns, condition = _rewrite(loaded, text, where)
    asked = ", ".join(f"source.{quote(name)} as c{k}" for k, name in enumerate(columns))
    query = (
        f"select ({condition}) as exposed, {asked}"
        " from linked_customers as linked join customers as source on source.customer_id = linked.customer_id"
    )
    try:
        kind = loaded.engine.query_types(query)["exposed"]
        if kind != "BOOLEAN":
            raise _wrong(where, "is no condition", "Compare a column with a value, such as region = 'EU'.")
        rows = loaded.engine.frame(f"{query} order by linked.customer")
    except QueryError as failed:
        raise _wrong(
            where, f"cannot be computed: {failed.message}", "Compare each column with values like its own."
        ) from None
    known = rows["exposed"].notna().to_numpy()
    flag = np.where(known, rows["exposed"].fillna(False).astype(bool).to_numpy(), -1).astype(np.int8)
    values = rows.drop(columns="exposed").astype(str)
    group, _ = pd.factorize(pd.MultiIndex.from_frame(values), sort=True)
    n_groups = len(np.unique(group))
    return Exposed(flag, group.astype(np.int64), columns, by_customer=n_groups >= ONE_BY_ONE * max(len(flag), 1))


def _rewrite(loaded: Loaded, text: str, where: str) -> tuple[tuple[str, ...], str]:
    """Write a condition again from parts that are all known; so nothing else can be in it."""
    if "customers" not in loaded.columns:
        raise _wrong(where, "there is no customers export", "Export customers with the columns that it names.")
    known = {name.lower(): name for name in (*PLAIN_COLUMNS, *loaded.attributes)}
    found: list[str] = []
    parts = []
    for kind, token in _tokens(text, where):
        name = token[1:-1].replace('""', '"') if kind == "quoted" else token
        if kind in ("text", "number", "sign") or (kind == "word" and token.lower() in KEYWORDS):
            parts.append(token)
        elif name.lower() in known:
            found.append(known[name.lower()])
            parts.append(f"source.{quote(found[-1])}")
        else:
            there = ", ".join(sorted(known.values()))
            raise _wrong(where, f'customers have no column "{name}"', f"Columns there: {there}.")
    if not found:
        raise _wrong(where, "names no column of customers", "Leave it out where everybody is meant.")
    condition = " ".join(parts)
    depth = 0
    for part in parts:
        depth += (part == "(") - (part == ")")
        if depth < 0:
            break
    if depth:
        raise _wrong(where, "its parentheses do not close", "Count them.")
    return tuple(dict.fromkeys(found)), condition


def _tokens(text: str, where: str) -> Iterator[tuple[str, str]]:
    if len(text) > MOST_CHARACTERS:
        raise _wrong(where, f"is longer than {MOST_CHARACTERS} characters", "Export a column that says it.")
    place = 0
    before = ""
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _wrong(
                where, f'"{text[place]}" has no place in a condition', "Use columns, values, and, or, not, in."
            )
        kind, token = str(match.lastgroup), match.group()
        if before == "-" and token.startswith("-"):
            raise _wrong(where, "comments have no place in a condition", "Leave them out.")
        before = token
        if kind != "space":
            yield kind, token
        place = match.end()


def _wrong(where: str, why: str, remedy: str) -> ConfigError:
    return ConfigError("CX591", where, f"{why}.", remedy)
