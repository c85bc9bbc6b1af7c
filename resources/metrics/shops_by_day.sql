-- Written by `make metrics` from models/metrics as of 3d45dd67fc3e
WITH sma_10006_cte AS (
  SELECT
    DATE_TRUNC('day', order_date) AS metric_time__day
    , shop
    , revenue AS __shop_amount
    , cancelled_order_count AS __shop_cancelled_orders
    , currency_code AS __shop_currencies
    , gross_revenue AS __shop_gross_amount
    , order_count AS __shop_orders
    , unit_count AS __shop_units
  FROM `lakeledger`.`gold_billing`.`fct_sales_daily` shop_sales_src_10000
)

SELECT
  COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_17.metric_time__day, subq_24.metric_time__day) AS metric_time__day
  , COALESCE(subq_6.shop, subq_11.shop, subq_17.shop, subq_24.shop) AS shop
  , MAX(subq_6.shop_revenue) AS shop_revenue
  , MAX(subq_6.shop_cancelled_share) AS shop_cancelled_share
  , MAX(subq_11.shop_orders) AS shop_orders
  , MAX(subq_11.shop_units) AS shop_units
  , MAX(subq_11.shop_cancelled_orders) AS shop_cancelled_orders
  , MAX(subq_17.shop_basket) AS shop_basket
  , MAX(subq_24.shop_items) AS shop_items
FROM (
  SELECT
    metric_time__day
    , shop
    , case when currencies = 1 then amount end AS shop_revenue
    , cancelled / nullif(orders + cancelled, 0) AS shop_cancelled_share
  FROM (
    SELECT
      metric_time__day
      , shop
      , SUM(__shop_amount) AS amount
      , COUNT(DISTINCT __shop_currencies) AS currencies
      , SUM(__shop_cancelled_orders) AS cancelled
      , SUM(__shop_orders) AS orders
    FROM sma_10006_cte
    GROUP BY
      metric_time__day
      , shop
  ) subq_5
) subq_6
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , shop
    , SUM(__shop_orders) AS shop_orders
    , SUM(__shop_units) AS shop_units
    , SUM(__shop_cancelled_orders) AS shop_cancelled_orders
  FROM sma_10006_cte
  GROUP BY
    metric_time__day
    , shop
) subq_11
ON
  (
    subq_6.metric_time__day = subq_11.metric_time__day
  ) AND (
    subq_6.shop = subq_11.shop
  )
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , shop
    , case when currencies = 1 then amount / nullif(orders, 0) end AS shop_basket
  FROM (
    SELECT
      metric_time__day
      , shop
      , SUM(__shop_gross_amount) AS amount
      , SUM(__shop_orders) AS orders
      , COUNT(DISTINCT __shop_currencies) AS currencies
    FROM sma_10006_cte
    GROUP BY
      metric_time__day
      , shop
  ) subq_16
) subq_17
ON
  (
    COALESCE(subq_6.metric_time__day, subq_11.metric_time__day) = subq_17.metric_time__day
  ) AND (
    COALESCE(subq_6.shop, subq_11.shop) = subq_17.shop
  )
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , shop
    , SUM(shop_items) AS shop_items
  FROM (
    SELECT
      DATE_TRUNC('day', order_date) AS metric_time__day
      , shop
      , line_type AS item_key__line_type
      , 1 AS shop_items
    FROM `lakeledger`.`gold_billing`.`fct_order_items` shop_lines_src_10000
  ) subq_20
  WHERE item_key__line_type = 'sale'
  GROUP BY
    metric_time__day
    , shop
) subq_24
ON
  (
    COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_17.metric_time__day) = subq_24.metric_time__day
  ) AND (
    COALESCE(subq_6.shop, subq_11.shop, subq_17.shop) = subq_24.shop
  )
GROUP BY
  COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_17.metric_time__day, subq_24.metric_time__day)
  , COALESCE(subq_6.shop, subq_11.shop, subq_17.shop, subq_24.shop)
