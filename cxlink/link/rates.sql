-- the rate of each day on which something was charged in another currency: the latest one that is not too old
create table daily_rates as
select days.currency, days.charged_on, ranges.factor, constants.factor as constant_factor
from (
    select distinct currency, charged_on
    from revenue
    where currency <> $currency
) as days
left join fx_ranges as ranges
    on ranges.currency = days.currency
    and days.charged_on >= ranges.from_day and days.charged_on < ranges.until_day
left join fx_ranges as constants on constants.currency = days.currency and constants.is_constant
