{#- Reads what is incomplete in order to say so; it has no money. -#}
{{ config(partition_by='usage_date', meta={'day': 'usage_date', 'reads_incomplete': 'names what is held back'}) }}

{% set usage_sources = ['billing_usage', 'billable_usage'] -%}
{% set changed = changed_days([
    {
        'relation': ref('int_platform__time_sectors'),
        'days': 'select distinct sector_date from changed where source_name in (' ~ literals(usage_sources) ~ ')',
    },
]) -%}

with incomplete_sectors as (

    select * from {{ ref('int_platform__time_sectors') }}
    where
        source_name in ({{ literals(usage_sources) }})
        and not is_hour_complete
        and {{ falls_in('sector_date', changed) }}

),

-- A region that has delivered everything waits with the others: billing takes an hour whole or not at all.
sector_breaks as (

    select
        sector_date as usage_date,
        cast(null as string) as account_id,
        if(is_time_sector_complete, 'held_back_sector', 'incomplete_sector') as break_type,
        source_name as subject,
        region,
        cast(sum(silver_quantity) as decimal(34, 24)) as usage_quantity,
        concat(
            {{ break_sentence("if(is_time_sector_complete, 'held_back_sector', 'incomplete_sector')") }},
            {{ first_three("date_format(sector_started_at, 'HH:mm')", 'hours from') }}
        ) as detail
    from incomplete_sectors
    group by sector_date, is_time_sector_complete, source_name, region

)

select * from sector_breaks
