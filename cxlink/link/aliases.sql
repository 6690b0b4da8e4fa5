-- a name that two customers share identifies neither
create table linked_aliases as
select alias, min(customer) as customer
from (
    select lower(trim(email)) as alias, customer
    from linked_customers
    where email is not null and trim(email) <> ''
    union
    select lower(trim(identities.alias)) as alias, linked_customers.customer
    from identities
    join linked_customers on linked_customers.customer_id = identities.customer_id
) as names
group by alias
having count(distinct customer) = 1;
