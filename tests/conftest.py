"""Fixtures and settings that all tests share."""

from hypothesis import settings

pytest_plugins = ["tests.installed", "tests.lakehouse_fixtures"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
