{#- Names of workspaces and numbers of invoices may change long after the charge: a view always shows the present ones.
    Column names are those of the specification, docs/focus.md. -#}
{{ config(materialized='view') }}

with charges as (

    select
        *,
        to_timestamp(concat(billing_period, '-01')) as period_started_at,
        if(charge_class is null, 0, null) as no_price
    from {{ ref('fct_charges') }}

),

services as (

    {{ focus_services() }}

),

workspaces as (

    select
        workspace_id,
        max_by(workspace_name, snapshot_at) as workspace_name
    from {{ ref('stg_platform__workspaces') }}
    group by workspace_id

),

invoices as (

    select
        account_id,
        billing_period,
        max(invoice_id) as invoice_id
    from {{ ref('invoice_lines') }}
    group by account_id, billing_period
    having count(distinct invoice_id) = 1

),

focus_rows as (

    select -- noqa: disable=CP02
        cast(null as string) as AvailabilityZone,
        cast(coalesce(charges.billed_cost, 0) as decimal(38, 18)) as BilledCost,
        charges.account_id as BillingAccountId,
        charges.account_id as BillingAccountName,
        'Account' as BillingAccountType,
        coalesce(charges.currency_code, '{{ var("billing_currency", "USD") }}') as BillingCurrency,
        charges.period_started_at + interval 1 month as BillingPeriodEnd,
        charges.period_started_at as BillingPeriodStart,
        'Usage' as ChargeCategory,
        charges.charge_class as ChargeClass,
        concat(coalesce(services.service_name, 'Databricks'), ': ', charges.sku_name) as ChargeDescription,
        'Usage-Based' as ChargeFrequency,
        charges.usage_hour_at + interval 1 hour as ChargePeriodEnd,
        charges.usage_hour_at as ChargePeriodStart,
        charges.usage_quantity as ConsumedQuantity,
        charges.usage_unit as ConsumedUnit,
        cast(coalesce(charges.billed_cost, 0) as decimal(38, 18)) as ContractedCost,
        cast(coalesce(charges.billed_price, charges.no_price) as decimal(16, 10)) as ContractedUnitPrice,
        cast(coalesce(charges.billed_cost, 0) as decimal(38, 18)) as EffectiveCost,
        {{ host_provider('charges.cloud') }} as HostProviderName,
        invoices.invoice_id as InvoiceId,
        if(charges.cloud = 'AZURE', 'Microsoft', 'Databricks') as InvoiceIssuerName,
        cast(coalesce(charges.list_cost, charges.billed_cost, 0) as decimal(38, 18)) as ListCost,
        cast(coalesce(charges.list_price, charges.billed_price, charges.no_price) as decimal(16, 10)) as ListUnitPrice,
        'Standard' as PricingCategory,
        charges.usage_quantity as PricingQuantity,
        charges.usage_unit as PricingUnit,
        'Databricks' as ProviderName,
        'Databricks' as PublisherName,
        charges.region as RegionId,
        charges.region as RegionName,
        coalesce(charges.cluster_id, charges.warehouse_id) as ResourceId,
        cast(null as string) as ResourceName,
        case
            when charges.cluster_id is not null then 'Cluster'
            when charges.warehouse_id is not null then 'SQL Warehouse'
        end as ResourceType,
        coalesce(services.service_category, 'Other') as ServiceCategory,
        coalesce(services.service_name, 'Databricks') as ServiceName,
        'Databricks' as ServiceProviderName,
        coalesce(services.service_subcategory, 'Other (Other)') as ServiceSubcategory,
        charges.sku_name as SkuId,
        concat(charges.usage_unit, ' usage') as SkuMeter,
        to_json(struct(charges.cloud as x_Cloud, charges.usage_unit as x_UsageUnit)) as SkuPriceDetails,
        concat_ws('/', charges.sku_name, charges.cloud, charges.usage_unit) as SkuPriceId,
        charges.workspace_id as SubAccountId,
        coalesce(workspaces.workspace_name, charges.workspace_id) as SubAccountName,
        if(charges.workspace_id is null, null, 'Workspace') as SubAccountType,
        charges.charge_tags as Tags,
        charges.billing_origin_product as x_BillingOriginProduct,
        'billing' as x_Grade,
        charges.is_sealed as x_IsSealed,
        charges.original_period as x_OriginalPeriod,
        charges.price_status as x_PriceStatus,
        charges.usage_date as x_UsageDate
    from charges
    left join services on charges.billing_origin_product = services.billing_origin_product
    left join workspaces on charges.workspace_id = workspaces.workspace_id
    left join invoices
        on charges.account_id = invoices.account_id and charges.billing_period = invoices.billing_period

)

select * from focus_rows
