"""0xx: what ormlint says of itself and of the comments that speak to it."""
