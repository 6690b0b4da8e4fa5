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
        "Sources not used yet",
        "These tables were read and are in the ledger; this version does not use them in any estimate.",
        "Nothing to do.",
    ),
    "CX222": (
        "Settings that this version does not act on",
        "The configuration names things that this version reads and checks for form, and does nothing with.",
        "Do not rely on them. In particular, gates are not checked: a job does not fail on them.",
    ),
}
