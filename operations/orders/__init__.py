"""Simulated food orders on Kafka: what is sent, and what a correct consumer makes of it."""
