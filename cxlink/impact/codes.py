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
    "CX509": (
        "Effects on the KPI allow for who answers",
        "Those who answer a survey feel otherwise than those who do not, so that effects among answers are not those on"
        " all. Answers of customers who were asked repeatedly tell how answering hangs on the score: level and effects"
        " are those of all who were asked. Without invitations, customers are taken to be asked at even distances, as"
        " close as the answers of one customer follow one another.",
        "Give an invitations export (customer_id, invited_at, responded). [model] allow_for_silence = false shows"
        " effects among answers instead.",
    ),
    "CX540": (
        "Segments too small",
        "A segment of [report] segments has fewer than 30 active customers, or too few of them are in the sample that a"
        " large base is projected over. Its rows are refused rather than told from a handful of customers.",
        "Merge rare values of the attribute in the export, or take it out of [report] segments.",
    ),
    "CX541": (
        "A hazard ratio differs between segments",
        "The tables by segment use one hazard ratio for all customers. A test of the churn model, clustered by customer"
        " and corrected for the number of tests, says that for this component it is another one in another segment.",
        "Read the component's row in the whole table; in the tables by segment it is spread by incidents, hazards and"
        " prices alone.",
    ),
    "CX542": (
        "The luck of the projection shows in segments",
        "Figures are means over twenty simulated futures. In a small segment this luck is more than a fifth of the"
        " standard error of the fits.",
        "Nothing to do; another seed moves these figures by about so much.",
    ),
    "CX543": (
        "Two views of what an incident costs differ",
        "Cost saved counts what tickets of the window cost for each incident. A two-part model of customers' months, at"
        " the attributes and tenures of today's active customers, says something else, by more than three standard"
        " errors of the difference and a tenth of the cost.",
        "Look whether the customers, or what is a ticket, have changed over the window; a shorter window tells.",
    ),
    "CX544": (
        "The model of cost has not the right shape",
        "Pregibon's test: the square of the model's prediction tells more than the prediction. The two-part model's"
        " cost of an incident is then a rough one. No other figure rests on it.",
        "Name attributes that move how dear tickets are in [model] adjust_for.",
    ),
    "CX508": (
        "Components have no ranks",
        "Between which places a component stands is judged from the joint draws of all. Ten draws must lie beyond the"
        " interval's end: at 95%, that takes 199.",
        "Raise [model] draws to 200 or more; 1,000 are better.",
    ),
    "CX520": (
        "Incidents do not shift all answers alike",
        "The effect on ordered answers supposes proportional odds: that an incident shifts high and low answers by the"
        " same odds ratio. Logistic regressions at each answer say that it does not: it averages unlike shifts.",
        "Read the other columns of the component, which suppose no such thing.",
    ),
    "CX521": (
        "The plain difference is not that of the same customers",
        "Answers after an incident and all others differ by another amount than the answers of customers who gave both:"
        " those who meet it score otherwise anyway, or those who answered twice are not like the rest. Said where"
        " chance would do it once in a hundred.",
        "Read the columns of the same customers; invite customers again, at random, so that more of them answer twice.",
    ),
    "CX522": (
        "No score",
        "What moves a score cannot be told where no answer inside the window bears one.",
        "Map nps, csat or ces in [[sources.feedback]] columns.",
    ),
    "CX507": (
        "The luck of the projection shows",
        "The point estimates are means over twenty simulated futures, of all customers or a large sample. Where effects"
        " are known very exactly, this luck is more than a fifth of their standard error.",
        "Nothing to do; another seed moves the figures by about so much.",
    ),
    "CX550": (
        "Revenue around first incidents cannot be told",
        "Following revenue after first incidents takes prices by month and known ends: revenue of those who left counts"
        " as zero, and nobody may be left out for having left.",
        "What the message names; or set [model] event_study = false.",
    ),
    "CX551": (
        "Another way before the incident",
        "The path of revenue after first incidents is an effect only if those who met one would have gone on as the"
        " customers beside them. Their prices moved differently before it already, beyond what chance explains in all"
        " months at once.",
        "Read the path as a description. What raises both prices and incidents, such as usage, may stand behind it.",
    ),
    "CX552": (
        "The base decides",
        "The sum over the months after the first incident is worked out beside the month before it, and beside the mean"
        " of the six months before. One lies outside the other's interval: prices moved before the incident.",
        "Rely on neither figure; look at the path before.",
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
    "CX580": (
        "A change that cannot be projected",
        "It names a component or a cause that this data does not have, or does not say by how much incidents change.",
        "See which components there are: cxlink whatif, without any option. Give reduce or recovery.",
    ),
    "CX581": (
        "No net present value",
        "One of the parts of the NPV is not estimable: margin (churn, prices, gross margin) or cost saved (tickets,"
        " avoidable share), or the component's evidence is descriptive only (D). A part that is not known is not zero,"
        " so that no NPV is told. The other figures of the change stand.",
        "Give what the message names; where evidence is D, see cxlink explain CX530.",
    ),
    "CX582": (
        "The horizon is shorter than the payback",
        "In most draws, what a change brings within the horizon does not make up for what it costs. Money counts only"
        " up to the horizon; customers who are kept go on paying after it, which is not counted.",
        "Decide whether the change is to pay within this horizon; else set a longer [model] horizon_months, and keep in"
        " mind that effects far ahead are less sure.",
    ),
    "CX583": (
        "A long ramp",
        "The change works in full only after more than half of the horizon, so that little of its effect is counted"
        " beside most of its cost.",
        "Set a longer [model] horizon_months.",
    ),
    "CX584": (
        "A change that was made already",
        "Its started_on lies before the cut-off: its effect is part of what was observed, and a look ahead would count"
        " it twice.",
        "Nothing to do; leave started_on out for a change that is planned.",
    ),
    "CX585": (
        "A probability that rests on there being no hidden cause",
        "The probability of a positive NPV is reckoned twice: with the chance of sampling alone, and with an error of"
        " the hazard ratio such as negative controls show, or as a hidden cause as strong as the strongest attribute"
        " would make. The second is lower by ten points or more.",
        "Read the second one. A trial on part of the customers, chosen by lot, would settle it.",
    ),
    "CX586": (
        "No allowance for hidden causes",
        "Without negative controls and without an attribute that goes with incidents, nothing says how large an error"
        " by causes that were not measured could be.",
        "Give attributes in [model] adjust_for, or declare [model] negative_controls.",
    ),
    "CX587": (
        "Changes overlap by more than two at a time",
        "The choice within a budget counts what changes bring alone and what two bring together. Projected all at once,"
        " those taken come to another figure, by more than a twentieth. The figure that is told is the latter.",
        "Ask about smaller sets, to see whether another one is worth more.",
    ),
    "CX588": (
        "A question that is not whole",
        "cxlink whatif needs the name of a change of the configuration, or a component and how many incidents fewer.",
        "Run it without options to see what can be asked.",
    ),
}
