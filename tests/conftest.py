"""Fixtures and settings that all tests share."""

import sys
from importlib.machinery import ModuleSpec

from hypothesis import settings

pytest_plugins = ["tests.installed", "tests.lakehouse_fixtures"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The main module of a worker of xdist has neither file nor specification; pyspark takes that for
# a run of its own doctests and ends the process.
_main = sys.modules["__main__"]
if _main.__spec__ is None and not hasattr(_main, "__file__"):
    _main.__spec__ = ModuleSpec("__main__", None)
