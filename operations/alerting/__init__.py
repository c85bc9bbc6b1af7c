"""Alerts about data: rules asked of the tables, told once, acknowledged, escalated, resolved."""
