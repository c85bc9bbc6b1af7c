"""Mails about customers whose orders look like frauds."""
