create table linked_customers as
select
    cast(row_number() over (order by customer_id) - 1 as integer) as customer,
    customer_id, acquired_on, ended_on, notice_on, end_reason, email, line, file
from customers
where acquired_on is not null
