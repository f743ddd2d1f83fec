"""Keras builders of every network in the series, their recipes, and how they are trained."""
