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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/04_video_late_fusion.ipynb)

# %% [markdown]
# # 04 · Video: from frames to a clip
#
# **A film clip has many frames. How do many small opinions become one answer, and which frames should be asked?**
#
# After this notebook you will be able to
#
# - combine the scores of frames into one of the clip: **late fusion**,
# - say what many frames are worth against one, and which frames to ask,
# - make predictions for training clips by networks that have not seen them: **out of fold**,
# - choose the unit that must not be torn apart, and find labels that are wrong.
#
# About 2 minutes on the demo corpus with two CPU cores; on AFEW most of the time goes into reading clips, once.
# It takes up the networks of notebook 03, and trains them anew if they are not there. Notebook 07 needs the scores that it writes.
#
# The published numbers: 39.36 % of 188 clips right with SFEW's stills, 22.7 % of 370 with the organisers' own faces (Muntaner González 2021, section III-B, figure 13).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copies of AFEW and SFEW)
DATA_ROOT: str = ""  # folder that holds EmotiW_2018/ and SFEW/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default or published, as in notebook 03
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
WEIGHTS: str = "hed"  # hed, imagenet or none, as in notebook 03
FOLDS: int = 3  # parts of the training films for the out-of-fold scores

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

# %%
runtime.import_tensorflow()  # before Keras does it, less quietly

import time
from functools import partial

import numpy as np

from helpers.corpora import load_role
from helpers.corpora.clips import fold_units, ids_in_both_splits, join_stills
from helpers.corpora.splits import FEWEST_STILLS, group_folds, protocol_parts
from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation import scores
from helpers.evaluation.neighbours import nearest_neighbour_accuracy
from helpers.features import frame_sources, media, pictures
from helpers.fusion import frames
from helpers.models import saved, training
from helpers.models.recipes import recipes_for, seeds_for
from helpers.models.vgg16 import describe_weights
from helpers.plots import faces as face_plots, players, scores as score_plots
from helpers.published import load_published
from helpers.results import claims, runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import guesses, video_late_fusion as checks

# %% [markdown]
# ## Data: clips, and the stills that were taken from them
#
# *About 10 s.* AFEW's clips and SFEW's stills come from the same films, and a still's name holds the id of its clip. That is the join; split and id together make the key, since two ids stand for one clip in `train` and another in `val`.

# %% tags=["nbval-ignore-output"]
clips = load_role("wild_clips", CORPUS, DATA_ROOT)
size = pictures.picture_size(CORPUS, EPOCHS)
stills = pictures.load_stills(CORPUS, DATA_ROOT, size)
has_stills = "clip_id" in stills.manifest
joined = stills.manifest.assign(clip_emotion="", disagrees=False)
if has_stills:
    joined = join_stills(stills.manifest, clips)
print(f"{len(clips)} clips, {len(stills.manifest)} stills; {runtime.describe()}")

# %% [markdown]
# Not every clip has a still that can be used. And some stills lie in the folder of another emotion than their clip: **wrong labels**, in SFEW as in the demo corpus. The clip's label counts, as in the thesis. We come back to them.

# %% [markdown] tags=["lab"]
# **Guess first.** The network of notebook 03 has about half of the single stills right. What per cent of the test clips will it have right by one frame a clip, what per cent by the mean over many frames, and what per cent of the clips that it was *trained* on, by the mean? Type numbers between the quotes.

# %% cellView="form" tags=["lab"]
# @title Your guesses, in per cent of the clips
ONE_FRAME = ""  # @param {type: "string"}
MANY_FRAMES = ""  # @param {type: "string"}
CLIPS_IT_KNOWS = ""  # @param {type: "string"}
guessed = {"one frame": ONE_FRAME, "many frames": MANY_FRAMES, "clips it knows": CLIPS_IT_KNOWS}
guessed = {name: guesses.guess(typed, percent=True) for name, typed in guessed.items()}

# %% [markdown]
# ## Idea: late fusion
#
# Every frame is scored on its own, and only the scores are combined. The thesis takes their mean and then the most likely emotion (equation 1):
#
# $$\text{prediction} = \underset{k}{\operatorname{argmax}} \sum_{i=1}^{n} \frac{x_i}{n}$$
#
# Clips have different numbers of frames. To take all means at once, sort the frames by clip and add up each run of them:

