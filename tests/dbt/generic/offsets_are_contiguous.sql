{#- Of every partition of a topic each offset is there once, from the first that is there to the newest: nothing was
    lost on the way from the broker, and nothing came twice. A row that was put at the end once more has no offset. -#}
{% test offsets_are_contiguous(model) %}
{{ config(tags=['full_scan']) }}

with partitions as (

    select
        kafka_topic,
        kafka_partition,
        count(*) as row_count,
        count(distinct kafka_offset) as offset_count,
        max(kafka_offset) - min(kafka_offset) + 1 as span
    from {{ model }}
    where kafka_offset is not null
    group by all

)

select * from partitions
where row_count <> span or offset_count <> span

{% endtest %}
