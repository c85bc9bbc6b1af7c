"""Models of customers as jobs: trained, compared, promoted or refused, scored, watched."""
