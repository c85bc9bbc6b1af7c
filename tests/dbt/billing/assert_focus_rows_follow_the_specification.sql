{#- Rules of FOCUS 1.3 for rows of Cost and Usage, each with its name: a row that breaks one fails. A product is
    compared with its cost within half a unit of the last decimal, the one rounding that a charge has. -#}
{% set is_product = "ChargeClass = 'Correction' or abs(cast(%s as decimal(37, 21)) "
    ~ "- cast(%s * PricingQuantity as decimal(37, 21))) <= 0.0000000000000000005" -%}
{% set rules = {
    'ChargeCategory is Usage': "ChargeCategory = 'Usage'",
    'ChargeClass is null or Correction': "coalesce(ChargeClass = 'Correction', true)",
    'only a correction has a charge period outside of its billing period':
        "ChargeClass = 'Correction' or (ChargePeriodStart >= BillingPeriodStart and ChargePeriodEnd <= BillingPeriodEnd)",
    'a correction is billed after the period that it corrects':
        "ChargeClass is null or ChargePeriodEnd <= BillingPeriodStart",
    'a billing period is a month':
        "BillingPeriodStart = date_trunc('month', BillingPeriodStart) "
        "and BillingPeriodEnd = BillingPeriodStart + interval 1 month",
    'a charge period is an hour':
        "ChargePeriodStart = date_trunc('hour', ChargePeriodStart) "
        "and ChargePeriodEnd = ChargePeriodStart + interval 1 hour",
    'ListCost is ListUnitPrice times PricingQuantity':
        is_product | format('ListCost', 'ListUnitPrice'),
    'ContractedCost is ContractedUnitPrice times PricingQuantity':
        is_product | format('ContractedCost', 'ContractedUnitPrice'),
    'without purchases the effective, contracted and billed costs are one':
        "EffectiveCost = BilledCost and ContractedCost = BilledCost",
    'unit prices are not below zero': "coalesce(ListUnitPrice >= 0, true) and coalesce(ContractedUnitPrice >= 0, true)",
    'usage says what was consumed and priced, and under which SKU':
        "ConsumedQuantity is not null and PricingQuantity is not null and SkuId is not null and SkuPriceId is not null "
        "and PricingCategory is not null "
        "and (ChargeClass = 'Correction' or (ListUnitPrice is not null and ContractedUnitPrice is not null))",
    'a unit stands beside its quantity':
        "(ConsumedUnit is null) = (ConsumedQuantity is null) and (PricingUnit is null) = (PricingQuantity is null)",
    'name and type stand beside the id':
        "(SubAccountId is null) = (SubAccountName is null) and (SubAccountId is null) = (SubAccountType is null) "
        "and (RegionId is null) = (RegionName is null) and (ResourceId is null) = (ResourceType is null)",
    'currencies are codes of three letters': "BillingCurrency rlike '^[A-Z]{3}$'",
    'Tags and SkuPriceDetails are JSON objects of plain values':
        "(Tags is null or from_json(Tags, 'map<string, string>', map('mode', 'FAILFAST')) is not null) "
        "and from_json(SkuPriceDetails, 'map<string, string>', map('mode', 'FAILFAST')) is not null",
    'only usage without a price costs nothing for lack of one':
        "x_PriceStatus = 'priced' or (BilledCost = 0 and ListCost = 0)",
} -%}

with charges as (

    select * from {{ ref('fct_focus_cost_and_usage') }}

),

broken_rules as (

    select -- noqa: disable=CP02
        ChargePeriodStart,
        SubAccountId,
        SkuPriceId,
        BilledCost,
        explode(array_compact(array(
            {% for rule, condition in rules.items() %}
                if(coalesce({{ condition }}, false), null, '{{ rule }}'){{ ',' if not loop.last }}
            {% endfor %}
        ))) as broken_rule
    from charges

)

select * from broken_rules
