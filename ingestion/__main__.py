"""``python -m ingestion``: the same command, also for a Python task on Databricks."""

from ingestion.cli import app

if __name__ == "__main__":
    app()
