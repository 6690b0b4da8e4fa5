-- charges that stand in two files, as often as the rarer of both has them; only on days that some other file covers too
with counted as (
    select
        revenue.file, coalesce(customer_id, email, '') as who, charged_on, amount_minor,
        coalesce(currency, $currency) as currency, coalesce(kind, '') as kind,
        coalesce(period_start, charged_on) as starts_on, coalesce(period_end, charged_on) as ends_on,
        count(*) as n
    from revenue
    join shared_days
        on shared_days.file = revenue.file and charged_on >= shared_days.first_on and charged_on <= shared_days.last_on
    where invoice_id is null
    group by 1, 2, 3, 4, 5, 6, 7, 8
)
select
    counted.file, others.file as other, counted.currency,
    cast(sum(least(counted.n, others.n)) as bigint) as n_repeated,
    cast(sum(least(counted.n, others.n) * counted.amount_minor) as bigint) as units
from counted
join counted as others
    on others.who = counted.who and others.charged_on = counted.charged_on
    and others.amount_minor = counted.amount_minor and others.currency = counted.currency
    and others.kind = counted.kind and others.starts_on = counted.starts_on and others.ends_on = counted.ends_on
    and others.file > counted.file
group by counted.file, others.file, counted.currency
order by counted.file, others.file, counted.currency
