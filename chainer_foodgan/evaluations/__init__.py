"""Measuring: a classifier that judges translations, and what else can be said of them."""
