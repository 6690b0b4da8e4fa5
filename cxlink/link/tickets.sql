-- a ticket of several components is split equally here; a credit that revenue already bears is not a cost as well
select
    t.ticket_id, t.customer, parts.component, parts.place, cast(t.opened_at as date) as opened_on,
    t.handle_minutes / parts.n_components as minutes,
    cast(t.cost_minor as double) / parts.n_components as cost_minor,
    cast(case when borne.ticket_id is null then coalesce(t.credit_minor, 0) else 0 end as double) / parts.n_components
        as credit_minor,
    1.0 / parts.n_components as contact,
    case when borne.ticket_id is not null and coalesce(t.credit_minor, 0) <> 0 then 1 else 0 end as borne_by_revenue
from matched_tickets as t
join (
    select
        record_id, component, place,
        cast(count(*) over (partition by record_id) as double) as n_components
    from (
        select record_id, component, min(place) as place
        from tag_rows
        where table_name = 'tickets' and is_cancellation = false
        group by record_id, component
    ) as pairs
) as parts on parts.record_id = t.ticket_id
left join borne_tickets as borne on borne.ticket_id = t.ticket_id
where cast(t.opened_at as date) between $observed_from and $observed_to
order by t.opened_at, t.ticket_id, parts.component
