"""From frames to a clip, and from a clip's video and audio to one answer (thesis, chapter V).

``frames`` makes one score of all frames of a clip. ``alignment`` pairs clip scores by clip,
``combiners`` turn a pair into one prediction, ``dense`` trains many small networks at once,
``comparison`` tests them against the single modality, ``people`` puts a reader beside them, and
``replication`` recomputes the thesis's own table from its own vectors.
"""
