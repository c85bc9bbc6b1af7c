"""What can be wrong with the inputs of the cost model."""


class BadInputs(Exception):
    """Inputs that nothing can be computed from; says which, where, and what to do."""
