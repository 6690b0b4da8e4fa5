-- each charge in whole numbers only: what is asked of ten million rows is asked of these
create table narrow_revenue as
select
    cast(coalesce(charges.customer, -1) as integer) as customer,
    cast(date_diff('day', date '1970-01-01', charges.charged_on) as integer) as charged_day,
    charges.amount_minor,
    {money}
    {periods}
    cast(case {kinds} end as tinyint) as kind_number,
    cast(case {keys} end as tinyint) as key_number
    {mark}
from classified_revenue as charges
{marks}
