{#- Products of Databricks as FOCUS services, each of one category and one subcategory of the specification.
    Columns: billing_origin_product, service_name, service_category, service_subcategory. -#}
{% macro focus_services() -%}
    select * from values
        ('ALL_PURPOSE', 'All-Purpose Compute', 'Analytics', 'Analytics Platforms'),
        ('INTERACTIVE', 'Interactive Compute', 'Analytics', 'Analytics Platforms'),
        ('NOTEBOOKS', 'Notebooks', 'Analytics', 'Analytics Platforms'),
        ('JOBS', 'Jobs', 'Analytics', 'Data Processing'),
        ('DLT', 'Declarative Pipelines', 'Analytics', 'Data Processing'),
        ('PREDICTIVE_OPTIMIZATION', 'Predictive Optimization', 'Analytics', 'Data Processing'),
        ('SQL', 'SQL Warehouses', 'Databases', 'Data Warehouses'),
        ('ONLINE_TABLES', 'Online Tables', 'Databases', 'NoSQL Databases'),
        ('DATABASE', 'Lakebase', 'Databases', 'Relational Databases'),
        ('MODEL_SERVING', 'Model Serving', 'AI and Machine Learning', 'Machine Learning'),
        ('FOUNDATION_MODEL_TRAINING', 'Model Training', 'AI and Machine Learning', 'Generative AI'),
        ('VECTOR_SEARCH', 'Vector Search', 'AI and Machine Learning', 'AI Platforms'),
        ('AGENT_EVALUATION', 'Agent Evaluation', 'AI and Machine Learning', 'Generative AI'),
        ('LAKEHOUSE_MONITORING', 'Lakehouse Monitoring', 'Management and Governance', 'Observability'),
        ('LAKEFLOW_CONNECT', 'Lakeflow Connect', 'Migration', 'Data Migration'),
        ('APPS', 'Apps', 'Web', 'Application Platforms'),
        ('NETWORKING', 'Networking', 'Networking', 'Network Connectivity'),
        ('DEFAULT_STORAGE', 'Default Storage', 'Storage', 'Storage Platforms')
        as services (billing_origin_product, service_name, service_category, service_subcategory)
{%- endmacro %}


{#- The name by which FOCUS examples know the company that hosts the compute. -#}
{% macro host_provider(cloud) -%}
    case {{ cloud }} when 'AWS' then 'AWS' when 'AZURE' then 'Microsoft' when 'GCP' then 'Google Cloud' else {{ cloud }} end
{%- endmacro %}
