{{ config(partition_by='usage_date', meta={'day': 'usage_date'}) }}

{% set changed = changed_days([
    {'relation': ref('fct_usage_hourly'), 'days': 'select distinct usage_date from changed'},
]) -%}
{% set bill_line = bill_line_columns() -%}
{% set line_key = bill_line_key() -%}
{% set bearers = {
    'job_run': 'job_run_id', 'cluster': 'cluster_id', 'warehouse': 'warehouse_id',
    'user': 'coalesce(run_as, owned_by)', 'team': tag_value(var('team_tag', 'team')),
} -%}
{% for tag in var('allocation_tags', ['team', 'environment', 'cost_center']) -%}
    {% do bearers.update({'tag:' ~ tag: tag_value(tag)}) -%}
{% endfor -%}

with bill as (

    select * from {{ ref('fct_usage_hourly') }}
    where {{ falls_in('usage_date', changed) }}

),

usage_records as (

    select
        *,
        date_trunc('hour', usage_started_at) as usage_hour_at
    from {{ ref('int_platform__priced_usage_records') }}
    where {{ falls_in('usage_date', changed) }}

),

-- Who bears a record, once for every kind of bearer; null where the record names nobody.
borne as (

    select
        {{ line_key | join(', ') }},
        usage_quantity,
        inline(array(
            {% for kind, bearer in bearers.items() %}
                {{ borne_by(kind, bearer, 'job_id' if kind == 'job_run' else 'null') }}{{ ',' if not loop.last }}
            {% endfor %}
        ))
    from usage_records

),

bearer_quantities as (

    select
        {{ line_key | join(', ') }},
        allocation_kind,
        bearer,
        job_id,
        cast(sum(usage_quantity) as decimal(34, 24)) as usage_quantity
    from borne
    group by all

),

products as (

    select
        bearer_quantities.*,
        bill.currency_code,
        bill.price_status,
        bill.billed_cost as line_cost,
        cast(bearer_quantities.usage_quantity * bill.billed_price as decimal(37, 21)) as product
    from bill
    inner join bearer_quantities
        on {{ same_bill_line('bill', 'bearer_quantities') }}

),

shares as (

    select
        *,
        cast(floor(product, 18) as decimal(34, 18)) as cost_share,
        product - cast(floor(product, 18) as decimal(34, 18)) as cost_remainder
    from products

),

allocated as (

    {{ largest_remainder(
        'shares', whole='line_cost', share='cost_share', remainder='cost_remainder', amount='billed_cost',
        within=bill_line + ['allocation_kind'], tie_break=['bearer', 'job_id'], scale=18
    ) }}

),

allocation_hourly as (

    select
        {{ bill_line | join(', ') }},
        allocation_kind,
        coalesce(bearer, {{ nobody('allocation_kind') }}) as allocated_to,
        bearer is not null as is_allocated,
        job_id,
        usage_quantity,
        billed_cost
    from allocated

)

select * from allocation_hourly
