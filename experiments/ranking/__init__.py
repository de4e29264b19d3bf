"""Ranking photos of which it is known which ones are wrong."""
