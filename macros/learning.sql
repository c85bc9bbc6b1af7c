{#- What models of customers are made of, and the tables that `lakeledger models` writes: their rows are not made again, like
    those of the ledger (docs/decisions/0040-models-are-jobs.md). -#}

{% macro create_learning() -%}
    {%- set predicted = 'shop string not null, model_version string not null, cutoff_date date not null, ' -%}
    {%- do create_kept_tables('learning', {
        'model_runs': model_runs_columns(),
        'churn_scores': predicted ~ 'customer_key string not null, churn_probability decimal(9,6) not null,'
            ~ ' scored_at timestamp not null',
        'customer_segments': predicted ~ 'customer_key string not null, segment string not null,'
            ~ ' scored_at timestamp not null',
        'product_recommendations': predicted ~ 'customer_key string not null, product_key string not null,'
            ~ ' recommendation_rank int not null, score decimal(12,6) not null, scored_at timestamp not null',
        'feature_drift': predicted ~ 'model string not null, feature string not null, psi decimal(12,6) not null,'
            ~ ' scored_at timestamp not null',
    }) -%}
{%- endmacro %}


{% macro model_runs_columns() -%}
    run_id string not null,
    model string not null,
    shop string not null,
    model_version string not null,
    status string not null,
    reason string not null,
    cutoff_date date not null,
    train_rows bigint not null,
    test_rows bigint not null,
    metric string not null,
    metric_value decimal(9,6) not null,
    metric_low decimal(9,6) not null,
    metric_high decimal(9,6) not null,
    baseline string not null,
    baseline_value decimal(9,6) not null,
    baseline_low decimal(9,6) not null,
    baseline_high decimal(9,6) not null,
    difference decimal(9,6) not null,
    difference_low decimal(9,6) not null,
    difference_high decimal(9,6) not null,
    fingerprint string not null,
    trained_at timestamp not null
{%- endmacro %}


{#- The orders of each shop that models learn from. -#}
{% macro learning_shops() -%}
    {%- set orders = {
        'retail': ref('int_commerce__retail_orders'), 'marketplace': ref('int_commerce__marketplace_orders')
    } -%}
    {%- set chosen = {} -%}
    {%- for shop, relation in orders.items() if shop in var('learning_shops') -%}
        {%- do chosen.update({shop: relation}) -%}
    {%- endfor -%}
    {{ return(chosen) }}
{%- endmacro %}


{#- Orders of known customers, of those shops: what was bought, and what was taken back. -#}
{% macro customer_orders() -%}
    select *
    from (
        select
            'retail' as shop,
            order_key,
            customer_key,
            order_date,
            revenue > 0 as is_purchase,
            revenue
        from {{ ref('int_commerce__retail_orders') }}
        where order_type in ('sale', 'return')
        union all
        select
            'marketplace' as shop,
            order_key,
            customer_key,
            order_date,
            revenue > 0 as is_purchase,
            revenue
        from {{ ref('int_commerce__marketplace_orders') }}
        where not is_cancelled
    )
    where customer_key is not null and shop in ({{ literals(var('learning_shops')) }})
{%- endmacro %}


{#- One row per shop: its first day and the newest one of which anything was heard. -#}
{% macro heard_days() -%}
    select
        shop,
        min(order_date) as first_date,
        max(order_date) as newest_date
    from (
        select
            'retail' as shop,
            order_date
        from {{ ref('int_commerce__retail_orders') }}
        union all
        select
            'marketplace' as shop,
            order_date
        from {{ ref('int_commerce__marketplace_orders') }}
    )
    where shop in ({{ literals(var('learning_shops')) }})
    group by shop
{%- endmacro %}


{#- Every Monday from one day to another; none where the first is later. -#}
{% macro mondays(first_date, last_date) -%}
    explode(if(
            {{ first_date }} <= {{ last_date }},
            sequence({{ first_date }}, {{ last_date }}, interval 7 days),
            array()
        ))
{%- endmacro %}


{#- Cut-offs whose features orders tell about: those after the first changed order, and those that are over since then. -#}
{% macro cutoffs_after_changes(orders) -%}
    select {{ mondays('first_date', 'last_date') }} as cutoff_date
    from (
        select
            next_day(least(changed.first_date, kept.newest_cutoff_date), 'MON') as first_date,
            cast(date_trunc('week', heard.newest_date) as date) as last_date
        from (select min(order_date) as first_date from changed having count(*) > 0) as changed
        cross join (select max(cutoff_date) as newest_cutoff_date from {{ this }}) as kept
        cross join (select max(order_date) as newest_date from {{ orders }}) as heard
    )
{%- endmacro %}


{#- Cut-offs whose outcome orders tell about: those with a changed order within the horizon, and those whose horizon is over
    since then. -#}
{% macro cutoffs_with_outcomes(features, orders) -%}
    {%- set horizon = var('churn_horizon_days') -%}
    select known.cutoff_date
    from (select distinct cutoff_date from {{ features }}) as known
    cross join (select max(order_date) as newest_date from {{ orders }}) as heard
    cross join (select max(cutoff_date) as newest_cutoff_date from {{ this }}) as kept
    inner join (select distinct order_date from changed) as changed
        on changed.order_date >= known.cutoff_date and changed.order_date < date_add(known.cutoff_date, {{ horizon }})
        or known.cutoff_date > coalesce(kept.newest_cutoff_date, date'1900-01-01')
    where date_add(known.cutoff_date, {{ horizon }}) <= heard.newest_date
{%- endmacro %}


{#- Rows of a table of predictions that count: for each shop and cut-off those of the newest version that was promoted. -#}
{% macro promoted(predictions, model) -%}
    select predictions.*
    from {{ predictions }} as predictions
    inner join (
        select distinct
            shop,
            model_version,
            trained_at
        from {{ source('learning', 'model_runs') }}
        where model = '{{ model }}' and status = 'promoted'
    ) as versions using (shop, model_version)
    qualify dense_rank() over (
        partition by shop, cutoff_date order by versions.trained_at desc, model_version desc
    ) = 1
{%- endmacro %}


{#- changed_days of it: cut-offs with new rows, and those whose version was promoted since. -#}
{% macro changed_predictions(predictions) -%}
    {{ return(changed_days([
        {'relation': predictions, 'days': 'select distinct cutoff_date from changed'},
        {
            'relation': source('learning', 'model_runs'),
            'days': 'select distinct predictions.cutoff_date from ' ~ predictions
                ~ ' as predictions inner join changed using (shop, model_version)',
        },
    ])) }}
{%- endmacro %}


{#- CTE `regions` and flags of a prediction: it is partial while nothing later than its cut-off has been heard. -#}
{% macro learning_watermarks() -%}
    select array(struct('global' as region, max(cast(newest_date as timestamp)) as heard_through_at)) as watermarks
    from ({{ heard_days() }})
{%- endmacro %}
