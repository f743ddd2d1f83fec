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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/06_audio_spectrogram_images.ipynb)

# %% [markdown]
# # 06 · Sound as pictures
#
# **A spectrogram can be drawn as a picture. Can a network that learned to see photographs then hear an emotion?**
#
# After this notebook you will be able to
#
# - turn a spectrogram into a picture without drawing one, and say what is lost on the way,
# - use a pretrained image network for something that is not an image,
# - make scores for the training clips that a later fusion can trust: **out of fold**,
# - say why a spectrogram is not a photograph.
#
# About 1.5 minutes on the demo corpus with two CPU cores; on AFEW with a GPU, some ten minutes more.
# It builds on notebook 05 (what a spectrogram is) and 03 (VGG16); notebook 07 takes its scores.
#
# The published numbers, of 381 clips and seven emotions: 21.2 % with Model 0, 21.7 % with Model 1, 27.6 % with VGG16 (Muntaner González 2021, chapter IV, table I and figures 16 to 18).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (synthetic voices) or thesis (your own copy of AFEW 2018)
DATA_ROOT: str = ""  # folder that holds EmotiW_2018/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: 50 to 100 epochs, small steps
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
WEIGHTS: str = "hed"  # hed (inside a package), imagenet (as published, a download), or none
FOLDS: int = 3  # parts of the training clips for the out-of-fold scores

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
from dataclasses import replace

import librosa
import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from helpers.corpora.clips import leave_out_shared_ids, load_own_clips
from helpers.corpora.manifest import usable
from helpers.corpora.splits import group_folds, protocol_parts
from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation import scores, statistics
from helpers.evaluation.comparison import paired_table, wrong_and_right
from helpers.features import media
from helpers.features.spectrogram_images import spectrogram_images
from helpers.fusion import frames
from helpers.models import saved, training
from helpers.models.recipes import FUSED, recipes_for
from helpers.models.vgg16 import describe_weights
from helpers.plots import audio as audio_plots, scores as score_plots
from helpers.plots.players import players
from helpers.published import load_published
from helpers.results import runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import audio_spectrogram_images as checks

# %% tags=["nbval-ignore-output"]
print(runtime.describe())

# %% [markdown]
# ## Data: the same clips
#
# The clips of notebook 05, each labelled with the emotion of the person on screen; only the sound is used.

# %%
clips = load_own_clips(CORPUS, DATA_ROOT)
labels = class_indices(clips["emotion"], EMOTIONS)  # (clips,)
counts = clips.pivot_table(index="emotion", columns="split", values="sample_id", aggfunc="count")
print(f"{len(clips)} clips, {clips['film'].nunique()} films or clips without a film's name")
counts.reindex(EMOTIONS)

# %% [markdown]
# ## Idea: a spectrogram as a picture
#
# Networks such as VGG16 have learned from more than a million photographs. There is no such collection of voices with emotions. So the thesis draws the sound as a picture and borrows the eyes.
#
# It drew each spectrogram with librosa as a figure 0.72 inches wide, saved that as JPEG and read it back at 64 x 64 pixels. Nothing of that needs a drawing: a figure is an array with a **colour map**.

# %% [markdown] tags=["lab"]
# ### Task 1 · Levels
#
# A colour map takes a whole number from 0 to 255. Make `levels` from `decibels` (bands, frames), as bytes (`np.uint8`): 0 for the quietest point, the brightest for the loudest, and everything between in proportion. The lowest band, which is the first row, belongs at the bottom of the picture; and where all is equally loud there is nothing to divide by.


# %%
def spectrogram_to_image(power: np.ndarray, size: tuple[int, int] = (64, 64)) -> np.ndarray:
    """Return mel power (bands, frames) as a picture (height, width, 3), low bands below."""
    decibels = librosa.power_to_db(power)  # at most 80 below the loudest
    ### BEGIN SOLUTION: levels, bytes from 0 to 255, low bands below
    above = decibels[::-1] - decibels.min()
    levels = np.minimum(above / max(above.max(), 1e-6) * 256, 255).astype(np.uint8)
    ### END SOLUTION
    palette = matplotlib.colormaps["magma"](np.arange(256), bytes=True)[:, :3]
    picture = Image.fromarray(palette[levels])
    height, width = size
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


