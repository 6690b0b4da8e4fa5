-- every accepted cent of revenue once, by what decides where it goes
create table revenue_sums as
select
    marks.file, marks.currency, kind, matched_by, place, month,
    cast(sum(n_rows) as bigint) as n_rows,
    cast(sum(minor_units) as bigint) as minor_units,
    cast(sum(absolute_units) as bigint) as absolute_units,
    cast(sum(n_valued) as bigint) as n_valued,
    cast(sum(value_units) as bigint) as value_units,
    cast(sum(absolute_value) as bigint) as absolute_value,
    cast(sum(case when n_valued > 0 then minor_units else 0 end) as bigint) as valued_units,
    min(charged_on) as first_on,
    max(charged_on) as last_on
from (
    select
        mark, kind, matched_by, charged_on, n_rows, minor_units, absolute_units, n_valued, value_units, absolute_value,
        extract(year from charged_on) * 12 + extract(month from charged_on) - 1 as month,
        case
            when is_unknown then 'without a customer'
            when n_valued = 0 then 'without a rate'
            when charged_on < $observed_from then 'before the observed window'
            when charged_on > $observed_to then 'after the cut-off'
            else kind
        end as place
    from (
        select
            mark, is_unknown, n_rows, minor_units, absolute_units, n_valued, value_units, absolute_value,
            date '1970-01-01' + charged_day as charged_on,
            case {kinds} end as kind,
            case {keys} end as matched_by
        from (
            select
                {mark}, kind_number, key_number, charged_day,
                customer < 0 as is_unknown,
                {value} is null as has_no_rate,
                count(*) as n_rows,
                sum(amount_minor) as minor_units,
                sum(abs(amount_minor)) as absolute_units,
                count({value}) as n_valued,
                coalesce(sum({value}), 0) as value_units,
                coalesce(sum(abs({value})), 0) as absolute_value
            from narrow_revenue
            group by mark, kind_number, key_number, charged_day, customer < 0, {value} is null
        ) as days
    ) as named
) as placed
join revenue_marks as marks on marks.mark = placed.mark
group by marks.file, marks.currency, kind, matched_by, place, month
