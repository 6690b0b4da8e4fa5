-- credits of tickets, and refunds in revenue of the same amount that may be the same money
select tickets.ticket_id, refunds.file, refunds.line
from matched_tickets as tickets
join classified_revenue as refunds
    on refunds.customer = tickets.customer and refunds.value_minor = -tickets.credit_minor
    and refunds.charged_on >= cast(tickets.opened_at as date)
    and date_diff('day', cast(tickets.opened_at as date), refunds.charged_on) <= $within_days
where tickets.credit_minor > 0 and refunds.value_minor < 0
order by tickets.opened_at, tickets.ticket_id, refunds.charged_on, refunds.file, refunds.line
