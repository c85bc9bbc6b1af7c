{#- dbt's macro of this name, asked only where a model's configuration is another than the one that its table was last
    given. Comparing the two takes five questions to the catalog for each table and run; a property of the table answers
    with one (docs/decisions/0035-configuration-by-fingerprint.md). -#}
{% macro process_config_changes(target_relation, existing_relation=none) %}
    {%- set known, wanted = table_properties(target_relation).get('lakeledger.config'), config_fingerprint() -%}
    {%- if known != wanted -%}
        {{ dbt.process_config_changes(target_relation, existing_relation) }}
        {%- if known is not none -%}
            {%- do run_query('alter table ' ~ target_relation ~ " set tblproperties ('lakeledger.config' = '" ~ wanted ~ "')") -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- Hash of what a model says of its table: configuration, description, columns, constraints. -#}
{% macro config_fingerprint() -%}
    {{ return(local_md5(tojson(
        [dbt_version, model.config, model.description, model.columns, model.constraints], sort_keys=true
    ))) }}
{%- endmacro %}
