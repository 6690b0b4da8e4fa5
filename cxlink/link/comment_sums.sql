-- comments of each customer that name a cause, as sums; a comment without a customer stands alone
with comments as (
    select response_id, coalesce('c' || customer, 'r' || response_id) as who
    from matched_feedback
    where trim(coalesce(comment, '')) <> '' and cast(responded_at as date) between $observed_from and $observed_to
),
sizes as (
    select who, count(distinct response_id) as m from comments group by who
),
hits as (
    select tags.component, tags.cause, comments.who, count(distinct comments.response_id) as h
    from tag_rows as tags
    join comments on tags.table_name = 'feedback' and tags.record_id = comments.response_id
    where tags.cause is not null
    group by tags.component, tags.cause, comments.who
)
select
    hits.component, hits.cause, sum(h) as hits, sum(h * h) as hits_squared, sum(h * m) as hits_by_rows,
    (select count(*) from sizes) as n_clusters, (select sum(m) from sizes) as n_rows,
    (select sum(m * m) from sizes) as rows_squared
from hits join sizes on sizes.who = hits.who
group by hits.component, hits.cause
order by hits.component, hits.cause
