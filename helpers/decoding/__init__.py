"""One file to arrays: a picture, the frames of a film, a sound; or the reason why not.

Here and nowhere else it is decided what a viewer would see and hear: orientation, depth,
transparency, the shape of pixels, which of several streams, silence where there is a gap. Nothing
here knows a corpus, so that corpora and features read alike.
"""
