"""Labelled pictures: grids, sheets and plots."""
