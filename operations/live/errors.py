"""What can go wrong with the live system, in sentences for a person."""


class ServiceFailed(Exception):
    """A service is missing, ended, or did not become healthy."""
