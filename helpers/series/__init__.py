"""The series as a whole: ``python -m helpers.series run | build | check | exercises | …``.

The sources are ``notebooks/src/NN_topic.py``; everything else under ``notebooks/`` and ``results/``
is made from them.
"""
