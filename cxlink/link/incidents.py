"""Incidents: what went wrong for which customer, in which component, on which day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.engine.interface import Engine
from cxlink.handoff import Loaded, Message, Tagged
from cxlink.link.frames import day_number, day_numbers
from cxlink.link.sql import bind, statements

SAME_INCIDENT_DAYS = 7
MIDDLE = 14
"""Days from the first of a month to its middle."""

LEAST_RECORDS = 20
LEAST_MONTHS = 3


def build_incidents(loaded: Loaded, tagged: Tagged) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """One row a customer, component and day on which something went wrong.

    Events and tickets come first; a complaint in feedback counts only for components that neither covers, because only
    those who answered can show one. A ticket within a week after a failed event of the same component is about that
    event and no incident of its own. Records in which the customer asks to leave are no incidents: the wish to leave is
    not its own cause.

    Parameters
    ----------
    loaded : Loaded
        ``matched_*`` tables must stand on its engine.
    tagged : Tagged
        Components and causes of feedback and tickets.

    Returns
    -------
    incidents : DataFrame
        Columns customer, component, cause, incident_day, table, record_id; sorted.
    messages : tuple of Message
        What was left out, and which components rest on answers alone.
    """
    engine = loaded.engine
    put_tags(engine, tagged)
    _put_failures(engine, loaded)
    values: dict[str, object] = {"observed_to": loaded.observed_to, "same_incident_days": SAME_INCIDENT_DAYS}
    for statement in statements("timeline"):
        engine.execute(statement, bind(statement, values))
    rows = engine.frame(
        "select customer, component, cause, happened_on, table_name, record_id from linked_incidents"
        " order by customer, component, happened_on"
    )
    incidents = pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "component": rows["component"].astype(str),
            "cause": rows["cause"],
            "incident_day": day_numbers(rows["happened_on"]).to_numpy(dtype=np.int64),
            "table": rows["table_name"].astype(str),
            "record_id": rows["record_id"].astype(str),
        }
    )
    monthly = _known_by_month(incidents)
    messages = (*_messages(tagged, incidents), *_month_message(monthly))
    return _centre(incidents, monthly, day_number(loaded.observed_to)), messages


def _known_by_month(incidents: pd.DataFrame) -> tuple[str, ...]:
    """Tables all of whose incidents stand on the first day of a month."""
    days = incidents["incident_day"].to_numpy().astype("datetime64[D]")
    first = days == days.astype("datetime64[M]").astype("datetime64[D]")
    told = (
        incidents.assign(first=first)
        .groupby("table")
        .agg(first=("first", "all"), records=("first", "size"), months=("incident_day", "nunique"))
    )
    by_month = told["first"] & (told["records"] >= LEAST_RECORDS) & (told["months"] >= LEAST_MONTHS)
    return tuple(sorted(told.index[by_month]))


def _centre(incidents: pd.DataFrame, monthly: tuple[str, ...], to_day: int) -> pd.DataFrame:
    """Put incidents of which the month alone is known into its middle.

    Left on its first day, an incident of three months would have run out just before the third month's end.
    """
    moved = incidents["table"].isin(monthly)
    days = incidents["incident_day"].to_numpy()
    return incidents.assign(incident_day=np.where(moved, np.minimum(days + MIDDLE, to_day), days))


def _month_message(monthly: tuple[str, ...]) -> tuple[Message, ...]:
    if not monthly:
        return ()
    return (
        Message(
            "CX242",
            "warning",
            "link",
            f"{', '.join(monthly)}: every incident stands on the first day of a month; taken as known by the month"
            " and put into its middle.",
            "Export the day: effects on leaving come out up to a quarter too small where it is not known.",
        ),
    )


def drop_incidents(engine: Engine) -> None:
    """Take the tables of incidents off the engine, so that they can be built from other tags.

    Parameters
    ----------
    engine : Engine
        On which :func:`build_incidents` has put them.
    """
    for name in ("linked_incidents", "tickets_about_events", "covered_components", "dated_tags", "event_failures"):
        engine.execute(f"drop table {name}")
    engine.execute("drop table tag_rows")


def build_experiences(loaded: Loaded) -> pd.DataFrame:
    """Touchpoints that are recorded whether they failed or not.

    Parameters
    ----------
    loaded : Loaded
        ``event_failures`` must stand on its engine.

    Returns
    -------
    DataFrame
        Columns customer, component, experienced_day, failed (bool); only components with at least one good event.
    """
    rows = loaded.engine.frame(
        "select customer, component, occurred_on, fails from event_failures"
        " where customer is not null and component in (select component from event_failures where not fails)"
        " order by customer, component, occurred_on, fails"
    )
    return pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "component": rows["component"].astype(str),
            "experienced_day": day_numbers(rows["occurred_on"]).to_numpy(dtype=np.int64),
            "failed": rows["fails"].to_numpy(dtype=bool),
        }
    )


def put_tags(engine: Engine, tagged: Tagged) -> None:
    """Put tags on the engine.

    Parameters
    ----------
    engine : Engine
        Without the table ``tag_rows``.
    tagged : Tagged
        Components and causes of feedback and tickets.
    """
    tags = tagged.tags
    asks_to_leave = set(tags.loc[tags["intent"] == "cancel", ["table", "record_id"]].itertuples(index=False, name=None))
    keys = list(zip(tags["table"], tags["record_id"], strict=True))
    engine.create_table(
        "tag_rows",
        {
            "record_id": "varchar",
            "table_name": "varchar",
            "component": "varchar",
            "cause": "varchar",
            "is_cancellation": "boolean",
            "is_complaint": "boolean",
            "place": "bigint",
        },
    )
    engine.append(
        "tag_rows",
        pd.DataFrame(
            {
                "record_id": tags["record_id"],
                "table_name": tags["table"],
                "component": tags["component"],
                "cause": [cause if isinstance(cause, str) and cause else None for cause in tags["cause"]],
                "is_cancellation": np.array([key in asks_to_leave for key in keys], dtype=bool),
                # an answer that bears a component is about it; only its words tell that something went wrong
                "is_complaint": (tags["table"] == "tickets") | (tags["evidence"].fillna("") != ""),
                # what stands in the row itself comes before all words
                "place": tags["start"].fillna(-1).astype("int64") if "start" in tags else 0,
            }
        ),
    )


def _put_failures(engine: Engine, loaded: Loaded) -> None:
    given = loaded.columns.get("events", ())
    if "failed" in given:
        fails = "coalesce(failed, false)"
    elif "promised" in given and "value" in given:
        fails = "coalesce(value > promised, false)"
    else:
        fails = "true"
    engine.execute(
        f"create table event_failures as select event_id, customer, component, cast(occurred_at as date) as"
        f" occurred_on, {fails} as fails from matched_events where component is not null"
    )


def _messages(tagged: Tagged, incidents: pd.DataFrame) -> tuple[Message, ...]:
    found: list[Message] = []
    leaving = tagged.tags.loc[tagged.tags["intent"] == "cancel", "record_id"].nunique()
    if leaving:
        found.append(
            Message(
                "CX211",
                "info",
                "link",
                f"{leaving} records ask to leave; they are kept out of the incidents.",
                "Nothing to do: a wish to leave is not its own cause.",
            )
        )
    by_answers = sorted(set(incidents.loc[incidents["table"] == "feedback", "component"]))
    if by_answers:
        found.append(
            Message(
                "CX212",
                "warning",
                "link",
                "known from feedback alone: "
                + ", ".join(by_answers)
                + "; only those who answered can show an incident.",
                "Export the tickets or events of these components.",
            )
        )
    return tuple(found)
