"""What the platform costs on Databricks and AWS, from measured rates and list prices."""
