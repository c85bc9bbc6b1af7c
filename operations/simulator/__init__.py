"""Seeded landing files in the delivered shapes, with faults, and the bill they must lead to."""
