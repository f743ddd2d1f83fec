# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/08_then_and_now.ipynb)

# %% [markdown]
# # 08 · Then and now: where does the thesis stand?
#
# **Histograms thought out by hand in 2013, networks trained on these clips in 2021, networks that others trained and nobody changes today: which of them is right most often, on the same clips?**
#
# After this notebook you will be able to
#
# - describe a moving face without any network, and say what that description cannot see,
# - put a linear classifier on a frozen network, and choose all of its settings inside the training clips,
# - ask of published weights what they have seen, and what their name gives away,
# - compare systems of three generations in pairs, on the same clips.
#
# Under 3 minutes on two CPU cores; a GPU changes nothing. The weights of others are 12 MB; they are fetched once.
# It takes the clip scores of notebooks 04 (video) and 06 (audio) for the thesis's own systems; without them it uses those that came with the series, and says so.

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copies): whose clips
DATA_ROOT: str = ""  # folder that holds the corpora; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # draws the folds of cross-validation
SETTINGS: str = "default"  # default: all systems; published: those of EmotiW's baseline alone
EPOCHS: int = 0  # of no use here: nothing is trained by epochs
EMBEDDINGS: str = "bundled"  # frozen networks: bundled (12 MB), downloaded (48 MB more) or none
OPENSMILE: bool = False  # True: opensmile is installed, and you accept its licence

# %% [markdown]
# ## Set-up
#
# The next cell, folded, finds the `helpers` package of this series. In Colab it fetches it first, and installs only what is missing.

# %% cellView="form" jupyter={"source_hidden": true} tags=["setup"]
# @title Set-up (run me)
import os
import sys
from pathlib import Path

home = Path("emotion-notebooks").resolve()  # where Colab gets the series; elsewhere it lies above
url = os.getenv("EMOTION_CLONE_URL", "https://github.com/emotion-notebooks/emotion-notebooks")
found = [place for place in (*home.parents, home) if (place / "colab_setup.sh").is_file()]
if not found and "google.colab" in sys.modules:  # opened alone; the clone has its name once whole
    failed = os.system(f"git clone -q --depth=1 '{url}' '{home}.$$' && mv -T '{home}.$$' '{home}'")
    found = [] if failed else [home]
assert found, f"Not found and not fetched: open this notebook inside a clone of {url}"
sys.path.insert(0, str(found[0]))
from helpers import runtime

runtime.begin_notebook(globals(), found[0])

# %% tags=["nbval-ignore-output"]
runtime.import_tensorflow()  # before Keras does it, less quietly

import time

import numpy as np
import pandas as pd
from IPython.display import display

from helpers.corpora.clips import load_own_clips
from helpers.corpora.splits import protocol_parts
from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation import comparison, scores
from helpers.features import clip_features, functionals, lbp_top, weights
from helpers.fusion import combiners, own_clip, own_scores, then_and_now
from helpers.plots import (
    faces as face_plots,
    fusion as fusion_plots,
    scores as score_plots,
    then_and_now as plots,
)
from helpers.results import claims, runs

started = time.time()
print(runtime.describe())

# %% tags=["lab"]
from helpers.series.labs import then_and_now as checks

# %% [markdown]
# ## Data: the same clips for all (about 20 s)
#
# Every system below is taught by the training clips and asked about the test clips, once. Whatever has to be chosen (a penalty, a layer, whom to trust) is chosen by cross-validation over films *inside* the training clips.

# %%
clips = load_own_clips(CORPUS, DATA_ROOT)
labels = class_indices(clips["emotion"])  # (clips,)
columns = {"group": "film", "clip_id": "sample_id"}
parts = protocol_parts(clips, labels, SEED, fewest_validation=len(clips), **columns)["held_out"]
train, test = parts["train"], parts["test"]
print(f"{len(train)} training clips, {len(test)} test clips, of other films")

# %% [markdown]
# Faces come first. In every fifth frame a detector looks for them (YuNet: a network of 230 kB that gives a box and five points), and each face is turned upright and brought to 128 x 128 grey pixels, by the line that fits its five points best.

