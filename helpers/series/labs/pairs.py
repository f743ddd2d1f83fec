"""Pairs of drawn faces in which one thing was moved: a task of notebook 01."""

from matplotlib.figure import Figure

from helpers.corpora.demo.instrument import face
from helpers.plots.scores import picture_grid

MOVABLE = ("person", "emotion", "intensity", "turn", "light", "clutter", "size")
"""What can be moved in a drawn face."""
_HELD = {"person": 0, "emotion": "Happy", "intensity": 1.0}
PAIRS = (  # the thing that was moved, and the other value; the rest is held
    ("intensity", {"intensity": 0.3}),
    ("person", {"person": 5}),
    ("light", {"light": 0.7}),
    ("emotion", {"emotion": "Angry"}),
)
WHY = {
    "intensity": "it is the same face with less of the same emotion",
    "person": "the emotion is the same one, on somebody else",
    "light": "nothing of the face has moved; look at its shadows",
    "emotion": "the same person shows something else, as strongly",
}


def show_pairs() -> Figure:
    """Return the pairs of pictures of task 3, one above the other."""
    others = [face(**_HELD | moved) for _, moved in PAIRS]
    names = [f"pair {number + 1}" for number in range(len(PAIRS))]
    return picture_grid(
        [face(**_HELD)] * len(PAIRS) + others,
        [""] * len(PAIRS) + names,
        columns=len(PAIRS),
        title="What was moved?",
    )
