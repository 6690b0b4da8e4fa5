create table linked_customers as
select
    cast(row_number() over (order by customer_id) - 1 as bigint) as customer,
    customer_id,
    min(charged_on) as acquired_on,
    -- an end is observed only where every recurring charge says how long it lasts, and the next one is overdue
    case when count(kind_known) > 0 and count(kind_known) = count(period_known) and max(period_known) < $overdue_from
        then max(period_known) end as ended_on,
    cast(null as date) as notice_on,
    cast(null as varchar) as end_reason,
    cast(null as varchar) as email,
    cast(0 as bigint) as line,
    cast(null as varchar) as file
from (
    select
        customer_id, charged_on,
        case when kind = 'recurring' then 1 end as kind_known,
        case when kind = 'recurring' then period_end end as period_known
    from revenue
    where customer_id is not null and charged_on <= $observed_to
) as charges
group by customer_id;
