"""The hot path of orders: live windows and running totals, from the topic as messages come."""
