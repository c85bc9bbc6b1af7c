{#- A view: few hours are incomplete at a time. It names what is held back and has no money. -#}
{{ config(materialized='view', meta={'reads_incomplete': 'names what is held back'}) }}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}

),

incomplete_hours as (

    select
        source_name,
        sector_date,
        sector_started_at
    from {{ ref('int_platform__time_sectors') }}
    where source_name in ('billing_usage', 'billable_usage') and not is_hour_complete
    group by all

),

held_back_usage as (

    select
        {{ billed_account('usage_records.account_id') }} as account_id,
        usage_records.usage_date,
        count(*) as record_count
    from usage_records
    inner join incomplete_hours
        on
            usage_records.source_name = incomplete_hours.source_name
            and usage_records.usage_date = incomplete_hours.sector_date
            and date_trunc('hour', usage_records.usage_started_at) = incomplete_hours.sector_started_at
    group by all

)

select * from held_back_usage
