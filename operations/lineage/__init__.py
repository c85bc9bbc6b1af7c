"""What dbt has built, told to OpenLineage after the run."""
