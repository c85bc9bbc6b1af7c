{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set touched = 'select distinct usage_date from changed' -%}
{% set sealed = source('ledger', 'sealed_usage') -%}
{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': touched},
    {'relation': ref('fct_cost_allocation_hourly'), 'days': touched},
    {'relation': ref('fct_billing_adjustments'), 'days': touched},
    {'relation': sealed, 'days': touched},
    {'relation': source('ledger', 'period_seals'), 'days': days_of_sealed_periods(ref('fct_usage_hourly'), sealed)},
]) -%}
{% set line = bill_line_columns() + ['usage_quantity', 'list_cost', 'billed_cost'] -%}

with open_usage as (

    select
        usage_hourly.* except (account_id),
        {{ billed_account('usage_hourly.account_id') }} as account_id,
        {{ billing_period('usage_hourly.usage_date') }} as billing_period
    from {{ ref('fct_usage_hourly') }} as usage_hourly
    left anti join {{ source('ledger', 'period_seals') }} as seals
        on
            {{ billed_account('usage_hourly.account_id') }} = seals.account_id
            and {{ billing_period('usage_hourly.usage_date') }} = seals.billing_period
    where {{ falls_in('usage_hourly.usage_date', changed) }}

),

billed_usage as (

    select * from {{ ref('fct_billed_usage') }}
    where {{ falls_in('usage_date', changed) }}

),

adjustments as (

    select
        *,
        cast(null as decimal(16, 10)) as list_price,
        cast(null as decimal(16, 10)) as billed_price
    from {{ ref('fct_billing_adjustments') }}
    where {{ falls_in('usage_date', changed) }}

),

-- What is open moves with the usage, what was billed stays as it was sealed, and what came after the seal stands beside
-- it as a difference in a later period.
charges as (

    select
        {{ line | join(', ') }},
        billing_period,
        billing_period as original_period,
        cast(null as string) as charge_class,
        false as is_sealed
    from open_usage

    union all

    select
        {{ line | join(', ') }},
        billing_period,
        original_period,
        charge_class,
        true as is_sealed
    from billed_usage

    union all

    select
        {{ line | join(', ') }},
        adjustment_period as billing_period,
        original_period,
        charge_class,
        false as is_sealed
    from adjustments

),

-- A cluster, a warehouse or a tag belongs to a charge that it bears alone: a charge of two teams has no team.
sole_bearers as (

    select
        * except (account_id),
        {{ billed_account('account_id') }} as account_id
    from {{ ref('fct_cost_allocation_hourly') }}
    where {{ falls_in('usage_date', changed) }}
    qualify
        is_allocated
        and count(*) over (partition by {{ bill_line_key() | join(', ') }}, allocation_kind) = 1

),

bearers as (

    select
        {{ bill_line_key() | join(', ') }},
        max(if(allocation_kind = 'cluster', allocated_to, null)) as cluster_id,
        max(if(allocation_kind = 'warehouse', allocated_to, null)) as warehouse_id,
        {{ tags_as_json('allocation_kind', 'allocated_to') }} as charge_tags
    from sole_bearers
    group by all

),

borne_charges as (

    select
        charges.*,
        bearers.cluster_id,
        bearers.warehouse_id,
        bearers.charge_tags
    from charges
    left join bearers
        on {{ same_bill_line('charges', 'bearers') }}

)

select * from borne_charges
