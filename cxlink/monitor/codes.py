"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX610": (
        "The file of baselines is damaged",
        "What monthly figures are held against is kept in .cxlink/baselines.json, to be committed. It is not as cxlink"
        " writes it, perhaps after a merge. It is never overwritten then, and no limits are made up in its place.",
        "Take its last version from version control, or move it away: the next run then freezes limits anew.",
    ),
    "CX611": (
        "The file of baselines is of a later version",
        "A later version of cxlink wrote .cxlink/baselines.json in a form that this one does not know.",
        "Use that version, or move the file away: the next run then freezes limits anew.",
    ),
    "CX612": (
        "A figure is counted in another way than its baseline",
        "Its baseline was frozen with another taxonomy, classifier, KPI, exposure or cost: what moves then may be the"
        " ruler. A new first phase begins; the earlier baseline is kept under its version.",
        "Nothing, if the change was meant. Else go back to the earlier taxonomy or setting: its baseline is kept.",
    ),
    "CX613": (
        "Months of a first phase were restated",
        "Data of months that limits had been learnt from is not what it was. The limits stay as they were frozen.",
        "Find out why the exports changed; if the new data is right, move .cxlink/baselines.json away to freeze anew.",
    ),
    "CX614": (
        "Limits come from this run alone",
        "The folder of the configuration cannot be written to, so that .cxlink/baselines.json is not kept: limits are"
        " learnt from this run's first months.",
        "Let cxlink write there, and commit .cxlink/baselines.json after the run: then limits do not move.",
    ),
    "CX615": (
        "Nothing can be watched by month",
        "Limits need 20 whole calendar months with a figure.",
        "A longer observed window; see the reason that is given.",
    ),
    "CX616": (
        "The last month is not whole",
        "Figures of a month are held against whole months; one that the window covers in part is left out.",
        "Nothing to do: it is judged when it is over.",
    ),
}
