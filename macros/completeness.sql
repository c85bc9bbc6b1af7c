{#- The sources that have sectors (hours by region): staging model, its day (the partition), the time that decides the
    hour, and whether there are workspaces, quantities and ids. A new source with sectors is a line here. -#}
{% macro sector_sources() -%}
    {{ return([
        {'name': 'billing_usage', 'model': ref('stg_platform__billing_usage'), 'day': 'usage_date',
            'at': 'usage_started_at', 'has_workspace': true, 'quantity': 'usage_quantity', 'has_ids': true},
        {'name': 'billable_usage', 'model': ref('stg_platform__billable_usage'), 'day': 'usage_date',
            'at': 'usage_started_at', 'has_workspace': true, 'quantity': 'usage_quantity'},
        {'name': 'audit_logs', 'model': ref('stg_platform__audit_logs'), 'day': 'event_date', 'at': 'event_at',
            'has_workspace': true},
        {'name': 'cloudtrail', 'model': ref('stg_platform__cloudtrail_events'), 'day': 'event_date',
            'at': 'event_at'},
        {'name': 'job_runs', 'model': ref('stg_platform__job_runs'), 'day': 'period_date',
            'at': 'period_started_at', 'has_workspace': true},
        {'name': 'job_task_runs', 'model': ref('stg_platform__job_task_runs'), 'day': 'period_date',
            'at': 'period_started_at', 'has_workspace': true},
        {'name': 'cluster_events', 'model': ref('stg_platform__cluster_events'), 'day': 'event_date',
            'at': 'event_at', 'has_workspace': true},
        {'name': 'cluster_metrics', 'model': ref('stg_platform__cluster_metrics'), 'day': 'metric_date',
            'at': 'started_at', 'has_workspace': true},
    ]) }}
{%- endmacro %}


{#- How long after the end of an hour a region must have landed a file for the hour to be over, for sources without
    manifests, as declared with them (meta.completeness in the sources yml). Columns: source_name,
    lateness_allowance_seconds. Unit tests see no declarations: there it is an hour for every source. -#}
{% macro lateness_allowances() -%}
    {%- set allowances = namespace(rows=[]) -%}
    {%- if execute and graph -%}
        {%- for node in graph.sources.values() if node.source_name == 'platform' and node.config.meta.completeness -%}
            {%- do allowances.rows.append([node.name, node.config.meta.completeness.lateness_allowance]) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, allowance in allowances.rows or [['job_runs', '1 hour']] %}
    select
        '{{ name }}' as source_name,
        unix_seconds(timestamp'1970-01-01' + interval {{ allowance }}) as lateness_allowance_seconds
    {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
{%- endmacro %}


{#- Days of sectors that new records or manifests touch: their own, and all days since where a region of a source shows
    earlier than it was known, or no longer shows where it was known first. Over `changed` with columns source_name,
    region, sector_date and _change_type. -#}
{% macro sector_days(changed) -%}
    select sector_date from (
        with net as (
            select
                source_name,
                region,
                sector_date,
                {{ net_count() }} as net_count
            from ({{ changed }})
            group by all
        ),

        moved as (
            select
                source_name,
                region,
                min(sector_date) as shown_date,
                min(if(net_count < 0, sector_date, null)) as left_date
            from net
            group by all
        ),

        known as (
            select source_name, region, min(sector_date) as first_date
            from {{ this }}
            where {{ has_spoken() }}
            group by all
        )

        select sector_date from net
        union
        select explode(sequence(
            moved.shown_date,
            if(moved.left_date <= known.first_date, newest.last_date, coalesce(known.first_date, newest.last_date))
        )) as sector_date
        from moved
        cross join (select max(sector_date) as last_date from {{ this }}) as newest
        left join known on moved.source_name = known.source_name and moved.region = known.region
        where
            moved.shown_date < newest.last_date
            and (moved.shown_date < coalesce(known.first_date, newest.last_date) or moved.left_date <= known.first_date)
    )
{%- endmacro %}


{#- Predicate over sectors: the region itself delivered or announced something in that hour. -#}
{% macro has_spoken() -%} (silver_records > 0 or expected_records is not null) {%- endmacro %}


{#- The changed records of a source as sector_days() wants them; a record counts for the home of its workspace. -#}
{% macro record_sectors(source, workspace_regions) -%}
    select
        '{{ source.name }}' as source_name,
        coalesce(home.region, changed.region) as region,
        changed.{{ source.day }} as sector_date,
        changed._change_type
    from changed
    left join {{ workspace_regions }} as home
        on {{ 'changed.workspace_id' if source.has_workspace else 'null' }} = home.workspace_id
{%- endmacro %}


{#- Days with sectors that a moved watermark completes: of its region, and of regions that have none of their own. Over
    `changed`, changed watermarks. -#}
{% macro days_now_over(watermarks) -%}
    select distinct sectors.sector_date
    from {{ this }} as sectors
    inner join changed on sectors.source_name = changed.source_name
    left join {{ watermarks }} as own
        on sectors.source_name = own.source_name and sectors.region = own.region
    where
        sectors.completeness_basis = 'watermark'
        and not sectors.is_time_sector_complete
        and (sectors.region = changed.region or own.region is null)
{%- endmacro %}


{#- All days since the first record of a workspace whose home turns out to be another region than the one that delivered
    it. Over `changed`, changed homes. -#}
{% macro days_since_a_move(sources) -%}
    select sectors.sector_date
    from {{ this }} as sectors
    cross join (
        {%- for source in sources if source.has_workspace %}
        select min(records.{{ source.day }}) as first_date
        from {{ source.model }} as records
        inner join changed on records.workspace_id = changed.workspace_id
        where records.region <> changed.region
        {%- if not loop.last %} union all {% endif %}
        {%- endfor %}
    ) as moved
    where sectors.sector_date >= moved.first_date
{%- endmacro %}


{#- Days of hours that became complete or incomplete. Over `changed`, changed sectors: a day that was written again
    with the same verdicts cancels out. -#}
{% macro days_with_new_verdicts(source_names) -%}
    select sector_date
    from changed
    where source_name in ({{ literals(source_names) }})
    group by sector_date, sector_key, is_hour_complete
    having {{ net_count() }} <> 0
{%- endmacro %}


{#- Predicate: the region had been given up by then (var retired_regions, region to time): its silence says nothing. -#}
{% macro is_retired(region, at) -%}
    {%- set retired = var('retired_regions', {}) -%}
    {%- for name in retired -%}
        {{ region }} = '{{ name }}' and {{ at }} >= timestamp'{{ retired[name] }}' or {% endfor -%}
    false
{%- endmacro %}


{#- Days with usage of a workspace whose home is another region now. Over `changed`, changed homes. -#}
{% macro days_of_moved_workspaces(usage_records) -%}
    select distinct usage.usage_date
    from {{ usage_records }} as usage
    inner join changed on usage.workspace_id = changed.workspace_id
{%- endmacro %}
