"""Clustering photos of which it is known what kind each is of."""
