"""Figures of the pipeline for Prometheus: what waits, what fails, how old things are."""
