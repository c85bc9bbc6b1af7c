"""What no staging model accepts: looked at, judged again after a fix, settled, expired."""
