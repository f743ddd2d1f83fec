"""How much faster the helpers are than the plain way: ``python -m helpers.series benchmark``.

One module a topic with a list ``ROWS``; ``measure`` times both ways of a row in one process, by
turns, so that a busy machine slows both down.
"""