# %% [markdown] tags=["lab"]
# ### Task 1 · Equation 1
#
# `frame_scores` has a row for each frame, `clip_rows` says which clip it belongs to, in no particular order. Return two arrays: the clips that occur, ascending, and for each of them the mean scores of its frames. A loop will do; `np.unique` finds the clips.


# %%
def mean_of_frames(
    frame_scores: np.ndarray, clip_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the clips and the mean scores of their frames, (clips,) and (clips, classes)."""
    ### BEGIN SOLUTION: the clips, ascending, and the mean of the frames of each
    order = np.argsort(clip_rows, kind="stable")
    found, first = np.unique(clip_rows[order], return_index=True)
    sums = np.add.reduceat(frame_scores[order], first, axis=0)
    counts = np.diff([*first, len(order)])
    return found, sums / counts[:, None]
    ### END SOLUTION


mean_of_frames(np.array([[0.6, 0.4], [0.2, 0.8], [0.9, 0.1]]), np.array([7, 7, 3]))

# %% tags=["lab"]
checks.mean_of_frames(mean_of_frames)

# %% [markdown]
# Clip 3 has one frame and keeps its scores; clip 7 has two that disagree.
#
# ## Train
#
# *A few seconds, or half a minute where notebook 03 has not been run.* The networks are those of notebook 03: one for each protocol.

# %% tags=["nbval-ignore-output"]
recipes = recipes_for("stills", SETTINGS, EPOCHS, corpus=CORPUS, size=size, weights=WEIGHTS)
recipe = recipes["VGG16"]
parts = protocol_parts(
    stills.manifest, stills.labels, SEED, clip_id="clip_id", fewest_validation=FEWEST_STILLS
)
networks = {}
for protocol, rows in parts.items():
    folder = runs.run_folder("03_vgg16_transfer", CORPUS, RESULTS_ROOT) / protocol
    made_from = (stills.pixels, stills.labels, rows, EMOTIONS, recipe, SEED)
    networks[protocol], loaded = saved.load_or_train(folder, *made_from, report=print)
    print(f"{protocol}: {'loaded from notebook 03' if loaded else 'trained now'}")

# %% [markdown]
# ## Evaluate: one frame or many?
#
# *About 30 s.* A **detector** (YuNet, a small network) looks for the face in frames that are evenly spread over each test clip. It is the slow part, so that we ask it for a few frames only; which ones, and that every test clip is among them, was decided before any score was seen.
#
# Against the mean over a clip stands one frame of it, drawn by lot: not the first, in which nothing may have happened yet, nor the best, which nobody knows. Twenty lots are drawn, so that no single one decides. Nor does a single network: on the demo corpus two more are trained, with other seeds, and asked about the same frames.

# %% tags=["nbval-ignore-output"]
tested = clips[clips["split"] == "val"].reset_index(drop=True)
margin = 0.07 if CORPUS == "demo" else 0.1  # beside the face: as the stills are cut
faces = frame_sources.detected_faces(tested, (size, size), 6, margin)
ask = partial(training.predict, networks["held_out"], keep_frozen=True)  # asked again below
of_faces = ask(faces.pixels, np.arange(len(faces.pixels)))
found, means = mean_of_frames(of_faces, faces.clip_rows)  # (clips,), (clips, 7)
print(f"{len(faces.pixels)} faces in {len(found)} of {len(tested)} test clips")

# %% tags=["nbval-ignore-output"]
true = class_indices(tested["emotion"])
lots = [frames.right_by_frames(of_faces, faces.clip_rows, true, SEED)]
for seed in seeds_for(CORPUS, SEED, EPOCHS)[1:]:
    learned = (stills.pixels, stills.labels, parts["held_out"], len(EMOTIONS))
    other, _ = training.train_network(*learned, recipe, seed)
    of_other = training.predict(other, faces.pixels, np.arange(len(faces.pixels)), keep_frozen=True)
    lots.append(frames.right_by_frames(of_other, faces.clip_rows, true, seed))
    training.discard(other)
right = {count: np.mean([lot[count] for lot in lots], axis=0) for count in lots[0]}
one_right, mean_right = right[1], right[max(right)]  # (clips,) fractions of networks and lots
many_figure = score_plots.accuracy_by_count(
    {count: values.mean() for count, values in right.items()},
    "frames of a clip, drawn by lot",
    f"{100 * (mean_right.mean() - one_right.mean()):+.0f} points by asking more than one frame",
)
many_figure

# %% tags=["lab", "nbval-ignore-output"]
guesses.compare_each(guessed, {"one frame": one_right.mean(), "many frames": mean_right.mean()})

# %% [markdown]
# The frames of a clip are worth less than as many frames of different clips: they share the face, the light and much of the moment. But an expression comes and goes, eyes blink and mouths speak, and the mean is not taken in by that.
#
# ### Which frames?
#
# *About 20 s.* Three sources for the same test clips: SFEW's **stills**, which people chose; the **organisers' aligned faces**, which come in a zip with the clips and hold many non-faces; and the faces found by the detector. A clip in which a source has no frame still gets an answer: how often each class occurs in training, the **prior**.

# %% tags=["nbval-ignore-output"]
own_stills = (stills.pixels, stills.manifest) if has_stills else None
frames_of, _ = frame_sources.all_sources(
    tested, (size, size), 6, own_stills, margin=margin, names=frame_sources.SOURCES[:3]
)
prior = frames.class_prior(class_indices(clips["emotion"][clips["split"] == "train"]), 7)
scores_of = frames.score_sources(frames_of, ask, prior, len(tested), "held_out")

# %% tags=["nbval-ignore-output"]
majority = np.mean(true == prior.argmax())  # always the commonest class of train
experiments = frames.source_experiments(frames_of, scores_of, tested, {})
title = "The same network, asked about frames from other sources"
sources_figure = score_plots.accuracy_intervals(experiments, title, majority)
sources_figure

# %% [markdown]
# Each line is counted on the clips for which a source has frames, so that they cannot be compared; the page of results does, on the same clips. The network was trained on stills: faces cut out in one way. A source helps as far as its frames look like those.
#
# ## Evaluate: may scores of training clips be trusted?
#
# *About 20 s.* Notebook 07 trains a fusion, and needs scores for the *training* clips. The mean over a clip's stills, by both networks, for all clips:

# %% tags=["nbval-ignore-output"]
pixels, rows, clip_rows = frame_sources.usual_frames(clips, (size, size), 4, own_stills)
of_clips = {}
for protocol, network in networks.items():
    values = training.predict(network, pixels, rows, keep_frozen=True)
    of_clips[protocol] = frames.aggregate_clips(values, clip_rows)
splits = clips["split"][of_clips["held_out"].index]
train_clips, test_clips = (splits.index[splits == name] for name in ("train", "val"))

# %% [markdown]
# The network has learned the training stills, so its scores for them (**in sample**) are far too good.
# The honest way: divide the training stills into folds, and score each fold by a network that was trained on the others only (**out of fold**). But divide them by what?

# %% [markdown] tags=["lab"]
# ### Task 2 · Choose the unit of the fold
#
# A fold could be of single stills (`"still"`), of whole clips (`"clip"`) or of whole films (`"film"`). Which of them tells how good the network will be on films that nobody has seen yet? Set `unit`. Then see how the nearest still by pixels, which has learned nothing about emotions, does with each.

# %%
### BEGIN SOLUTION: unit, one of "still", "clip" and "film"
unit = "film"
### END SOLUTION
print(f"what must not be on both sides: the {unit}")

# %% tags=["lab"]
checks.unit(unit)

# %% tags=["nbval-ignore-output"]
known = np.sort(np.concatenate([parts["held_out"]["train"], parts["held_out"]["validation"]]))
units = {}
if has_stills:
    known = known[joined["clip_row"].to_numpy()[known] >= 0]
    units = fold_units(clips, joined, known)
for name, groups in units.items():
    folds = group_folds(stills.labels[known], groups, FOLDS, SEED)
    nearest = nearest_neighbour_accuracy(stills.pixels[known], stills.labels[known], folds)
    print(f"folds by {name}: the nearest still of another fold is right for {nearest:.0%}")


# %%
def out_of_fold(pixels, labels, rows, groups, recipe, seed, folds):
    """Score some rows, each by a network that has learned nothing of its group: (rows, 7)."""
    found = np.empty((len(rows), len(EMOTIONS)), np.float32)
    for train, left_out in group_folds(labels[rows], groups, folds, seed):
        parts = {"train": rows[train], "validation": rows[:0]}
        network, _ = training.train_network(pixels, labels, parts, len(EMOTIONS), recipe, seed)
        found[left_out] = training.predict(network, pixels, rows[left_out])
        training.discard(network)
    return found


# %% tags=["nbval-ignore-output"]
honest, of_train = None, of_clips["held_out"].loc[train_clips]  # if it learned on no clip
if has_stills:
    made_from = (stills.pixels, stills.labels, known, units[unit], recipe)
    honest = out_of_fold(*made_from, SEED, FOLDS)
    of_train = frames.aggregate_clips(honest, units["clip"])

# %% tags=["nbval-ignore-output"]
score_rows = {
    "in_sample": of_clips["held_out"].loc[train_clips], "out_of_fold": of_train,
    "thesis": of_clips["thesis"].loc[test_clips], "held_out": of_clips["held_out"].loc[test_clips],
}  # fmt: skip
predictions = frames.prediction_table(clips, score_rows, EMOTIONS)

# %% tags=["nbval-ignore-output"]
right = predictions[list(EMOTIONS)].idxmax(axis=1) == predictions["emotion"]
trust = right.groupby(predictions["protocol"], sort=False).agg(clips="size", accuracy="mean")
trust.round(3)

# %% tags=["lab", "nbval-ignore-output"]
guesses.compare_each(guessed, {"clips it knows": trust.loc["in_sample", "accuracy"]})

# %% tags=["nbval-ignore-output"]
leak = trust.loc["in_sample", "accuracy"] - trust.loc["out_of_fold", "accuracy"]
claim = claims.judge(
    "04_video_late_fusion", SEED, {"one frame": (one_right, mean_right), "leak": leak}
)
print(claims.sentence(claim))
claims.table(claim)

# %% [markdown]
# Folds by still let a twin from the same clip give the answer away, with no idea of emotions; what is to be measured is a new film, so films stay whole. `in_sample` and `out_of_fold` are of the same training clips, `held_out` and `thesis` of the test clips.
#
# ### Find the wrong labels
#
# Scores out of fold are of use beyond the fusion. Where a network that has not learned a still gives its label next to nothing, either the network is wrong or the label is.

# %% [markdown] tags=["lab"]
# ### Task 3 · Find the wrong labels
#
# Return the positions of the `count` stills whose own label is the least probable, the most doubtful first. `values` has a row for each still, `labels` its label as a number.


# %%
def most_doubtful(values, labels, count):
    """Return the positions of the stills whose own label is the least probable."""
    ### BEGIN SOLUTION: positions of the smallest probabilities of the own label, ascending
    own = values[np.arange(len(labels)), labels]
    return np.argsort(own, kind="stable")[:count]
    ### END SOLUTION


# %% tags=["lab"]
checks.most_doubtful(most_doubtful)

# %% tags=["nbval-ignore-output"]
doubtful = joined.iloc[known[:16]]
if has_stills:
    doubtful = joined.iloc[known[most_doubtful(honest, stills.labels[known], 16)]]
shown = [pictures.read_picture(path, (91, 72), 3) for path in doubtful["path"]]
title = "Sixteen labels in doubt. Which of them are wrong?"
score_plots.picture_grid(shown, [*doubtful["emotion"]], title=title)

# %% [markdown]
# Look at mouths and brows, and note which labels *you* think are wrong. Then see: the demo corpus knows the truth, since a still shows what its clip shows. (In SFEW nobody knows; a still may really show another emotion than most of its clip.)

# %% tags=["nbval-ignore-output"]
wrong, everywhere = doubtful["disagrees"], joined["disagrees"].iloc[known].mean()
caught = f"{wrong.sum()} of 16 labels in doubt are wrong; of all labels, {everywhere:.0%}"
captions = doubtful["emotion"] + "\nclip: " + doubtful["clip_emotion"]
colours = [*np.where(wrong, score_plots.WRONG_COLOUR, "black")]
truth_figure = score_plots.picture_grid(shown, [*captions], colours=colours, title=caught)
truth_figure

# %% [markdown]
# ## Look: a clip, frame by frame
#
# *A few seconds.* The faces that the detector found, what the network predicts for each, and what the clip gets: a clip that the mean has right and most of its single frames wrong, or else the most confident right one. The outlined bar is the most likely.

# %% tags=["nbval-ignore-output"]
clip_row = frames.clip_to_show(of_faces, faces.clip_rows, true)
own, caption = faces.clip_rows == clip_row, f"a clip that is {tested['emotion'][clip_row]}"
mean = means[found == clip_row][0]
strip_figure = face_plots.clip_strip(faces.pixels[own], of_faces[own], mean, EMOTIONS, caption)
strip_figure

# %% tags=["nbval-ignore-output"]
film = media.film_with_sound(tested["path"][clip_row])
players.film_player(film, caption)

# %% [markdown]
# Play it: would you have needed the picture, or the sound? That is the question of notebooks 05 to 07.
#
# ## Exercises
#
# 1. `frames.aggregate_clips` also knows `"median"`, `"max"`, `"product"` and `"vote"`. Which of them is best for six frames, and is any of them clear of the mean (`frames.compare_methods`)?
# 2. Weight the frames by how sure the network is of each before taking the mean. Write it as one line in front of `mean_of_frames`.
# 3. Put `FOLDS = 2` and `FOLDS = 6`. What happens to the out-of-fold accuracy, and which is nearer to that on the test clips?
# 4. Set `unit = "still"`. How far does the accuracy out of fold rise, and which of the two is the truth about new films?

# %%
figures = {
    "frames": (many_figure, "Accuracy by the number of frames that are asked"),
    "sources": (sources_figure, "Accuracy by source of frames, with intervals"),
    "strip": (strip_figure, "A clip, frame by frame, and the mean of its frames"),
    "doubts": (truth_figure, "The labels that are most in doubt, and the truth"),
}

# %% tags=["nbval-ignore-output"]
published = load_published("04_video_late_fusion")["sfew_stills"] if has_stills else None
answers = of_clips["thesis"].loc[test_clips].to_numpy().argmax(axis=1)
by_thesis = scores.score(class_indices(clips["emotion"][test_clips]), answers, EMOTIONS)
experiments.append(runs.experiment(next(iter(frames_of)), "thesis", "val", by_thesis, published))
finding = f"{claims.sentence(claim)} Found by their scores: {caught}."
chosen_settings = {"settings": SETTINGS, "seed": SEED, "folds": FOLDS, "size": size}
chosen_settings |= {"weights_are": describe_weights(WEIGHTS), **recipe.settings()}

paired = frames.compare_sources(frames_of, scores_of, tested, "held_out")
tables = {
    "The same clips: first source against the others": paired.round(3),
    "Can scores of training clips be trusted?": trust.reset_index().round(3),
}

# %% tags=["results"]
folder = runs.save_run(
    "04_video_late_fusion", corpus=CORPUS, settings=chosen_settings, experiments=experiments,
    predictions=predictions, figures=figures, claim=claim,
    clips={"clip": (film, caption)} if CORPUS == "demo" else None,  # no film of real people
    manifests=[clips, stills.manifest], started=started, root=RESULTS_ROOT,
    extra={
        "finding": finding,
        "majority_class_accuracy": majority,
        "ids_in_both_splits": ids_in_both_splits(clips),
        "tables": tables,
    },
)  # fmt: skip
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - The mean of frame scores is simple, and worth several points over a single frame.
# - Which frames are asked matters: ask those that look like what the network learned.
# - Scores of training clips by a network that learned them are worthless as evidence. Out of fold, by films, they can be used, also to find labels that are wrong.
#
# **Limits.** Frames are judged alone; how an expression moves is lost. A clip has one label for all its frames. The test clips of one film are alike, so the intervals are too narrow if anything.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), section III-B.
# A. Dhall, R. Goecke, S. Lucey, T. Gedeon, *Collecting large, richly annotated facial-expression databases from movies*, IEEE MultiMedia 19 (2012).
# W. Wu and others, *YuNet: a tiny millisecond-level face detector*, Machine Intelligence Research 20 (2023).
# D. Wolpert, *Stacked generalization*, Neural Networks 5 (1992).
# C. Northcutt, L. Jiang, I. Chuang, *Confident learning: estimating uncertainty in dataset labels*, JAIR 70 (2021).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [05 · Sound: log-mel spectrograms](05_audio_logmel.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/05_audio_logmel.ipynb).
