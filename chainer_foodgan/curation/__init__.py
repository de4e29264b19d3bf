"""Choosing the photos to train on: by a classifier's confidence, and by what they look like."""
