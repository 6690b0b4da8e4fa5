-- each id of {table} once, with the customer it names
create table {table}_ids as
select
    ids.raw, ids.n_rows,
    coalesce(by_id.customer, by_alias.customer) as customer,
    case
        when by_id.customer is not null then 'id'
        when by_alias.customer is not null then 'alias'
        when by_alias.is_ambiguous then 'ambiguous name'
        else 'unknown id'
    end as matched_by
from (
    {counted}
) as ids
left join linked_customers as by_id on by_id.customer_id = ids.raw
left join linked_aliases as by_alias on by_alias.alias = {id_name};

-- emails are asked only where the id is empty
create table {table}_emails as
select
    emails.raw, emails.n_rows, by_email.customer,
    case
        when by_email.customer is not null then 'email'
        when by_email.is_ambiguous then 'ambiguous name'
        when emails.name = '' then 'no id'
        else 'unknown email'
    end as matched_by
from (
    select raw, {raw_name} as name, n_rows
    from (
        select {email} as raw, count(*) as n_rows
        from {table}
        where customer_id is null and {email} is not null
        group by {email}
    ) as texts
) as emails
left join linked_aliases as by_email on by_email.alias = emails.name;

-- a view, so that no text is copied; both joins find one row at most
create view matched_{table} as
select
    source.*,
    coalesce(ids.customer, emails.customer) as customer,
    coalesce(ids.matched_by, emails.matched_by, 'no id') as matched_by
from {table} as source
left join {table}_ids as ids on ids.raw = source.customer_id
left join {table}_emails as emails on source.customer_id is null and emails.raw = source.{email}
