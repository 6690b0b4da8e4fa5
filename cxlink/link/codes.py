"""What the codes of this stage mean."""

from __future__ import annotations

_MATCH = (
    "Rows without a customer stay in the ledger and count for causes and KPI, and cannot say what their customers did"
    " next. If those who are missing differ from the others, effects on leaving and money are those of the others."
)

CODES: dict[str, tuple[str, str, str]] = {
    "CX201": (
        "Unknown attribute",
        "[model] adjust_for or [report] segments names an attribute that the customers export does not have.",
        "Name a column of the customers export.",
    ),
    "CX202": (
        "Attributes not adjusted for",
        "Customers have attributes that the models do not use. One that moves both incidents and leaving, such as plan"
        " or usage, biases every effect if it is left out.",
        "Name such attributes in [model] adjust_for. Leave out what incidents themselves change.",
    ),
    "CX203": ("Revenue without a customer", _MATCH, "Export the customer_id (or the email) with each charge."),
    "CX204": ("Feedback without a customer", _MATCH, "Export the customer_id (or the email) with each answer."),
    "CX205": ("Tickets without a customer", _MATCH, "Export the customer_id (or the email) with each ticket."),
    "CX206": ("Events without a customer", _MATCH, "Export the customer_id with each event."),
    "CX207": (
        "Customers end before they begin",
        "ended_on (or notice_on) lies before acquired_on. Such customers are left out of every model.",
        "Check both columns in the customers export.",
    ),
    "CX209": (
        "Ends after the cut-off",
        "These customers are known to end, on a day that is not observed. The cut-off is the last day that all sources"
        " cover, unless the configuration sets it.",
        "If the exports reach further, set observed_to in [project].",
    ),
    "CX211": (
        "Records that ask to leave",
        "Tickets and comments in which customers ask to cancel are kept out of the incidents: counted as pain they"
        " would make every component look as if it drove customers away.",
        "Nothing to do.",
    ),
    "CX212": (
        "Known from feedback alone",
        "For these components nothing but answers tells of incidents, and only those who answered can show one. Effects"
        " on leaving mix the incident with being someone who answers.",
        "Export the tickets or the events of these components.",
    ),
    "CX213": (
        "Credits that revenue bears",
        "A ticket's credit stands in revenue as a refund of the same amount within 45 days. It reduces revenue there"
        " and is not counted as a cost as well.",
        "Nothing to do.",
    ),
    "CX214": (
        "Tickets without a component",
        "These tickets bear no component, and their text has no words of the taxonomy. They are in the ledger and in no"
        " component's row: what they cost is missing there, and so are the incidents that they tell of.",
        "Export the component with each ticket, or add your customers' words to a taxonomy of your own.",
    ),
    "CX208": (
        "Ends taken from the last period paid",
        "No customers export says who ended when, so a customer ends with the last period that was paid. The charge for"
        " the next period can come late, so customers whose last period ended within 31 days of the cut-off count as"
        " still active.",
        "Export customers with ended_on.",
    ),
    "CX215": (
        "Charges that follow on no other",
        "Prices are compared only between a charge and the one that it follows on. Contracts side by side, part periods"
        " and irregular billing leave no such pairs, so that less is known of how prices change after an incident.",
        "Export period_start and period_end with each charge.",
    ),
    "CX216": (
        "Attributes that say nothing",
        "An attribute named in [model] adjust_for is empty, the same for all customers, or different for nearly all."
        " Nothing is adjusted for it.",
        "Check the column in the customers export, or take it out of adjust_for.",
    ),
    "CX221": (
        "Columns not used yet",
        "These columns were read and are in the ledger; this version does not use them in any estimate.",
        "Nothing to do.",
    ),
    "CX230": (
        "Names of several customers",
        "An email or alias stands for more than one customer. It identifies none of them: joined, its rows and money"
        " would count once for each.",
        "Give each email and alias to one customer, in customers and identities.",
    ),
    "CX231": (
        "Revenue without an exchange rate",
        "A charge in another currency is worth the latest rate on or before its day, if that is at most 31 days old."
        " Charges without such a rate stay in the ledger and are used nowhere else; currencies are never added up"
        " without rates.",
        "Export fx with a rate for each month of the revenue.",
    ),
    "CX232": (
        "Ids written differently",
        "Rows that find no customer would, if the ids of both exports were written alike: one of them was changed on"
        " its way, by a spreadsheet program for instance. Nothing is repaired, because two customers may differ in just"
        " that.",
        "Export the id as text, in the form that the message names.",
    ),
    "CX233": (
        "Ids that lost their digits",
        "A spreadsheet program wrote ids as numbers such as 1.2E+10. The digits left out are lost.",
        "Export again with the id as text.",
    ),
    "CX234": (
        "Revenue differs from the general ledger",
        "In these months the accepted revenue is not what control_totals says. Any difference is told, to the cent.",
        "Look for rows held back, files missing or doubled, and charges that are booked in another month.",
    ),
    "CX235": (
        "Files that repeat each other",
        "Charges of the same customer, day, amount and kind stand in two files of one source, at least half of the"
        " smaller file's on the days that both cover. Without an invoice_id they cannot be told from two charges, so"
        " they count twice.",
        "Export periods that do not overlap, or map invoice_id.",
    ),
    "CX236": (
        "Answers without a customer differ",
        "Answers that found no customer have other scores than the rest, more than chance would make them. Only answers"
        " with a customer can tell what scores have to do with leaving.",
        "Export the missing ids.",
    ),
    "CX238": (
        "A source ends early",
        "Its last record lies more than 31 days before that of the freshest source. The observed window ends with the"
        " source that ends first, unless the configuration sets it.",
        "Export all sources up to the same day.",
    ),
    "CX239": (
        "A source misses months",
        "A source that has rows in most months has none in some between its first and its last.",
        "Look for a file that is missing from the export.",
    ),
    "CX240": (
        "Those who answer are others",
        "Customers who answered differ from those who did not by more than a quarter of a standard deviation. Scores"
        " are those of customers who answer.",
        "Look at the comparison of `cxlink check`; ask those who do not answer.",
    ),
    "CX241": (
        "Constant exchange rates",
        "Movements of revenue and effects on prices are at one rate a currency: the one in force on the first observed"
        " day, else the first after it. What the rates did is a movement of its own, called currency.",
        "Nothing to do.",
    ),
    "CX243": (
        "Customers labelled in part",
        "Labels tell the tagger's error by comparing all that a customer wrote with what people say of it. Whose"
        " records were read in part says nothing of the rest.",
        "Have all records of a customer read, or none.",
    ),
    "CX244": (
        "Tickets of several components",
        "What such a ticket costs is split among its components by what each adds to the cost of a ticket, as all"
        " tickets tell (least squares, nothing below zero, Shapley parts). The parts add up to the ticket's cost to the"
        " cent."
        " results.json (cost_split) has beside it what equal parts, and all to the component named first, would say.",
        "Nothing to do.",
    ),
    "CX245": (
        "Tickets of several components, split equally",
        "What each component adds to the cost of a ticket cannot be told: too few customers, or components that are"
        " always named together.",
        "More tickets, some of which name one component alone.",
    ),
    "CX242": (
        "Incidents known by the month",
        "Every incident of a table stands on the first day of a month, so that the day is not known. It is put into the"
        " middle of the month, which a model by months agrees with. Incidents that came after a customer had left in"
        " the same month, and exposure that began or ended within one, blur what is found: on made-up companies log"
        " hazard ratios came out 14 to 25% too small.",
        "Export the day of each incident.",
    ),
}
