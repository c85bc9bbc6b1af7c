{#- A view: a break that was mended or waived a moment ago blocks nothing. -#}
{{ config(materialized='view') }}

with adjustments as (

    select * from {{ ref('fct_billing_adjustments') }}

),

all_breaks as (

    select * except (break_key) from {{ ref('fct_standing_breaks') }}
    union all
    select * from {{ ref('fct_rejected_usage') }}

),

-- A break of usage without an account is one of that usage; any other without one concerns every account.
breaks as (

    select
        *,
        if(
            break_type in (
                'unpriced_usage', 'unknown_unit', 'negative_net_usage', 'unmatched_retraction',
                'restatement_before_original', 'workspace_in_two_regions'
            ),
            {{ billed_account('account_id') }},
            account_id
        ) as broken_account
    from all_breaks

),

unsealed_days as (

    select * from {{ ref('fct_unsealed_days') }}

),

waivers as (

    select
        account_id,
        billing_period,
        subject,
        max_by(actor, occurred_at) as waived_by,
        max_by(reason, occurred_at) as waived_reason
    from {{ source('ledger', 'period_events') }}
    where event = 'waived'
    group by all

),

found as (

    select
        unsealed_days.account_id,
        unsealed_days.billing_period,
        breaks.usage_date,
        breaks.break_type,
        breaks.subject,
        breaks.region,
        breaks.usage_quantity,
        breaks.detail
    from unsealed_days
    inner join breaks
        on
            unsealed_days.corrected_date is null
            and unsealed_days.billing_period = {{ billing_period('breaks.usage_date') }}
            and coalesce(unsealed_days.account_id = breaks.broken_account, true)
            or unsealed_days.corrected_date = breaks.usage_date
            and unsealed_days.account_id = breaks.broken_account

    union all

    select
        account_id,
        adjustment_period as billing_period,
        usage_date,
        'unpriced_adjustment' as break_type,
        concat_ws(' ', sku_name, cloud, 'per', usage_unit) as subject,
        region,
        usage_quantity,
        'A correction of a closed period has no price: deliver the price, or waive this and it waits for a later period'
            as detail
    from adjustments
    where price_status = 'unpriced'

),

period_breaks as (

    select
        found.account_id,
        found.billing_period,
        found.usage_date,
        found.break_type,
        found.subject,
        found.region,
        found.usage_quantity,
        found.detail,
        max(waivers.waived_by) is not null as is_waived,
        max(waivers.waived_by) as waived_by,
        max(waivers.waived_reason) as waived_reason
    from found
    left join waivers
        on
            found.account_id = waivers.account_id
            and waivers.billing_period in (found.billing_period, {{ billing_period('found.usage_date') }})
            and waivers.subject in (found.break_type, concat(found.break_type, ': ', found.subject))
    group by all

)

select * from period_breaks
