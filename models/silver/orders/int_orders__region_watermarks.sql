{{ config(unique_key='region', meta={'merge': {'newer': 'arrived.heard_through_at > kept.heard_through_at'}}) }}

with arrived as (

    select * from {{ changes(ref('stg_orders__orders')) }}

),

region_watermarks as (

    select
        region,
        max(landed_at) as heard_through_at
    from arrived
    group by region

)

select * from region_watermarks
