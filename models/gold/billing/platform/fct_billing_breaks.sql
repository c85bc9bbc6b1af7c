{#- A view: a rejected line that somebody decided on a moment ago is no break. -#}
{{ config(materialized='view') }}

with standing_breaks as (

    select * from {{ ref('fct_standing_breaks') }}
    where break_type <> 'silent_hours'

),

rejected_usage as (

    select * from {{ ref('fct_rejected_usage') }}

),

billing_breaks as (

    select * except (break_key) from standing_breaks
    union all
    select * from rejected_usage

)

-- The columns are those of fct_rejected_usage.
select * from billing_breaks  -- noqa: AM04
