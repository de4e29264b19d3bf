"""Weights that do not ship: downloading, and the cache they are kept in."""
