"""Tables of a run's records: each customer's dated events in one list, and the tags of their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxlink.engine.interface import quote
from cxlink.report.redact import redact_text

if TYPE_CHECKING:
    import pandas as pd

    from cxlink.engine.interface import Engine
    from cxlink.handoff import Linked, Tagged

_COLUMNS = ["customer_id", "day", "kind", "component", "cause", "table", "record_id", "value"]


def build_timeline(linked: Linked, engine: Engine, kpi: str) -> pd.DataFrame:
    """List what happened to each customer, in order.

    Parameters
    ----------
    linked : Linked
        The linked customers.
    engine : Engine
        With the view ``linked_responses``.
    kpi : str
        Whose score is the value of a response.

    Returns
    -------
    DataFrame
        Columns customer_id ("" where unmatched), day, kind (acquired, incident, response, ended), component, cause,
        table, record_id, value; sorted by customer, day and kind.
    """
    import pandas as pd

    customers = linked.customers
    acquired = pd.DataFrame(
        {"customer": customers["customer"], "number": customers["acquired_day"], "kind": "acquired"}
    )
    left = customers.loc[customers["event"] > 0]
    ended = pd.DataFrame({"customer": left["customer"], "number": left["acquired_day"] + left["stop"], "kind": "ended"})
    incidents = linked.incidents.rename(columns={"incident_day": "number"}).assign(kind="incident")
    responses = _responses(engine, kpi)
    parts = [
        part.reindex(columns=["customer", "number", *_COLUMNS[2:]]) for part in (acquired, incidents, responses, ended)
    ]
    filled = [part.astype(dict.fromkeys(_COLUMNS[2:-1], object) | {"value": float}) for part in parts]
    rows = pd.concat([part for part in filled if len(part)] or filled, ignore_index=True)
    names = dict(zip(customers["customer"], customers["customer_id"].astype(str), strict=True))
    rows["customer_id"] = [names.get(customer, "") for customer in rows["customer"]]
    rows["day"] = pd.to_datetime(rows["number"].astype("Int64").astype(float), unit="D", origin="unix")
    ordered = rows.sort_values(
        ["customer_id", "day", "kind", "component", "record_id"], kind="stable", na_position="first"
    )
    return ordered[_COLUMNS].reset_index(drop=True)


def _responses(engine: Engine, kpi: str) -> pd.DataFrame:
    names = {"responded_day": "number", "response_id": "record_id", "event_component": "component", kpi: "value"}
    there = engine.query_types("SELECT * FROM linked_responses")
    columns = ", ".join(quote(name) for name in ("customer", *names) if name in there)
    rows = engine.frame(f"SELECT {columns} FROM linked_responses ORDER BY responded_day, response_id")
    return rows.rename(columns=names).assign(kind="response", table="feedback")


def build_tags(tagged: Tagged, *, with_evidence: bool) -> pd.DataFrame:
    """Give the tags, with the words they rest on redacted or left out.

    Parameters
    ----------
    tagged : Tagged
        Root causes found.
    with_evidence : bool
        Whether the report may show customers' words at all.

    Returns
    -------
    DataFrame
        As `tagged.tags`, but for ``evidence``.
    """
    tags = tagged.tags.copy()
    if "evidence" in tags.columns and with_evidence:
        words = [one if isinstance(one, str) else "" for one in tags["evidence"]]
        # few words stand behind many tags
        shown = {one: redact_text(one) for one in dict.fromkeys(words)}
        tags["evidence"] = [shown[one] for one in words]
    return tags if with_evidence else tags.drop(columns="evidence", errors="ignore")
