"""The close of billing periods: what blocks it, the seal, and proof that a seal still holds."""