# %% tags=["nbval-ignore-output"]
faces = clip_features.aligned_face_clips(clips)
display(faces["problem"].replace("", "a face").value_counts())
shown = np.load(
    faces["path"].iloc[test[faces["problem"].iloc[test] == ""][0]]
)  # (frames, 128, 128)
codes = lbp_top.pattern_codes(shown, radius=1)
planes_figure = plots.planes(shown[0], codes, "XY sees the picture, XT and YT see what moves")
planes_figure

# %% [markdown]
# ## Idea: what to keep of a moving face
#
# Above, each grey of the three right-hand pictures is the number of a **pattern**; on XY the face can still be seen, on XT and YT one row and one column of it go through time, downwards and to the right.
#
# **2013: patterns.** Each point is compared with its eight neighbours. A neighbour that is at least as bright gives a 1, a darker one a 0: eight bits, one of 256 patterns, and a brighter lamp changes none of them. Neighbours lie in the picture (XY), and in the two planes in which time is one direction (XT, YT). Kept is only *how often* each pattern occurs, in each of 4 x 4 parts of the face: **LBP-TOP**, 2,832 numbers, and nothing was learned.

# %% [markdown] tags=["lab"]
# ### Task 1 · A pattern by hand
#
# `patch` is 3 x 3. Return the pattern of its middle: neighbour 0 is the one to the right, the others follow counter-clockwise, and neighbour *p* counts 2 to the power *p* if it is at least as bright as the middle.


# %%
def pattern(patch: np.ndarray) -> int:
    """Return the local binary pattern of the middle of a patch (3, 3), 0 to 255."""
    ### BEGIN SOLUTION: the eight neighbours in their order, compared with the middle
    places = [(1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2)]
    return sum(int(patch[place] >= patch[1, 1]) << bit for bit, place in enumerate(places))
    ### END SOLUTION


pattern(shown[1, 60:63, 60:63]), int(codes["XY"][0, 60, 60])

# %% tags=["lab"]
checks.pattern(pattern)

# %% [markdown] tags=["lab"]
# ### Task 2 · What the numbers cannot tell
#
# Three things are done to a clip: `"brighter"` adds 20 to every pixel (none gets too bright), `"reversed"` plays it backwards, `"mirrored"` swaps left and right. Which of them leave **all** 2,832 numbers as they were? Predict first; `lbp_top.lbp_top(shown)` can tell you.

# %% tags=["lab"]
### BEGIN SOLUTION: same, a set of names
same = {"brighter"}
### END SOLUTION

# %% tags=["lab"]
checks.same_histograms(same)

# %% [markdown]
# **Today: frozen networks.** Others have trained networks on more faces and more speech than fit here. One looks at a face, or listens, and what its last layers say is taken as it is: mean and deviation over the clip are the features. Nothing of it is trained. So the first question is what it has seen.

# %% tags=["nbval-ignore-output"]
networks = EMBEDDINGS if SETTINGS == "default" else "none"
names = clip_features.ways_of(networks, opensmile=OPENSMILE)
used = [clip_features.WAYS[name].weights for name in names]
if OPENSMILE:
    print(functionals.OPENSMILE_LICENCE)
weights.overview(["yunet", *filter(None, used)])

# %% [markdown]
# None was trained on a clip of this corpus. The expression network has learned photographs with the same seven words, the mesh and the speech encoder no emotion at all. `EMBEDDINGS = "downloaded"` adds two larger networks, one of which is for research only; what has to be accepted first, the next cell says.

# %% [markdown] tags=["lab"]
# ### Task 3 · What a name gives away
#
# Three weights files for faces, and how often each is said to be right on AFEW's *validation* clips, which are our test clips: `enet_b0_8_best_afew` 59.9 %, `enet_b0_8_va_mtl` 56.7 %, `enet_b2_8` 57.8 %. One of the three numbers may not be compared with ours. Which file, and what was it chosen by: `"train"`, `"validation"` or `"test"` clips of AFEW?

