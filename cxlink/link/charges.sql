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

create table recurring_charges as
select
    customer, charged_on, amount_minor, starts_on, covered_days,
    case when covered_days < 46 then 1 else cast(round(covered_days / 30.4375) as bigint) end as covered_months,
    charge_number
from (
    select
        customer, charged_on, amount_minor, starts_on, charge_number,
        cast(coalesce(own_days, next_days, previous_days, 30) as bigint) as covered_days
    from (
        select
            customer, charged_on, amount_minor,
            coalesce(period_start, charged_on) as starts_on,
            case when period_end >= coalesce(period_start, charged_on)
                then date_diff('day', coalesce(period_start, charged_on), period_end) + 1 end as own_days,
            nullif(date_diff('day', charged_on, lead(charged_on) over customer_charges), 0) as next_days,
            nullif(date_diff('day', lag(charged_on) over customer_charges, charged_on), 0) as previous_days,
            row_number() over customer_charges as charge_number
        from classified_revenue
        where kind = 'recurring' and customer is not null and currency = $currency
            and charged_on <= $observed_to
        window customer_charges as (partition by customer order by charged_on, file, line)
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

create table monthly_prices as
select customer, month, sum(price_minor) as price_minor
from month_parts
group by customer, month
