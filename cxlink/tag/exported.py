"""The ticket system's own tags, for tickets whose words say nothing: what they mean in the taxonomy."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cxlink.tag.normalise import fold_tag
from cxlink.tag.taxonomy import UNSPECIFIED, Cause, Taxonomy

_PARTS = re.compile(r"[,;|\n\"\[\]]+")
"""Between several tags, as lists in an export are written."""


def exported_meanings(taxonomy: Taxonomy) -> dict[str, Cause]:
    """Say what each exported tag means.

    Parameters
    ----------
    taxonomy : Taxonomy
        Its ``[tags]``, and the names of its own components and causes.

    Returns
    -------
    dict of str to Cause
        By folded tag: what ``[tags]`` says; else a component and cause, a component, or a cause that only one component
        has.
    """
    causes = {(cause.component, cause.name): cause for cause in taxonomy.causes}
    found: dict[str, Cause] = {}
    for cause in taxonomy.causes:
        if cause.name == UNSPECIFIED:
            found.setdefault(fold_tag(cause.component), cause)
            continue
        found[fold_tag(f"{cause.component} {cause.name}")] = cause
        if sum(other.name == cause.name for other in taxonomy.causes) == 1:
            found.setdefault(fold_tag(cause.name), cause)
    return found | {tag: causes[meaning] for tag, meaning in taxonomy.exported.items()}


def causes_of(tags: str, meanings: Mapping[str, Cause]) -> list[Cause]:
    """Read one ticket's tags.

    Parameters
    ----------
    tags : str
        Several, parted by commas, semicolons, bars or line breaks, or a JSON list.
    meanings : mapping of str to Cause
        From :func:`exported_meanings`.

    Returns
    -------
    list of Cause
        Without repetition, and without ``unspecified`` beside a cause of the component; unknown tags are left out.
    """
    met = [meanings[tag] for tag in map(fold_tag, _PARTS.split(tags)) if tag in meanings]
    named = {cause.component for cause in met if cause.name != UNSPECIFIED}
    kept = [cause for cause in met if cause.name != UNSPECIFIED or cause.component not in named]
    return list(dict.fromkeys(kept))
