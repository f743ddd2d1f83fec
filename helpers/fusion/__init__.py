"""Joining what a video and an audio network predict for the same clip (thesis, chapter V).

``alignment`` pairs clip scores by clip, ``combiners`` turn a pair into one prediction, ``dense``
trains many small networks at once, ``comparison`` tests them against the single modality, and
``replication`` recomputes the thesis's own table from its own vectors.
"""
