-- every other name of a customer; a name of several customers identifies none of them
create table linked_aliases as
select
    alias,
    case when min(customer) = max(customer) then min(customer) end as customer,
    min(kind) as kind,
    case when min(customer) = max(customer) then false else true end as is_ambiguous
from (
    select {email_name} as alias, customer, 'email' as kind
    from linked_customers
    where email is not null
    union all
    select {identity_name} as alias, linked_customers.customer, coalesce(identities.kind, 'alias') as kind
    from identities
    join linked_customers on linked_customers.customer_id = identities.customer_id
) as names
where alias <> ''
group by alias