# %% tags=["lab"]
checks.picture(spectrogram_to_image)

# %% [markdown]
# Only the loudest point counts as a reference, so a whisper and a shout may look alike. The picture is as wide for a clip of one second as for one of six, so tempo is lost too. Both are as in the thesis, and worth remembering when you see the results.

# %%
in_train = usable(clips, "train")
seven = in_train[np.unique(labels[in_train], return_index=True)[1]]  # the first clip of each
seven_emotions = list(clips["emotion"][seven])
samples, rate = media.read_audio_at_own_rate(clips["path"][seven[0]])
power = librosa.feature.melspectrogram(y=samples, sr=rate)  # (128, frames), the defaults
picture = spectrogram_to_image(power)
print(f"{len(samples)} samples at {rate} Hz, spectrogram {power.shape}, picture {picture.shape}")

# %% [markdown]
# For all clips at once, with the reasons of those that cannot be read, and kept in the cache:

# %%
pictures, clips = spectrogram_images(clips)  # (clips, 64, 64, 3)
same = np.abs(pictures[seven[0]].astype(int) - picture).max()
train_rows, test_rows = (usable(clips, split) for split in ("train", "val"))
print(f"{pictures.shape}, {len(train_rows)} usable for training, {len(test_rows)} for the test")
print(f"the helpers' picture is the one above to a level of colour: {same <= 1}")

# %% tags=["nbval-ignore-output"]
sevens_figure = audio_plots.spectrogram_grid(
    pictures[seven],
    seven_emotions,
    title="Seven emotions as a network sees them: 64 x 64 pixels each",
)
sevens_figure

# %% tags=["nbval-ignore-output"]
waves = [media.read_audio(clips["path"][row], 22050) for row in seven]
players(waves, seven_emotions, 22050)

# %% [markdown]
# Listen and look. The comb of stripes is a voice, the distance between them the pitch, their slope the melody. Noise is a cloud, music stays in straight lines. Black at the top: the codec keeps nothing up there.
#
# **A spectrogram is not a photograph.** Move a face in a photograph and it is the same face; move a stripe upwards and it is another pitch. Mirror a photograph and little happens; mirror a spectrogram and time runs backwards. So no mirroring, zooming or shearing here.

# %% [markdown]
# ## Train
#
# Three networks get the same pictures: Models 0 and 1 of notebook 05, from scratch, and VGG16 with a head start. The thesis's text says that VGG16's last *two* blocks were trained, its code trains *one*; here are both.
# With the default settings VGG16 gets its pictures as the photographs that its weights were learned from (`imagenet_mean`, less the mean colour); the thesis, and so notebook 03, divides by 255 (`unit_range`), which notebook 03 compares.

# %% tags=["nbval-ignore-output"]
recipes = recipes_for("spectrogram images", SETTINGS, EPOCHS, weights=WEIGHTS)
print(describe_weights(WEIGHTS))
pd.DataFrame({name: recipe.settings() for name, recipe in recipes.items()}).fillna("")

# %% [markdown]
# The protocols are those of notebook 05. **thesis**: all of `train`, the epoch chosen on the test clips. **held_out**: the epoch chosen on a fifth of the training films, and no clip id that is in both splits.

# %%
groups = clips["film"].to_numpy()
protocols = protocol_parts(clips, labels, SEED, group="film", clip_id="sample_id")
for protocol, parts in protocols.items():
    print(
        f"{protocol}: {len(parts['train'])} clips to learn from, "
        f"{len(parts['validation'])} to choose the epoch"
    )
majority = scores.majority_class_accuracy(labels[train_rows], labels[test_rows])
print(f"always predicting the commonest class: {majority:.1%} of {len(test_rows)} test clips")

# %% tags=["nbval-ignore-output"]
histories, probabilities = {}, {}
every = np.arange(len(clips))
for protocol, parts in protocols.items():
    for name, recipe in recipes.items():
        network, history = training.train_network(
            pictures, labels, parts, len(EMOTIONS), recipe, SEED
        )
        histories[name, protocol] = history
        probabilities[name, protocol] = training.predict(network, pictures, every)  # (clips, 7)
        print(f"{name}, {protocol}: {len(history)} epochs, {history['seconds'].sum():.0f} s")
        if (name, protocol) == (FUSED, "held_out"):
            sound_network = network  # notebook 07 takes it up
        else:
            training.discard(network)  # its scores are kept; TensorFlow would keep the rest

