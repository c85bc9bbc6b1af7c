{#- Days that were far from what was expected, over every domain: the worst first. -#}
with anomalies as (

    {{ duty_anomalies() }}

)

select
    severity,
    domain,
    day,
    series,
    metric,
    value,
    expected_value,
    z_score,
    explanation,
    is_partial
from anomalies
order by {{ severity_rank() }}, day desc, domain asc, series asc, metric asc
