"""Checks of the lab editions: right or wrong, and why in a sentence, without the answer.

One module a notebook, one function a task. A function returns what to show when the answer is
right and raises :class:`helpers.series.labs.verdict.NotYet` when it is missing or wrong, so that
"Run all" stops there. Answers are held against what the helpers compute, so no solution is kept
twice.
"""
