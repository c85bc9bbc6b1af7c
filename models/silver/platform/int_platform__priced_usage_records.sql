{{ config(materialized='view') }}

with usage_records as (

    select * from {{ ref('int_platform__complete_usage_records') }}

),

price_books as (

    select * from {{ ref('int_platform__price_books') }}

),

priced_usage_records as (

    {{ priced('usage_records', 'price_books') }}

)

-- The columns are those of int_platform__usage_records.
select * from priced_usage_records  -- noqa: AM04
