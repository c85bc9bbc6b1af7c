"""What runs of dbt came to, from the files that dbt leaves, into tables; beside the run."""
