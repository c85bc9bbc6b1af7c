{#- What each workspace has cost so far in the newest month and what the month will come to. A product without usage on
    the newest day has no row there: its newest row of the month counts. #}
with newest as (

    select max(usage_date) as newest_date from {{ ref('ops_spend_daily') }}

),

spend_daily as (

    select * from {{ ref('ops_spend_daily') }}
    where usage_date >= trunc((select newest.newest_date from newest), 'month')
    qualify row_number() over (
        partition by source_name, account_id, workspace_id, cloud, billing_origin_product order by usage_date desc
    ) = 1

),

-- One product without a forecast leaves the whole workspace without: half a forecast is none.
month_forecast as (

    select
        source_name,
        workspace_id,
        currency_code,
        max(usage_date) as newest_date,
        sum(month_to_date_cost) as month_to_date_cost,
        if(
            count(month_end_forecast_cost) = count(*), sum(month_end_forecast_cost), null
        ) as month_end_forecast_cost,
        bool_or(is_partial) as is_partial,
        max(as_of) as as_of
    from spend_daily
    group by source_name, workspace_id, currency_code

)

select * from month_forecast
order by month_to_date_cost desc nulls last, source_name asc, workspace_id asc
