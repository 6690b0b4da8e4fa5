"""Between the canonical tables and the tagger."""

from __future__ import annotations

from pathlib import Path

from cxlink.handoff import Loaded, Message, Tagged
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.stage import tag_records

RECORDS = """
select record_id, "table", component, cause, text
from (
    select
        response_id as record_id, 'feedback' as "table", component, cast(null as varchar) as cause, comment as text
    from feedback
    where component is not null or comment is not null
    union all
    select
        ticket_id as record_id, 'tickets' as "table", component, cause,
        trim(coalesce(subject, '') || chr(10) || coalesce(body, '')) as text
    from tickets
) as records
order by "table", record_id
"""


def tag(loaded: Loaded, taxonomy: Path | None) -> Tagged:
    """Find component and root cause of every comment and ticket.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables.
    taxonomy : Path or None
        The user's taxonomy; the shipped one where None.

    Returns
    -------
    Tagged
        One row a record, component and cause.

    Raises
    ------
    ConfigError, Faults
        If the taxonomy is wrong.
    """
    rules = read_taxonomy(taxonomy)
    tags = tag_records(loaded.engine.frame(RECORDS), rules)
    n_cut = int(tags.attrs.get("n_cut", 0))
    return Tagged(tags=tags, taxonomy_version=rules.version, taxonomy_hash=rules.digest, messages=_messages(n_cut))


def _messages(n_cut: int) -> tuple[Message, ...]:
    if not n_cut:
        return ()
    return (
        Message(
            "CX351",
            "warning",
            "tag",
            f"{n_cut} texts are longer than 100,000 characters; only their beginning was searched.",
            "Nothing to do, unless causes hide at their end.",
        ),
    )
