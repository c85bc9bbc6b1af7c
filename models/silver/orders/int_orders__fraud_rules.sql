{#- Few rows; the seed is loaded anew by every build, and only what differs is written here. -#}
{{ config(incremental_strategy='mirror', unique_key='rule') }}

with seed as (

    select * from {{ ref('fraud_rules') }}

),

fraud_rules as (

    select
        rule,
        threshold,
        minimum,
        window_minutes,
        min_orders,
        weight,
        enabled,
        description
    from seed
    where enabled

)

select * from fraud_rules
