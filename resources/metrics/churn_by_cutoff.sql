-- Written by `make metrics` from models/metrics as of 3d45dd67fc3e
WITH sma_10003_cte AS (
  SELECT
    DATE_TRUNC('day', cutoff_date) AS metric_time__day
    , shop
    , case when is_churned then 1 else 0 end AS __churned_customers
    , 1 AS __judged_customers
  FROM `lakeledger`.`silver`.`int_commerce__customer_outcomes` customer_outcomes_src_10000
)

, sma_10002_cte AS (
  SELECT
    DATE_TRUNC('day', cutoff_date) AS metric_time__day
    , shop
    , churn_probability AS __predicted_lost
    , 1 AS __scored_customers
  FROM `lakeledger`.`gold_operational`.`ops_churn_predictions` churn_predictions_src_10000
)

SELECT
  COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_18.metric_time__day, subq_23.metric_time__day) AS metric_time__day
  , COALESCE(subq_6.shop, subq_11.shop, subq_18.shop, subq_23.shop) AS shop
  , MAX(subq_6.churn_rate) AS churn_rate
  , MAX(subq_11.churned_customers) AS churned_customers
  , MAX(subq_18.predicted_churn_rate) AS predicted_churn_rate
  , MAX(subq_23.scored_customers) AS scored_customers
FROM (
  SELECT
    metric_time__day
    , shop
    , lost / nullif(customers, 0) AS churn_rate
  FROM (
    SELECT
      metric_time__day
      , shop
      , SUM(__churned_customers) AS lost
      , SUM(__judged_customers) AS customers
    FROM sma_10003_cte
    GROUP BY
      metric_time__day
      , shop
  ) subq_5
) subq_6
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , shop
    , SUM(__churned_customers) AS churned_customers
  FROM sma_10003_cte
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
    , lost / nullif(customers, 0) AS predicted_churn_rate
  FROM (
    SELECT
      metric_time__day
      , shop
      , SUM(__predicted_lost) AS lost
      , SUM(__scored_customers) AS customers
    FROM sma_10002_cte
    GROUP BY
      metric_time__day
      , shop
  ) subq_17
) subq_18
ON
  (
    COALESCE(subq_6.metric_time__day, subq_11.metric_time__day) = subq_18.metric_time__day
  ) AND (
    COALESCE(subq_6.shop, subq_11.shop) = subq_18.shop
  )
FULL OUTER JOIN (
  SELECT
    metric_time__day
    , shop
    , SUM(__scored_customers) AS scored_customers
  FROM sma_10002_cte
  GROUP BY
    metric_time__day
    , shop
) subq_23
ON
  (
    COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_18.metric_time__day) = subq_23.metric_time__day
  ) AND (
    COALESCE(subq_6.shop, subq_11.shop, subq_18.shop) = subq_23.shop
  )
GROUP BY
  COALESCE(subq_6.metric_time__day, subq_11.metric_time__day, subq_18.metric_time__day, subq_23.metric_time__day)
  , COALESCE(subq_6.shop, subq_11.shop, subq_18.shop, subq_23.shop)
