{#- A view: days come of themselves. -#}
{{ config(materialized='view', meta={'owner': 'Platform data team'}) }}

with days as (

    select explode(sequence(cast('2009-01-01' as date), last_day(add_months(current_date(), 12)))) as day

)

select * from days
