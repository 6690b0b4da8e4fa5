create table matched_{table} as
select
    source.*,
    coalesce(by_id.customer, by_alias.customer, by_email.customer) as customer
from {table} as source
left join linked_customers as by_id on by_id.customer_id = source.customer_id
left join linked_aliases as by_alias
    on by_id.customer is null and by_alias.alias = lower(trim(source.customer_id))
left join linked_aliases as by_email
    on source.customer_id is null and by_email.alias = lower(trim(source.email));
