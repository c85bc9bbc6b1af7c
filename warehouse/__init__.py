"""The embedded lakehouse: the Databricks SQL protocol in front of in-process Spark and Delta."""