# %% tags=["lab"]
### BEGIN SOLUTION: file and chosen_by
file, chosen_by = "enet_b0_8_best_afew", "validation"
### END SOLUTION

# %% tags=["lab"]
checks.checkpoint(file, chosen_by)

# %% [markdown]
# Now each clip becomes one vector a system. A clip that cannot be described (no face, no sound) keeps its row; it will be answered with how often each emotion occurs, and counts. A system that cannot run is left out, with its reason.

# %% tags=["nbval-ignore-output"]
vectors, left_out = {}, {}
for name in names:
    try:
        vectors[name], reasons = clip_features.clip_vectors(name, clips, faces)
        print(f"{name}: {vectors[name].shape[1]} numbers, {sum(map(bool, reasons))} clips without")
    except (weights.WeightsError, ValueError) as reason:
        left_out[name] = str(reason)
left_out

# %% [markdown]
# ## Train: one classifier for all (about 10 s)
#
# Histograms get a support vector machine with a **chi-square kernel**, as in the baseline: two histograms are as far apart as the sum of (x - y)² / (x + y). Everything else gets a linear one. Its penalty is that of the best accuracy in five folds over films.

# %%
systems = {
    name: then_and_now.fit_system(name, vectors[name], clips, parts, seed=SEED) for name in vectors
}
pd.DataFrame({name: system.settings for name, system in systems.items()}).T

# %% [markdown]
# In 2013 the organisers joined both descriptions to one long vector. Today one would let each modality answer and then take the mean, or stack: teach a small second model by out-of-fold answers, as in notebook 07. Which of the face's networks is joined with the voice's is decided by the training clips.

# %%
baseline = then_and_now.baseline_of(vectors)
if baseline:
    joined = np.hstack([vectors[name] for name in baseline])
    systems[then_and_now.JOINED] = then_and_now.fit_system(
        " + ".join(baseline), joined, clips, parts, seed=SEED, kernel="linear"
    )

frozen = [then_and_now.best_frozen(systems, modality) for modality in ("face", "sound")]
if all(frozen):
    face, voice = (systems[name] for name in frozen)
    for rule in ("mean", "stacking"):
        combiner = combiners.COMBINERS[rule]
        systems[f"today: {rule}"] = then_and_now.fit_fusion(combiner, face, voice, clips, parts)
frozen

# %% [markdown]
# And the thesis's own: VGG16 on faces, VGG16 on pictures of sound, and its three fusions, from the scores that 04 and 06 left. Stacking is added, so that its networks get the same fusion as today's. Fusions are taught by out-of-fold scores.

# %% tags=["nbval-ignore-output"]
video, audio, own_corpus, note = own_scores.load_own_scores(CORPUS, RESULTS_ROOT)
print(note)
if own_corpus == CORPUS:
    pairs = own_scores.protocol_pairs(video, audio, "held_out")
    own = then_and_now.from_pairs(*pairs, clips.iloc[test], seed=SEED)
    systems |= {f"thesis: {name}": system for name, system in own.items()}

# %% [markdown]
# ## Evaluate: who is right, and how sure is that?
#
# `numbers` is how many a clip became; `these people`, whether the weights may have met the people of the test clips before. Nobody has met drawn ones. Actors of films are in photographs and videos all over the web, so for networks that learned there it is not known.

# %% tags=["nbval-ignore-output"]
seconds = {name: clip_features.seconds_per_clip(name, clips, faces) for name in vectors}
for fused, parents in {then_and_now.JOINED: baseline, "today: mean": frozen}.items():
    if fused in systems:
        seconds[fused] = sum(seconds[name] for name in parents)
table = then_and_now.standing(systems, labels[test], seconds, drawn=CORPUS == "demo")
table.drop(columns="has seen").round(3)

# %% tags=["nbval-ignore-output"]
chance = scores.majority_class_accuracy(labels[train], labels[test])
published = then_and_now.published_values()
best = table["accuracy"].idxmax()
title = f"Most often right: {best} ({table.loc[best, 'accuracy']:.0%})"
years_figure = plots.over_the_years(table, published, chance, title)
years_figure

