-- each charge with its customer, what it is, and what it is worth in the project's currency; a view: nothing is copied
create view classified_revenue as
select
    charges.customer, charges.matched_by, charges.charged_on, charges.file, charges.line,
    charges.period_start, charges.period_end,
    coalesce(charges.currency, '{currency}') as currency,
    charges.amount_minor,
    {value} as value_minor,
    {constant} as constant_minor,
    case
        when charges.kind is not null then charges.kind
        when charges.amount_minor < 0 then 'refund'
        {or_recurring}
        else 'one_off'
    end as kind
from matched_revenue as charges
{rates}
