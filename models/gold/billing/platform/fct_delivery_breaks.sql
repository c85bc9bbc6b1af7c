{#- A view: both are rare. It reads what is incomplete in order to name it, and has no money. -#}
{{ config(materialized='view', meta={'reads_incomplete': 'names what came twice or was rejected, has no money'}) }}

with usage_records as (

    select * from {{ ref('int_platform__usage_records') }}

),

-- Only on these days can usage have come both ways.
csv_days as (

    select distinct usage_date from {{ ref('stg_platform__billable_usage') }}

),

quarantine as (

    select * from {{ source('silver', 'quarantine') }}
    where source in ('platform.billing_usage', 'platform.billable_usage')

),

decisions as (

    select * from {{ source('silver', 'quarantine_decisions') }}

),

-- Those that nobody has decided on.
rejected_lines as (

    select
        quarantine.*,
        substring_index(quarantine.source, '.', -1) as source_name,
        coalesce(
            try_cast(get_json_object(quarantine.raw, '$.usage_date') as date),
            try_cast(get_json_object(quarantine.raw, '$.usage_start_time') as date),
            try_cast(get_json_object(quarantine.raw, '$.timestamp') as date),
            cast(coalesce(quarantine.landed_at, quarantine.ingested_at) as date)
        ) as usage_date
    from quarantine
    left anti join decisions using (source, source_file, ingest_batch, line_hash)

),

delivered_twice as (

    select
        usage_records.usage_date,
        'usage_delivered_twice' as break_type,
        concat_ws(' ', usage_records.sku_name, 'of workspace', usage_records.workspace_id) as subject,
        usage_records.region,
        {{ break_sentence("'usage_delivered_twice'") }} as detail
    from usage_records
    left semi join csv_days on usage_records.usage_date = csv_days.usage_date
    group by usage_records.usage_date, usage_records.workspace_id, usage_records.sku_name, usage_records.region
    having count(distinct usage_records.source_name) > 1

),

-- A line that was delivered again is the same line.
rejected_usage as (

    select
        usage_date,
        'rejected_usage' as break_type,
        concat_ws(' ', source_name, quarantine_reason) as subject,
        region,
        concat({{ break_sentence("'rejected_usage'") }}, ' (lines: ', count(distinct line_hash), ')') as detail
    from rejected_lines
    group by usage_date, source_name, quarantine_reason, region

),

-- What was rejected may belong to anybody: it concerns every account.
delivery_breaks as (

    select
        usage_date,
        cast(null as string) as account_id,
        break_type,
        subject,
        region,
        cast(null as decimal(34, 24)) as usage_quantity,
        detail
    from (
        select * from delivered_twice
        union all
        select * from rejected_usage
    ) as both_kinds

)

select * from delivery_breaks
