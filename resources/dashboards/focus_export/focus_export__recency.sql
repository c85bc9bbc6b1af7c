{#- Hours of usage of each of the last 30 days: how many the dataset has, which it waits for, and the last arrival. #}
with newest as (

    select max(x_UsageDate) as newest_date from {{ ref('fct_focus_recency') }} -- noqa: disable=CP02

),

sectors as (

    select * from {{ ref('fct_focus_recency') }}
    where x_UsageDate > date_sub((select newest.newest_date from newest), 30)

),

recency as (

    select
        x_UsageDate,
        count_if(TimeSectorComplete) as complete_hour_count,
        array_sort(collect_list(TimeSectorStart) filter (where not TimeSectorComplete)) as incomplete_hours,
        max(TimeSectorLastUpdated) as TimeSectorLastUpdated,
        max(DatasetInstanceLastUpdated) as DatasetInstanceLastUpdated
    from sectors
    group by x_UsageDate

)

select * from recency
order by x_UsageDate desc
