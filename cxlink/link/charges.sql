-- one row a charge, with what it is and how many months it covers
create table classified_revenue as
select
    customer, charged_on, amount_minor, currency, period_start, period_end, line, file,
    case
        when kind is not null then kind
        when amount_minor < 0 then 'refund'
        when $subscription then 'recurring'
        else 'one_off'
    end as kind
from matched_revenue;

create table charge_days as
select
    customer, charged_on,
    lead(charged_on) over (partition by customer order by charged_on) as next_on,
    lag(charged_on) over (partition by customer order by charged_on) as previous_on
from (
    select distinct customer, charged_on
    from classified_revenue
    where kind = 'recurring' and customer is not null and currency = $currency and charged_on <= $observed_to
) as days;

-- a charge that does not say how long it covers lasts until the customer's next one
create table recurring_charges as
select
    customer, charged_on, amount_minor, starts_on, covered_days, period_known,
    case
        when covered_days < 46 then 1
        else least(cast(round(covered_days / 30.4375) as bigint), (select max(number) + 1 from numbers))
    end as covered_months
from (
    select
        customer, charged_on, amount_minor, starts_on, own_days is not null as period_known,
        coalesce(own_days, next_days, previous_days, 30) as covered_days
    from (
        select
            charges.customer, charges.charged_on, charges.amount_minor,
            coalesce(charges.period_start, charges.charged_on) as starts_on,
            case when charges.period_end >= coalesce(charges.period_start, charges.charged_on)
                then date_diff('day', coalesce(charges.period_start, charges.charged_on), charges.period_end) + 1
            end as own_days,
            date_diff('day', charges.charged_on, days.next_on) as next_days,
            date_diff('day', days.previous_on, charges.charged_on) as previous_days
        from classified_revenue as charges
        join charge_days as days on days.customer = charges.customer and days.charged_on = charges.charged_on
        where charges.kind = 'recurring' and charges.customer is not null and charges.currency = $currency
            and charges.charged_on <= $observed_to
    ) as neighbours
) as lengths;

-- a charge of n months is n parts whose cents add up to it exactly
create table month_parts as
select
    charges.customer,
    charges.charged_on,
    extract(year from charges.starts_on) * 12 + extract(month from charges.starts_on) - 1 + numbers.number as month,
    (charges.amount_minor * (numbers.number + 1)) // charges.covered_months
        - (charges.amount_minor * numbers.number) // charges.covered_months as price_minor
from recurring_charges as charges
join numbers on numbers.number < charges.covered_months;

-- price of a month; a part of a month is charged by the day
create table charged_prices as
select
    customer, charged_on,
    sum(case
        when covered_days < 25 then cast(amount_minor as double) * 30.4375 / covered_days
        else cast(amount_minor as double) / covered_months
    end) as price,
    min(covered_days) as covered_days,
    max(covered_months) as covered_months,
    max(date_diff('day', charged_on, starts_on) + covered_days) as lasts_days,
    min(case when period_known then 1 else 0 end) as period_known
from recurring_charges
group by customer, charged_on;

create table monthly_prices as
select customer, month, sum(price_minor) as price_minor
from month_parts
group by customer, month
