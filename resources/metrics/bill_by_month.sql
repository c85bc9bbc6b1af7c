-- Written by `make metrics` from models/metrics as of 3d45dd67fc3e
WITH sma_10001_cte AS (
  SELECT
    billing_period AS charge__billing_period
    , sku_name AS charge__sku_name
    , billed_cost AS __billed_cost
    , list_cost AS __list_cost
    , case when billed_cost is null then 1 else 0 end AS __unpriced_charges
  FROM `lakeledger`.`gold_billing`.`fct_charges` charges_src_10000
)

SELECT
  COALESCE(subq_5.charge__billing_period, subq_11.charge__billing_period) AS charge__billing_period
  , COALESCE(subq_5.charge__sku_name, subq_11.charge__sku_name) AS charge__sku_name
  , MAX(subq_5.billed_cost) AS billed_cost
  , MAX(subq_5.list_cost) AS list_cost
  , MAX(subq_5.unpriced_charges) AS unpriced_charges
  , MAX(subq_11.discount_share) AS discount_share
FROM (
  SELECT
    charge__billing_period
    , charge__sku_name
    , SUM(__billed_cost) AS billed_cost
    , SUM(__list_cost) AS list_cost
    , SUM(__unpriced_charges) AS unpriced_charges
  FROM sma_10001_cte
  GROUP BY
    charge__billing_period
    , charge__sku_name
) subq_5
FULL OUTER JOIN (
  SELECT
    charge__billing_period
    , charge__sku_name
    , 1 - billed / nullif(list, 0) AS discount_share
  FROM (
    SELECT
      charge__billing_period
      , charge__sku_name
      , SUM(__billed_cost) AS billed
      , SUM(__list_cost) AS list
    FROM sma_10001_cte
    GROUP BY
      charge__billing_period
      , charge__sku_name
  ) subq_10
) subq_11
ON
  (
    subq_5.charge__billing_period = subq_11.charge__billing_period
  ) AND (
    subq_5.charge__sku_name = subq_11.charge__sku_name
  )
GROUP BY
  COALESCE(subq_5.charge__billing_period, subq_11.charge__billing_period)
  , COALESCE(subq_5.charge__sku_name, subq_11.charge__sku_name)
