"""Fixtures that all tests share."""

pytest_plugins = ["tests.lakehouse_fixtures"]
