"""How hard the miniature is to read.

These numbers were turned until networks that have not met the people are right about as often as
people are with real actors: 58 % by face, 41 % by voice, 64 % by both (the raters of CREMA-D, Cao
et al. 2014). They were turned on corpora of other generator seeds than the one that is shipped.
"""

MANNER = 0.5
ACTING = 0.2
"""How much people, and actors, differ in what an emotion does to their face: standard deviation of
the logarithm of each action unit, and how strong the units are that others do not show. Actors
differ less: they play so that strangers understand."""
RESTING = 0.18
"""How strong the units can be that a face shows at rest."""
POSED_INTENSITY = (0.85, 1.0)
POSED_VARIATION = 0.08
"""Weakest and strongest expression in a posed portrait, and how much the two portraits of a person
differ (see ``VARIATION``)."""
VARIATION = 0.15
"""How much one person differs from clip to clip: relative standard deviation of each unit."""

FACE_INTENSITY = (0.5, 1.7)
VOICE_INTENSITY = (0.1, 1.25)
"""Weakest and strongest, in a clip; all between are equally frequent."""
COMPLEMENTARY = 0.9
"""How much more a voice tends to say where the face shows little: minus the correlation of the two
intensities."""

ONSET = 0.5
"""How much of an expression there is before and after its peak."""
WAVER = 0.7
"""How much each unit grows and shrinks while it lasts, relative to its strength."""
STRAY = 0.3
"""How strong units can be that come and go within a clip and belong to no emotion."""

TAKES = {
    "pitch": 0.8,
    "pitch_range": 0.15,
    "ending": 0.7,
    "rate": 0.06,
    "loudness": 1.5,
    "brightness": 0.7,
}
"""How much one person's voice differs from clip to clip: standard deviations, in the units of a
``Prosody``; of factors that of the logarithm."""
FILM_SOUND = 0.06
"""Level (root mean square) of a film's loudest music and noise; that of neutral speech is 0.1."""
