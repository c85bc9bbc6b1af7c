{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set usage_days = 'select distinct usage_date from changed' -%}
{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': usage_days},
    {'relation': ref('fct_cost_allocation_hourly'), 'days': usage_days},
    {'relation': ref('fct_billed_usage'), 'days': usage_days},
    {'relation': ref('fct_billing_adjustments'), 'days': usage_days},
]) -%}
{% set line_key = bill_line_key() -%}
{% set line = bill_line_columns() + ['usage_quantity', 'list_cost', 'billed_cost'] -%}

with open_usage as (

    select
        usage_hourly.*,
        date_format(usage_hourly.usage_date, 'yyyy-MM') as usage_period
    from {{ ref('fct_usage_hourly') }} as usage_hourly
    left anti join {{ ref('fct_period_states') }} as states
        on
            usage_hourly.account_id <=> states.account_id
            and date_format(usage_hourly.usage_date, 'yyyy-MM') = states.billing_period
            and states.period_state = 'CLOSED'
    where {{ falls_in('usage_hourly.usage_date', changed) }}

),

billed_usage as (

    select * from {{ ref('fct_billed_usage') }}
    where {{ falls_in('usage_date', changed) }}

),

adjustments as (

    select * from {{ ref('fct_billing_adjustments') }}
    where {{ falls_in('usage_date', changed) }}

),

-- What is open moves with the usage, what was billed stays as it was sealed, and what came after the seal stands beside
-- it as a difference in a later period.
charges as (

    select
        {{ line | join(', ') }},
        usage_period as billing_period,
        usage_period as original_period,
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
        {{ line_key | join(', ') }},
        allocation_kind,
        allocated_to
    from {{ ref('fct_cost_allocation_hourly') }}
    where {{ falls_in('usage_date', changed) }}
    qualify
        is_allocated
        and count(*) over (partition by {{ line_key | join(', ') }}, allocation_kind) = 1

),

bearers as (

    select
        {{ line_key | join(', ') }},
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
