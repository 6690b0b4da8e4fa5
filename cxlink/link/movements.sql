select
    months.month,
    cast(sum(previous) as bigint) as opening,
    cast(sum(case when previous <= 0 and price > 0 and first_month = months.month then price - previous else 0 end)
        as bigint) as new,
    cast(sum(case when previous > 0 and price > previous then price - previous else 0 end) as bigint) as expansion,
    cast(sum(case when price > 0 and price < previous then price - previous else 0 end) as bigint) as contraction,
    cast(sum(case when previous > 0 and price <= 0 then price - previous else 0 end) as bigint) as churn,
    cast(sum(case when previous <= 0 and price > 0 and first_month < months.month then price - previous else 0 end)
        as bigint) as reactivation,
    cast(sum(case when previous <= 0 and price <= 0 then price - previous else 0 end) as bigint) as correction,
    cast(sum(price) as bigint) as closing
from (
    select
        grid.customer, grid.month, grid.first_month,
        coalesce(now.price_minor, 0) as price,
        coalesce(before.price_minor, 0) as previous
    from (
        select customers.customer, months.month, customers.first_month
        from (select customer, min(month) as first_month from monthly_prices group by customer) as customers
        join months on months.month >= customers.first_month
    ) as grid
    left join monthly_prices as now on now.customer = grid.customer and now.month = grid.month
    left join monthly_prices as before on before.customer = grid.customer and before.month = grid.month - 1
) as pairs
join months on months.month = pairs.month
group by months.month
order by months.month