# %% tags=["nbval-ignore-output"]
drawn = [(name, protocol) for name in ("Model 1", "VGG16, two blocks") for protocol in protocols]
last = histories["VGG16, two blocks", "thesis"].iloc[-1]
curves_figure = score_plots.learning_curves(
    {f"{name}\n{protocol}": histories[name, protocol] for name, protocol in drawn},
    f"VGG16 ends with {last['accuracy']:.0%} of its training clips and "
    f"{last['val_accuracy']:.0%} of the test clips (thesis; as figures 16 and 18)",
    chance=majority,
)
curves_figure

# %% [markdown]
# The distance between grey and blue at the end is what the network knows about the training clips *alone*. In the thesis Model 1 never leaves the ground and VGG16 learns its training clips nearly by heart (figures 16 and 18).

# %% [markdown]
# ## Evaluate

# %% tags=["nbval-ignore-output"]
published = load_published("06_audio_spectrogram_images")
published_of = {
    "Model 0": published["model0"],
    "Model 1": published["model1_fayek"],
    "VGG16, two blocks": published["vgg16"],
}
experiments = []
for (name, protocol), scored in probabilities.items():
    score = scores.score(labels[test_rows], scored[test_rows].argmax(axis=1), EMOTIONS)
    value = published_of.get(name) if protocol == "thesis" else None
    best_epoch = histories[name, protocol].attrs["best_epoch"]
    experiments.append(runs.experiment(name, protocol, "val", score, value, best_epoch=best_epoch))
runs.experiments_table(experiments).round(3)

# %% tags=["nbval-ignore-output"]
predicted = {name: probabilities[name, "held_out"][test_rows].argmax(axis=1) for name in recipes}
right = {name: found == labels[test_rows] for name, found in predicted.items()}
right["commonest class"] = labels[test_rows] == np.bincount(labels[train_rows]).argmax()
first, *others = ("VGG16, two blocks", *(name for name in right if name != "VGG16, two blocks"))
pairs = {f"{first}, or {other}?": (right[other], right[first]) for other in others}
comparison = paired_table(pairs, ("without", "with"))
p = comparison["p_value"].iloc[-1]  # against the constant answer
low, high = statistics.wilson_interval(int(right[first].sum()), len(test_rows))
gave_up = [name for name, found in predicted.items() if len(set(found)) == 1]
# Not shown yet: no network is clearly above the commonest class here.
finding = (
    f"VGG16 recognises {right[first].mean():.0%} of the sounds ({low:.0%} to {high:.0%}), "
    f"the commonest class {majority:.0%}: {'a' if p < 0.05 else 'no'} clear difference (p = {p:.2f})"
)
title = f"VGG16: {right[first].mean():.0%}; the commonest class: {majority:.0%} (p = {p:.2f})"
accuracy_figure = score_plots.accuracy_intervals(experiments, title, majority)
accuracy_figure

# %% tags=["nbval-ignore-output"]
print(
    f"{finding}.\nOne class for every test clip (held_out): {', '.join(gave_up) or 'no network'}."
)
comparison.round(3)

# %% [markdown]
# Two networks are compared on the clips that only one of them has right (McNemar's exact test, notebook 01), and so is a network with the answer that is always the same. Several questions asked at once need a stricter threshold than one (Holm).
# Where no difference is clear, more clips would have to tell, not more decimals. A network that predicts one class for every clip has a UAR of one in seven, and its accuracy is the fraction of that class.

# %% tags=["nbval-ignore-output"]
here = next(e for e in experiments if (e["name"], e["protocol"]) == ("VGG16, two blocks", "thesis"))
matrices = {
    "VGG16 here": here["metrics"]["confusion"],
    "VGG16 published": published["vgg16"]["confusion"],
}
columns = {place: np.sum(matrix, axis=0) for place, matrix in matrices.items()}
favourite = {place: EMOTIONS[counts.argmax()] for place, counts in columns.items()}
confusion_figure = score_plots.confusion(
    matrices,
    EMOTIONS,
    "Predicted most: " + "; ".join(f"{name} ({place})" for place, name in favourite.items()),
)
confusion_figure

