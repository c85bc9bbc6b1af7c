"""Dashboards of the live system for Grafana, as code: built, written, and asked by a test."""
