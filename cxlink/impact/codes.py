"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX501": (
        "No effect on prices estimated",
        "Too few charges of too few customers follow an incident of this component, or it cannot be told from another"
        " one, to say whether customers pay less after it; revenue kept counts only customers kept.",
        "A longer observed window, or customers who met one without the other.",
    ),
    "CX502": (
        "Active customers without a price",
        "Some active customers have no recurring charge in the last two months. Their money counts as zero, so that"
        " money kept is understated.",
        "Check that every charge bears its customer_id.",
    ),
    "CX503": (
        "Cost saved leaves components out",
        "Without the avoidable share, a cost of handling, or ten tickets of ten customers no saving can be stated; a"
        " made-up default would be one. The row 'together' holds the other components only.",
        "Give [finance] avoidable_share and cost_per_handle_minute, tickets.cost, or the tickets of these components.",
    ),
    "CX504": (
        "The joint effect leaves components out",
        "A component whose effect is not estimable counts as without effect in the row 'together'.",
        "See the component's own line for what it needs.",
    ),
    "CX505": (
        "Customers who never answered",
        "Effects on the KPI are estimated among customers who answer surveys and carried over to all. If very happy"
        " and very unhappy customers answer more often than others, the effects come out too large.",
        "Invite a random sample and raise its response; read the effects on the KPI as an upper bound until then.",
    ),
    "CX508": (
        "Components have no ranks",
        "Between which places a component stands is judged from the joint draws of all. Ten draws must lie beyond the"
        " interval's end: at 95%, that takes 199.",
        "Raise [model] draws to 200 or more; 1,000 are better.",
    ),
    "CX507": (
        "The luck of the projection shows",
        "The point estimates are means over twenty simulated futures, of all customers or a large sample. Where effects"
        " are known very exactly, this luck is more than a fifth of their standard error.",
        "Nothing to do; another seed moves the figures by about so much.",
    ),
    "CX506": (
        "Not corrected by labels",
        "There are labels, but too few of customers who met a component, had a ticket of it, or answered after it."
        " These parts rest on the tagger's incidents as they are, with the mistakes that cxlink tag evaluate shows.",
        "Have more customers' records read: cxlink tag review.",
    ),
    "CX530": (
        "A component's evidence is descriptive only",
        "Something that its incidents cannot have done goes with them: later incidents with earlier scores or"
        " prices, or ends that nobody chose. Then customers who meet it differ in a way that is not adjusted for,"
        " and the effect is that difference at least in part. Or leaving may have been decided before the complaint."
        " Its ratio and score are shown as description; nothing of it is turned into money, and the row 'together'"
        " holds the others only. The cost of its tickets stays: that is counted, not compared. Where all placebos"
        " hold, at most one run in twenty has a failure by chance. One placebo can fail for another reason:"
        " customers who let a card expire in place of cancelling make involuntary ends chosen ones.",
        "Name the attribute that tells these customers apart in [model] adjust_for; give requests to cancel a tag of"
        " their own; or change the component for some customers by chance, and compare.",
    ),
    "CX531": (
        "Effects that rest on few customers",
        "Errors are clustered by customer. With fewer than forty customers such errors come out too small, so that"
        " intervals are too narrow; below thirty there is no estimate. Where many seats share one contract, the"
        " customer is the account: thousands of records of twenty accounts tell no more than twenty customers.",
        "A longer observed window, or more customers.",
    ),
    "CX532": (
        "No comparison for some customers",
        "In a group of customers, by the attributes adjusted for, nobody met an incident of this component, or"
        " everybody always had, though by its size it should hold ten customers of the other kind. The effect is"
        " learned elsewhere and carried over.",
        "If such customers cannot meet the component, leave it at that; else check how its incidents are tagged.",
    ),
    "CX533": (
        "A negative control seems to have an effect",
        "A component of [model] negative_controls is known to be without effect on leaving, yet its hazard ratio is"
        " beyond chance. The method is off for it, and may be off for other components in the same way.",
        "See the calibrated intervals; name more attributes in [model] adjust_for.",
    ),
    "CX534": (
        "An attribute looks as if measured after incidents",
        "Among active customers it goes with incidents of the last months more than with those before. If incidents"
        " moved it, adjusting for it takes away part of their effect. An attribute that never recovers is not found by"
        " this: no column tells when it was measured.",
        "Export the attribute as of the day of acquisition, or take it out of [model] adjust_for.",
    ),
    "CX535": (
        "A declared control is no component",
        "No incident of the data bears this name.",
        "Correct [model] negative_controls.",
    ),
    "CX536": (
        "A placebo is off, by little",
        "Something that incidents cannot have done goes with them beyond chance, but its size is less than a tenth of"
        " the effect it puts in doubt. With very many customers that is common.",
        "Nothing to do; allow for an error of that size.",
    ),
}
