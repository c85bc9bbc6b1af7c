"""Fixtures and settings that all tests share."""

from hypothesis import settings

# In this order: the last one imports the first.
pytest_plugins = ["tests.installed", "tests.lakehouse_fixtures", "tests.faults.live_orders"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
