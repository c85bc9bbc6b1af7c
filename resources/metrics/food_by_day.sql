-- Written by `make metrics` from models/metrics as of 3d45dd67fc3e
WITH sma_10004_cte AS (
  SELECT
    DATE_TRUNC('day', order_date) AS metric_time__day
    , category AS food_sale__category
    , order_count AS __food_orders
    , quantity AS __food_portions
    , revenue AS __food_revenue
  FROM `lakeledger`.`gold_billing`.`fct_revenue_daily` food_sales_src_10000
)

SELECT
  COALESCE(subq_5.metric_time__day, subq_11.metric_time__day) AS metric_time__day
  , COALESCE(subq_5.food_sale__category, subq_11.food_sale__category) AS food_sale__category
  , MAX(subq_5.food_revenue) AS food_revenue
  , MAX(subq_5.food_orders) AS food_orders
  , MAX(subq_5.food_portions) AS food_portions
  , MAX(subq_11.food_basket) AS food_basket
FROM (
  SELECT
    metric_time__day
    , food_sale__category
    , SUM(__food_revenue) AS food_revenue
    , SUM(__food_orders) AS food_orders
    , SUM(__food_portions) AS food_portions
  FROM sma_10004_cte
  GROUP BY
    metric_time__day
    , food_sale__category
) subq_5
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , food_sale__category
    , revenue / nullif(orders, 0) AS food_basket
  FROM (
    SELECT
      metric_time__day
      , food_sale__category
      , SUM(__food_revenue) AS revenue
      , SUM(__food_orders) AS orders
    FROM sma_10004_cte
    GROUP BY
      metric_time__day
      , food_sale__category
  ) subq_10
) subq_11
ON
  (
    subq_5.food_sale__category = subq_11.food_sale__category
  ) AND (
    subq_5.metric_time__day = subq_11.metric_time__day
  )
GROUP BY
  COALESCE(subq_5.metric_time__day, subq_11.metric_time__day)
  , COALESCE(subq_5.food_sale__category, subq_11.food_sale__category)
