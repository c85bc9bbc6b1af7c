{#- A view: a line that somebody decided on a moment ago blocks nothing. It names what is missing and has no money. -#}
{{ config(materialized='view') }}

with quarantine as (

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

-- A line that was delivered again is the same line. It may belong to anybody: it concerns every account.
rejected_usage as (

    select
        usage_date,
        cast(null as string) as account_id,
        'rejected_usage' as break_type,
        concat_ws(' ', source_name, quarantine_reason) as subject,
        region,
        cast(null as decimal(34, 24)) as usage_quantity,
        concat({{ break_sentence("'rejected_usage'") }}, ' (lines: ', count(distinct line_hash), ')') as detail
    from rejected_lines
    group by usage_date, source_name, quarantine_reason, region

)

select * from rejected_usage
