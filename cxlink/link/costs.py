"""What tickets cost: handling and credits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.engine.interface import Engine
from cxlink.handoff import CostSplit, Loaded, Message, Tagged
from cxlink.link.cost_parts import split_credits, split_handling
from cxlink.link.frames import day_numbers
from cxlink.link.incidents import put_tags
from cxlink.link.labels import ReadRecords
from cxlink.link.sql import read_sql

UNNAMED_CONCERN = 0.02
BORNE_WITHIN_DAYS = 45


def build_ticket_costs(
    loaded: Loaded, *, cost_per_handle_minute: float | None, divisor: int
) -> tuple[pd.DataFrame, CostSplit, tuple[Message, ...]]:
    """Handling and credits of each ticket, in the project's currency.

    Handling is the ticket's own ``cost`` where given, else what ``costs`` says of its component (``per_contact`` plus
    minutes times ``per_handle_minute``), else minutes times the rate of the settings.

    Parameters
    ----------
    loaded : Loaded
        ``matched_tickets``, ``tag_rows`` and ``classified_revenue`` must stand on its engine.
    cost_per_handle_minute : float or None
        Of ``[finance]``, in the project's currency.
    divisor : int
        Minor units in one unit of the currency.

    Returns
    -------
    tickets : DataFrame
        Columns customer (-1 unmatched), component, opened_day, handling (NaN where unknown), credit.
    split : CostSplit
        How the handling of tickets of several components was split.
    messages : tuple of Message
        What was counted on one side only.
    """
    _put_borne(loaded.engine)
    tickets, split, n_borne = _split_tickets(loaded, cost_per_handle_minute, divisor)
    return tickets, split, (*_borne_message(n_borne), *_unnamed_message(loaded), *_shared_message(split))


def build_labelled_costs(
    loaded: Loaded, tagged: Tagged, read: ReadRecords, *, cost_per_handle_minute: float | None, divisor: int
) -> pd.DataFrame:
    """Handling and credits of the tickets of labelled customers, by the components that people named.

    Parameters
    ----------
    loaded : Loaded
        After :func:`build_ticket_costs`.
    tagged : Tagged
        By the tagger; its tags stand on the engine before and afterwards.
    read : ReadRecords
        What people said.
    cost_per_handle_minute : float or None
        Of ``[finance]``, in the project's currency.
    divisor : int
        Minor units in one unit of the currency.

    Returns
    -------
    DataFrame
        As of :func:`build_ticket_costs`.
    """
    loaded.engine.execute("drop table tag_rows")
    put_tags(loaded.engine, read.tagged)
    tickets, _, _ = _split_tickets(loaded, cost_per_handle_minute, divisor)
    loaded.engine.execute("drop table tag_rows")
    put_tags(loaded.engine, tagged)
    return read.only(tickets)


def _split_tickets(
    loaded: Loaded, cost_per_handle_minute: float | None, divisor: int
) -> tuple[pd.DataFrame, CostSplit, int]:
    """Tickets by component, how they were split, and how many of their credits stand in revenue."""
    rows = loaded.engine.frame(
        read_sql("tickets"), {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    )
    rates = loaded.engine.frame(
        "select component, max(per_contact) as per_contact, max(per_handle_minute) as per_handle_minute"
        " from costs group by component order by component"
    ).set_index("component")
    minutes = rows["minutes"].to_numpy(dtype=float, na_value=np.nan)
    per_minute = rows["component"].map(rates["per_handle_minute"]).to_numpy(dtype=float, na_value=np.nan)
    per_contact = rows["component"].map(rates["per_contact"]).to_numpy(dtype=float, na_value=np.nan)
    general = np.nan if cost_per_handle_minute is None else cost_per_handle_minute
    timed = minutes * np.where(np.isnan(per_minute), general, per_minute)
    by_contact = per_contact * rows["contact"].to_numpy(dtype=float)
    modelled = np.where(np.isnan(by_contact), timed, by_contact + np.nan_to_num(timed))
    own = rows["cost_minor"].to_numpy(dtype=float, na_value=np.nan) / divisor
    tickets = pd.DataFrame(
        {
            "ticket_id": rows["ticket_id"].astype(str),
            "place": rows["place"].to_numpy(dtype=np.int64),
            "customer": rows["customer"].fillna(-1).to_numpy(dtype=np.int64),
            "component": rows["component"].astype(str),
            "opened_day": day_numbers(rows["opened_on"]).to_numpy(dtype=np.int64),
            "handling": np.where(np.isnan(own), modelled, own),
            "credit": rows["credit_minor"].to_numpy(dtype=float) / divisor,
        }
    )
    tickets, split = split_handling(split_credits(tickets, divisor), divisor)
    return tickets.drop(columns=["ticket_id", "place"]), split, int(rows["borne_by_revenue"].sum())


def _put_borne(engine: Engine) -> None:
    """Pair credits with refunds, each once: a refund bears one credit, and the next equal credit is a cost."""
    engine.create_table("borne_tickets", {"ticket_id": "varchar"})
    if not engine.scalar("select count(*) from tickets where credit_minor > 0"):
        return
    pairs = engine.frame(read_sql("refunds"), {"within_days": BORNE_WITHIN_DAYS})
    spent: set[tuple[str, int]] = set()
    borne: dict[str, None] = {}
    for ticket, file, line in zip(pairs["ticket_id"], pairs["file"], pairs["line"], strict=True):
        # earliest first is as many pairs as there can be, because all windows are of one length
        if ticket not in borne and (file, line) not in spent:
            borne[ticket] = None
            spent.add((file, line))
    engine.append("borne_tickets", pd.DataFrame({"ticket_id": pd.Series(list(borne), dtype=object)}))


def _unnamed_message(loaded: Loaded) -> tuple[Message, ...]:
    counts = loaded.engine.frame(
        "select count(*) as n, count(case when t.ticket_id not in"
        " (select record_id from tag_rows where table_name = 'tickets') then 1 end) as unnamed"
        " from matched_tickets as t where cast(t.opened_at as date) between $observed_from and $observed_to",
        {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to},
    )
    total, unnamed = int(counts["n"].iloc[0]), int(counts["unnamed"].iloc[0])
    if unnamed < UNNAMED_CONCERN * total or not unnamed:
        return ()
    return (
        Message(
            "CX214",
            "warning",
            "link",
            f"{unnamed / total:.0%} of tickets name no component in a way that the taxonomy knows; they are in no row.",
            "Export the component with each ticket, or add your customers' words to a taxonomy of your own.",
        ),
    )


def _borne_message(n_borne: int) -> tuple[Message, ...]:
    if not n_borne:
        return ()
    return (
        Message(
            "CX213",
            "info",
            "link",
            f"{n_borne} credits of tickets stand in revenue as refunds too; they count there, not as a cost.",
            "Nothing to do: no cent is counted on both sides.",
        ),
    )


def _shared_message(split: CostSplit) -> tuple[Message, ...]:
    if not split.shared:
        return ()
    if not split.refused:
        said = f"{split.shared:,} of {split.tickets:,} tickets name several components, split by what each adds."
        return (Message("CX244", "info", "link", said, "Nothing to do: the parts add up to the cent."),)
    said = f"{split.shared:,} of {split.tickets:,} tickets name several components, split equally: {split.refused}."
    return (Message("CX245", "warning", "link", said, "More tickets, some of which name one component alone."),)
