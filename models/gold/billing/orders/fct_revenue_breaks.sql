{#- A view: a break that was mended or waived a moment ago blocks nothing. -#}
{{ config(materialized='view') }}

with seals as (

    select * from {{ source('ledger', 'revenue_seals') }}

),

-- Months with orders, and the one that would take corrections in.
months as (

    select {{ billing_period('order_date') }} as billing_period from {{ ref('fct_revenue_daily') }}
    union distinct
    select {{ next_period('max(billing_period)') }} as billing_period
    from seals
    having count(*) > 0

),

periods as (

    select
        'orders' as account_id,
        months.billing_period,
        last_day(to_date(months.billing_period, 'yyyy-MM')) as last_day
    from months
    left anti join seals on months.billing_period = seals.billing_period

),

region_watermarks as (

    select * from {{ ref('int_orders__region_watermarks') }}

),

decisions as (

    select * from {{ source('silver', 'quarantine_decisions') }}

),

-- What nobody has decided on, on the day that it names and on the day that it came; what is empty is no order.
dead_letters as (

    select
        quarantine.quarantine_reason,
        quarantine.region,
        quarantine.line_hash,
        explode(array_distinct(array_compact(array(
            cast(try_cast(get_json_object(quarantine.raw, '$.order_time') as timestamp) as date),
            cast(coalesce(quarantine.landed_at, quarantine.ingested_at) as date)
        )))) as order_date
    from {{ source('silver', 'quarantine') }} as quarantine
    left anti join decisions using (source, source_file, ingest_batch, line_hash)
    where quarantine.source = 'orders.orders' and quarantine.quarantine_reason not in ('no_value', 'empty_line')

),

found as (

    select
        periods.account_id,
        periods.billing_period,
        periods.last_day as order_date,
        'region_not_heard' as break_type,
        region_watermarks.region as subject,
        region_watermarks.region,
        concat(
            {{ break_sentence("'region_not_heard'") }}, ' (heard through ', region_watermarks.heard_through_at, ')'
        ) as detail
    from periods
    inner join region_watermarks on region_watermarks.heard_through_at < {{ awaited_until('periods.last_day') }}

    union all

    -- A message that was sent again is the same message.
    select
        periods.account_id,
        periods.billing_period,
        dead_letters.order_date,
        'rejected_orders' as break_type,
        dead_letters.quarantine_reason as subject,
        dead_letters.region,
        concat(
            {{ break_sentence("'rejected_orders'") }}, ' (messages: ', count(distinct dead_letters.line_hash), ')'
        ) as detail
    from periods
    inner join dead_letters on periods.billing_period = {{ billing_period('dead_letters.order_date') }}
    group by all

),

waivers as (

    select
        billing_period,
        subject,
        max_by(actor, occurred_at) as waived_by,
        max_by(reason, occurred_at) as waived_reason
    from {{ source('ledger', 'revenue_events') }}
    where event = 'waived'
    group by all

),

revenue_breaks as (

    select
        found.*,
        max(waivers.waived_by) is not null as is_waived,
        max(waivers.waived_by) as waived_by,
        max(waivers.waived_reason) as waived_reason
    from found
    left join waivers
        on
            found.billing_period = waivers.billing_period
            and waivers.subject in (found.break_type, concat(found.break_type, ': ', found.subject))
    group by all

)

select * from revenue_breaks
