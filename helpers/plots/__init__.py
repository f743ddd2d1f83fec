"""Figures of the series. Every function returns a matplotlib Figure and shows nothing.

``scores`` draws what all notebooks share; ``faces``, ``audio`` and ``fusion`` what theirs need.
"""
