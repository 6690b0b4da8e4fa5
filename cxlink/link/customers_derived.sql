-- each id of revenue, asked of all its rows once: who they are, and what names.sql would ask again
create table revenue_payers as
select
    customer_id,
    count(*) as n_rows,
    min(case when charged_on <= $observed_to then charged_on end) as first_on,
    count(case when kind = 'recurring' and charged_on <= $observed_to then 1 end) as n_recurring,
    count(case when kind = 'recurring' and charged_on <= $observed_to then period_end end) as n_known,
    max(case when kind = 'recurring' and charged_on <= $observed_to then period_end end) as known_until
from revenue
where customer_id is not null
group by customer_id;

create table linked_customers as
select
    cast(row_number() over (order by customer_id) - 1 as integer) as customer,
    customer_id,
    first_on as acquired_on,
    -- an end is observed only where every recurring charge says how long it lasts, and the next one is overdue
    case when n_recurring > 0 and n_recurring = n_known and known_until < $overdue_from then known_until end
        as ended_on,
    cast(null as date) as notice_on,
    cast(null as varchar) as end_reason,
    cast(null as varchar) as email,
    cast(0 as bigint) as line,
    cast(null as varchar) as file
from revenue_payers
where first_on is not null