# %% [markdown]
# A row is a system, by the year in which its way of describing a clip was published (the thesis's: 2021). The upright marks are what the organisers of EmotiW published for AFEW's validation clips: other clips, so only the distance from row to row can be compared, not the numbers.
#
# Is a difference more than chance? Two systems are compared on the clips that only one of them has right (McNemar's test, corrected for so many questions). Everything is held against the **baseline of 2018** and against the **best system of the thesis**, its dense network.

# %% tags=["nbval-ignore-output"]
comparison.readable(then_and_now.paired_with(systems, labels[test], then_and_now.REFERENCES))

# %% tags=["nbval-ignore-output"]
by_hand = [name for name in systems if systems[name].has_seen == "nothing"]
oldest, claim = then_and_now.best_of(systems, by_hand), None
if "today: mean" in systems:
    right = {name: system.test.argmax(axis=1) == labels[test] for name, system in systems.items()}
    claim = claims.judge("08_then_and_now", SEED, {"today": (right[oldest], right["today: mean"])})
    print(claims.sentence(claim))

# %% [markdown]
# **Tables II and III of the thesis**, with what came out here beside what was published. AFEW's clips are others than these: a row says whether the order is the same, not who is better.

# %% tags=["nbval-ignore-output"]
tables = {
    "Table II of the thesis": then_and_now.second_table(systems, labels[test]),
    "Table III of the thesis": then_and_now.third_table(table),
}
display(*(rows.round(3) for rows in tables.values()))

# %% [markdown]
# What does it cost? Finding and turning the faces is counted where a system looks; the thesis's networks were not timed.

# %% tags=["nbval-ignore-output"]
slowest = table["seconds a clip"].idxmax()
seconds_figure = plots.against_seconds(
    table,
    f"The slowest, {slowest}, takes {1000 * table.loc[slowest, 'seconds a clip']:.0f} ms a clip",
)
seconds_figure

# %% [markdown]
# Up is better, left is cheaper. A system has earned its time if nothing further left stands higher.
#
# ## Look: what does nobody know?

# %% tags=["nbval-ignore-output"]
right_with = then_and_now.right_by_clip(systems, labels[test])
recalls_figure = plots.recalls(
    then_and_now.recalls(systems, labels[test]),
    f"Wrong with all systems: {(right_with == 0).sum()} of {len(right_with)} clips",
)
recalls_figure

# %% [markdown]
# A row is a system, a number the percentage of an emotion's clips that it has right. A column that is pale from top to bottom is an emotion that nobody sees; a row with one dark field answers nearly always the same.
#
# Below are the six clips that the fewest have right, as the middle face of each. Some are wrong labels, some show little, and some show something that none of these descriptions keeps. Which would *you* have known?