# %% tags=["nbval-ignore-output"]
for place, counts in columns.items():
    most, never = counts.argmax(), np.array(EMOTIONS)[counts == 0]
    print(
        f"{place}: {favourite[place]} is predicted for {counts[most]} of {counts.sum()} clips, and is "
        f"right for {matrices[place][most][most]}; never predicted: {', '.join(never) or 'none'}"
    )

# %% [markdown]
# A full column is a class that the network falls back on when it does not know; its recall is high and means little. Empty columns are emotions that it has given up on.

# %% [markdown]
# ## Out of fold: scores for the fusion
#
# Notebook 07 combines the answers of VGG16 (one block, as in the code whose scores the thesis fused) with those from the faces, and *learns* how far to trust each, from the training clips. But what a network says about clips that it was trained on, it has partly learned by heart; how often it is right there is no measure of how far to trust it elsewhere.
#
# So the training clips are divided into folds by film, and each fold is scored by a network that never saw it. The number of epochs is the one that `held_out` chose, so that no fold has a say in its own training.

# %% [markdown] tags=["lab"]
# ### Task 2 · Folds by film
#
# `allowed` are the rows of the training clips, `groups` says the film of every row. `group_folds(labels, groups, FOLDS, SEED)` yields pairs of positions: to learn from, and held out. Make `folds`, a list of pairs of *rows*: no film on both sides, and every allowed clip held out once.

# %% tags=["nbval-ignore-output"]
name = FUSED
allowed = usable(leave_out_shared_ids(clips), "train")
epochs = histories[name, "held_out"].attrs["best_epoch"] - recipes[name].head_epochs
fixed = replace(recipes[name], epochs=epochs)
### BEGIN SOLUTION: folds, pairs of rows to learn from and rows that are held out
folds = [
    (allowed[train], allowed[held_out])
    for train, held_out in group_folds(labels[allowed], groups[allowed], FOLDS, SEED)
]
### END SOLUTION
print("clips held out by fold:", [len(held_out) for _, held_out in folds])

# %% tags=["lab"]
checks.folds_by_film(folds, allowed, groups, FOLDS)

# %% tags=["nbval-ignore-output"]
out_of_fold = training.out_of_fold_scores(
    pictures, labels, folds, len(EMOTIONS), fixed, SEED, report=print
)  # (clips, 7)

# %% [markdown] tags=["lab"]
# ### Task 3 · Whom to believe?
#
# `score_rows` has, for each kind of scores, the rows that they are of and the scores of *all* rows (clips, 7). Make `trust`, a dictionary from kind to the fraction of its rows whose largest score is that of the true label.

# %% tags=["nbval-ignore-output"]
score_rows = {
    "in_sample": (train_rows, probabilities[name, "thesis"]),
    "out_of_fold": (allowed, out_of_fold),
    "thesis": (test_rows, probabilities[name, "thesis"]),
    "held_out": (test_rows, probabilities[name, "held_out"]),
}
tables = {key: pd.DataFrame(scored[rows], index=rows) for key, (rows, scored) in score_rows.items()}
predictions = frames.prediction_table(clips, tables, EMOTIONS)
### BEGIN SOLUTION: trust, from a kind of scores to how often they are right
trust = {
    protocol: np.mean(scored[rows].argmax(axis=1) == labels[rows])
    for protocol, (rows, scored) in score_rows.items()
}
### END SOLUTION
pd.Series(trust, name="accuracy").round(3).to_frame()

# %% tags=["lab"]
checks.trust(trust, score_rows, labels)

# %% tags=["nbval-ignore-output"]
print(
    f"On its own training clips the network is right {trust['in_sample']:.0%} of the time, on clips of films "
    f"it has not seen {trust['out_of_fold']:.0%}, on the test clips {trust['held_out']:.0%}.\n"
    f"In-sample scores are {100 * abs(trust['in_sample'] - trust['held_out']):.0f} percentage points away "
    f"from what the test clips say, out-of-fold scores {100 * abs(trust['out_of_fold'] - trust['held_out']):.0f}."
)

# %% [markdown]
# The published fusion was learned from in-sample scores. How much that matters is a question for notebook 07.

