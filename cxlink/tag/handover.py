"""Between the canonical tables and the tagger."""

from __future__ import annotations

from cxlink.handoff import Loaded, Message, Tagged
from cxlink.tag.classifier import Classifier
from cxlink.tag.embeddings import Embedder
from cxlink.tag.stage import tag_records
from cxlink.tag.taxonomy import Taxonomy

RECORDS = """
select record_id, "table", component, cause, text, tags, day
from (
    select
        response_id as record_id, 'feedback' as "table", component, cast(null as varchar) as cause, comment as text,
        cast(null as varchar) as tags, cast(responded_at as date) as day
    from feedback
    where component is not null or comment is not null
    union all
    select
        ticket_id as record_id, 'tickets' as "table", component, cause,
        trim(coalesce(subject, '') || chr(10) || coalesce(body, '')) as text, tags,
        cast(opened_at as date) as day
    from tickets
) as records
order by "table", record_id
"""


def tag(
    loaded: Loaded, taxonomy: Taxonomy, classifier: Classifier | None = None, embedder: Embedder | None = None
) -> Tagged:
    """Find component and root cause of every comment and ticket.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables.
    taxonomy : Taxonomy
        Checked.
    classifier : Classifier, optional
        Decides on the causes that it learnt.
    embedder : Embedder, optional
        The model of sentence embeddings that the classifier was trained with.

    Returns
    -------
    Tagged
        One row a record, component and cause.
    """
    tags = tag_records(loaded.engine.frame(RECORDS), taxonomy, classifier, embedder)
    n_cut = int(tags.attrs.get("n_cut", 0))
    return Tagged(
        tags=tags,
        taxonomy_version=taxonomy.version,
        taxonomy_hash=taxonomy.digest,
        classifier=None if classifier is None else _facts(classifier),
        messages=(*_messages(n_cut), *_outdated_message(taxonomy, classifier)),
        cancelling=frozenset((cause.component, cause.name) for cause in taxonomy.causes if cause.intent),
    )


def _facts(classifier: Classifier) -> dict[str, str]:
    facts = classifier.facts
    return {"trained_on": facts.trained_on, "taxonomy_sha256": facts.taxonomy, "embeddings_sha256": facts.embeddings}


def _outdated_message(taxonomy: Taxonomy, classifier: Classifier | None) -> tuple[Message, ...]:
    if classifier is None or classifier.facts.taxonomy == taxonomy.digest:
        return ()
    return (
        Message(
            "CX310",
            "warning",
            "tag",
            "the classifier was trained beside another version of the taxonomy; its rules have changed since.",
            "Train it again: cxlink tag train, and compare: cxlink tag evaluate.",
        ),
    )


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
