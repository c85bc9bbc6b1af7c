-- Written by `make metrics` from models/metrics as of 3d45dd67fc3e
WITH sma_10006_cte AS (
  SELECT
    revenue AS __shop_amount
    , currency_code AS __shop_currencies
    , gross_revenue AS __shop_gross_amount
    , order_count AS __shop_orders
    , unit_count AS __shop_units
  FROM `lakeledger`.`gold_billing`.`fct_sales_daily` shop_sales_src_10000
)

SELECT
  MAX(subq_5.shop_orders) AS shop_orders
  , MAX(subq_5.shop_units) AS shop_units
  , MAX(subq_11.shop_revenue) AS shop_revenue
  , MAX(subq_17.shop_basket) AS shop_basket
FROM (
  SELECT
    SUM(__shop_orders) AS shop_orders
    , SUM(__shop_units) AS shop_units
  FROM sma_10006_cte
) subq_5
CROSS JOIN (
  SELECT
    case when currencies = 1 then amount end AS shop_revenue
  FROM (
    SELECT
      SUM(__shop_amount) AS amount
      , COUNT(DISTINCT __shop_currencies) AS currencies
    FROM sma_10006_cte
  ) subq_10
) subq_11
CROSS JOIN (
  SELECT
    case when currencies = 1 then amount / nullif(orders, 0) end AS shop_basket
  FROM (
    SELECT
      SUM(__shop_gross_amount) AS amount
      , SUM(__shop_orders) AS orders
      , COUNT(DISTINCT __shop_currencies) AS currencies
    FROM sma_10006_cte
  ) subq_16
) subq_17