# %% [markdown]
# ## Look, and listen: right and wrong
#
# Four test clips that the network for the fusion predicts wrongly (red: the prediction, then the truth) and four that it predicts correctly, where there are as many. Do you hear why?

# %% tags=["nbval-ignore-output"]
predicted = probabilities[name, "held_out"][test_rows].argmax(axis=1)
order = wrong_and_right(predicted == labels[test_rows], 4)
captions, colours = score_plots.answer_captions(
    labels[test_rows[order]], predicted[order], EMOTIONS, between=", "
)
mistakes_figure = audio_plots.spectrogram_grid(
    pictures[test_rows[order]],
    captions,
    colours=colours,
    title=f"{(predicted != labels[test_rows]).sum()} of {len(predicted)} test clips are predicted wrongly",
)
mistakes_figure

# %% tags=["nbval-ignore-output"]
waves = [media.read_audio(clips["path"][row], 22050) for row in test_rows[order]]
players(waves, captions, 22050)

# %% [markdown]
# ## Exercises
#
# 1. Show the networks *grey* spectrograms: put `pictures = pictures.mean(axis=3, keepdims=True).repeat(3, axis=3).astype("uint8")` before the training. VGG16 knows photographs, and this purple from none of them: does the colour map help or hurt it?
# 2. Mirror the pictures from left to right, for the test alone. Which emotions suffer most, and what does that say about what the network goes by?
# 3. Give Model 1 pictures of 40 log-mel bands, `spectrogram_images(clips, kind="log_mel")`, or hide a stretch of bands and of time in each (`replace(recipe, augment="masking")`; Park and colleagues, 2019), with three seeds each. Is the gain larger than what another seed does?
# 4. Put `FOLDS = 2` and `FOLDS = 6`. Which out-of-fold accuracy is nearer to that on the test clips, and what does it cost?

# %%
figures = {
    "accuracy": (
        accuracy_figure,
        f"Accuracy of every network on the test clips ({WEIGHTS} weights)",
    ),
    "curves": (
        curves_figure,
        "Accuracy while training, and the epoch that was kept (figures 16, 18)",
    ),
    "confusion": (confusion_figure, "Confusion matrices of VGG16, here and published (figure 17)"),
    "emotions": (sevens_figure, "Spectrograms of seven emotions as pictures"),
    "mistakes": (mistakes_figure, "Pictures of clips predicted wrongly and correctly"),
}

# %% tags=["results"]
folder = runs.save_run(
    "06_audio_spectrogram_images",
    corpus=CORPUS,
    settings={
        "settings": SETTINGS, "seed": SEED, "folds": FOLDS, "weights": WEIGHTS,
        "recipes": {name: recipe.settings() for name, recipe in recipes.items()},
    },
    experiments=experiments,
    predictions=predictions,
    figures=figures,
    manifests=[clips],
    started=started,
    root=RESULTS_ROOT,
    extra={
        "finding": finding + ".",
        "tables": {
            "VGG16 against the others, protocol held_out": comparison.round(3),
        },
        "trust": trust,
        "majority_class_accuracy": majority,
    },
)  # fmt: skip
origin = saved.origin_of(pictures, labels, protocols["held_out"], EMOTIONS, recipes[FUSED], SEED)
saved.save_model(sound_network, folder / "held_out", origin)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - A spectrogram becomes a picture by decibels, a colour map and a resize; drawing a figure is a slow way to do the same.
# - In the thesis the network that had learned from photographs did best with sound. A spectrogram is no photograph, though: up and down, left and right mean something else there.
# - Compare networks on the same clips. With few clips even a difference of several points can be luck, and a test says so.
# - A network's scores for its own training clips are no measure of how far to trust it. Out-of-fold scores are.
#
# **Limits.** Loudness and tempo are lost in these pictures. Acted emotions, one label a clip; synthetic voices on the demo corpus.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter IV.
# K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR (2015).
# S. Xie, Z. Tu, *Holistically-nested edge detection*, ICCV (2015).
# D. S. Park and colleagues, *SpecAugment: a simple data augmentation method for automatic speech recognition*, Interspeech (2019).
# D. H. Wolpert, *Stacked generalization*, Neural Networks 5 (1992).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [07 · Fusion: does audio help?](07_fusion.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/07_fusion.ipynb).