# %% tags=["nbval-ignore-output"]
order = right_with.argsort(kind="stable")
hardest = [clip for clip in order if not faces["problem"].iloc[test[clip]]][:6]
films = [np.load(path) for path in faces["path"].iloc[test[hardest]]]
score_plots.picture_grid(
    [film[len(film) // 2] for film in films],
    [f"{clips['emotion'].iloc[test[clip]]}\n{right_with[clip]} right" for clip in hardest],
    columns=6,
)

# %% [markdown]
# ### Your own clip (about 5 s)
#
# Give the path of a film as `OWN_CLIP`. In Colab `"record"` asks for three seconds from your camera and microphone, `"upload"` for a file; empty, it is a test clip.
#
# These networks have met people. The face is answered by the expression network as it comes, which has learned from photographs with these seven words. The voice is described by the speech encoder; which emotion that means, the classifier above has learned from the voices of **this** corpus, on `demo` from invented ones.
#
# **Seven words for photographs are no knowledge of you.** An expression is not a feeling, and this network is often wrong, also about faces like those that it has learned. Use it on yourself, or on somebody who has agreed; never to judge anyone.

# %% tags=["nbval-ignore-output"]
OWN_CLIP = ""  # @param ["", "record", "upload"] {allow-input: true}
with own_clip.find_clip(OWN_CLIP, clips) as (path, sentence):
    scored, label = own_clip.score_clip(path, systems), own_clip.label_of(path, clips)
print(sentence, own_clip.describe_clip(scored, EMOTIONS, label), sep="\n")
if "face" in scored.scores:
    title = f"{len(scored.faces)} faces out of the clip, and the mean of all"
    of_clip = (scored.frame_scores, scored.scores["face"], EMOTIONS, title)
    display(face_plots.clip_strip(scored.faces, *of_clip))
if scored.scores:
    display(fusion_plots.clip_bars(scored.scores, EMOTIONS, "Face, voice, and both"))

# %% [markdown]
# ## Exercises
#
# 1. LBP-TOP with a radius of 1 sees what changes from one frame to the next, with 3 what changes in an eighth of a second. Which of the two would you expect to be better for clips with twice as many frames a second?
# 2. Put the functionals in the voice's place in `fit_fusion`. What is the network for speech worth, beside the same face?
# 3. Choose the face's network by the *test* clips instead. How many points does nothing bring?

# %% tags=["nbval-ignore-output"]
figures = {
    "years": (years_figure, "Systems from 2013 to today on the same clips, with 95 % intervals"),
    "seconds": (seconds_figure, "Accuracy against the time that a clip takes"),
    "recalls": (recalls_figure, "What each system has right, by emotion"),
}
if CORPUS == "demo":  # no face of a person is kept with the results
    figures["planes"] = planes_figure, "A face, and its local binary patterns on three planes"
finding = then_and_now.answer(table)
print(finding)

# %% tags=["results"]
folder = runs.save_run(
    "08_then_and_now",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "embeddings": EMBEDDINGS, "seed": SEED},
    experiments=then_and_now.experiments(systems, labels[test]),
    predictions=then_and_now.as_predictions(systems, clips.iloc[test]),
    figures=figures,
    manifests=[clips],
    started=started,
    root=RESULTS_ROOT,
    claim=claim,
    extra={"finding": finding, "tables": tables, "seconds": seconds, "left_out": left_out},
)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - A description that was thought out by hand sees what its inventor thought of. LBP-TOP sees every change of light, and not whether a mouth smiles.
# - A frozen network and a linear classifier have few numbers to choose, and those can be chosen honestly inside a few hundred training clips.
# - Weights have a past. Ask what they were trained on, and what they were *chosen* by: a name such as `best_afew` says it.
# - The order of systems on drawn clips is no order on people: here faces are drawn with the same few strokes.
#
# **Limits.** Drawn faces and synthetic voices (demo) show the mechanism and prove nothing about people. A network that was trained on photographs of people has its own idea of who people are. Seven words do not cover what people feel, and an expression is not a feeling.
#
# **References.** G. Zhao and M. Pietikäinen, *Dynamic texture recognition using local binary patterns with an application to facial expressions*, IEEE Transactions on Pattern Analysis and Machine Intelligence 29 (2007).
# A. Dhall and others, *Emotion recognition in the wild challenge 2013*, ICMI (2013).
# O. Arriaga and others, *Real-time convolutional neural networks for emotion and gender classification*, arXiv 1710.07557 (2017).
# Y. Kartynnik and others, *Real-time facial surface geometry from monocular video on mobile GPUs*, arXiv 1907.06724 (2019).
# A. Radford and others, *Robust speech recognition via large-scale weak supervision*, arXiv 2212.04356 (2022).
# W. Wu and others, *YuNet: a tiny millisecond-level face detector*, Machine Intelligence Research 20 (2023).
# C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **That was the last one.** [What a lesson can do with them](https://github.com/emotion-notebooks/emotion-notebooks/blob/main/notebooks/README.md), and the [README](https://github.com/emotion-notebooks/emotion-notebooks#readme) on running all of it on corpora of your own.
