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
# About 2 minutes on the demo corpus with two CPU cores; on AFEW with a GPU, some ten minutes more.
# It builds on notebook 05 (what a spectrogram is) and 03 (VGG16); notebook 07 takes its scores.
#
# The published numbers, of 381 clips and seven emotions: 21.2 % with Model 0, 21.7 % with Model 1, 27.6 % with VGG16 (Muntaner González 2021, chapter IV, table I and figures 16 to 18).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (synthetic voices), open, or thesis (your own copy of AFEW 2018)
DATA_ROOT: str = ""  # folder that holds EmotiW_2018/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: 50 to 100 epochs, small steps
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
SAMPLES: int = 0  # 0 is all; some hundreds are a quick look, emotions and people in proportion
WEIGHTS: str = "hed"  # hed (inside a package), imagenet (as published, a download), or none

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
from dataclasses import replace

import librosa
import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from helpers.corpora import clips as corpus, manifest, splits, subset
from helpers.corpora.demo import instrument
from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation import comparison, scores
from helpers.features import media, spectrogram_images
from helpers.fusion import frames
from helpers.models import recipes as known_recipes, training, vgg16
from helpers.plots import audio as audio_plots, players, scores as score_plots
from helpers.published import load_published
from helpers.results import claims, runs

started = time.time()
print(runtime.describe())

# %% tags=["lab"]
from helpers.series.labs import audio_spectrogram_images as checks, guesses

# %% [markdown]
# ## Data: the clips of notebook 05 (about 10 s)
#
# Each is labelled with the emotion of the person on screen; only the sound is used. In the demo corpus the voices are **synthetic**.

# %%
clips = subset.subset(corpus.load_own_voices(CORPUS, DATA_ROOT), SAMPLES, SEED)
labels, groups = class_indices(clips["emotion"], EMOTIONS), clips["film"].to_numpy()  # (clips,)
clips.pivot_table(index="emotion", columns="split", values="sample_id", aggfunc="count")

# %% [markdown]
# ## Idea: a spectrogram as a picture (about 10 s)
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
    height, width = size
    picture = Image.fromarray(palette[levels])
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


# %% tags=["lab"]
checks.picture(spectrogram_to_image)

# %% [markdown]
# Only the loudest point counts as a reference, so a whisper and a shout may look alike; and the picture is as wide for a clip of one second as for one of six, so tempo is lost too. Both are as in the thesis, and worth remembering when you see the results.
#
# One speaker says one sentence seven times, and only the emotion differs (the instrument of notebook 05; turn its controls):

# %% tags=["nbval-ignore-output"]
SPEAKER = 2  # @param {type: "slider", min: 0, max: 11, step: 1}
INTENSITY = 1.0  # @param {type: "slider", min: 0, max: 1, step: 0.1}
NOISE = 0.0  # @param {type: "slider", min: 0, max: 1, step: 0.1}
said = [
    instrument.voice(SPEAKER, emotion, INTENSITY, sentence=3, noise=NOISE, seconds=2.0)
    for emotion in EMOTIONS
]
players.players(said, EMOTIONS, 22050)

# %% tags=["nbval-ignore-output"]
seen = [spectrogram_to_image(librosa.feature.melspectrogram(y=sound, sr=22050)) for sound in said]
title = "One sentence in seven emotions, in 64 x 64 pixels: 2 s wide, 0 to 11 kHz (mel) high"
sevens_figure = audio_plots.spectrogram_grid(seen, EMOTIONS, title=title, colours=["black"] * 7)
sevens_figure

# %% [markdown]
# The comb of stripes is a voice, the distance between them the pitch, their slope the melody. Noise is a cloud, music stays in straight lines.
#
# **A spectrogram is not a photograph.** Move a face in a photograph and it is the same face; move a stripe upwards and it is another pitch. Mirror a photograph and little happens; mirror a spectrogram and time runs backwards. So no mirroring, turning or shearing here; recordings of real people are learned from a little moved and stretched as well, as if somebody had spoken later, slower or higher.
#
# Pictures of all clips at once, with the reasons of those that cannot be read, are kept in the cache. Are they what the function above draws?

# %%
pictures, clips = spectrogram_images.spectrogram_images(clips)  # (clips, 64, 64, 3)
train_rows, test_rows = (manifest.usable(clips, split) for split in ("train", "val"))
print(f"{len(train_rows)} clips to train on, {len(test_rows)} to test on")

# %%
samples, rate = media.read_audio_at_own_rate(clips["path"][train_rows[0]])
picture = spectrogram_to_image(librosa.feature.melspectrogram(y=samples, sr=rate))
difference = np.abs(pictures[train_rows[0]].astype(int) - picture).max()
print("the same picture, to a level of colour:", difference <= 1)

# %% [markdown]
# ## Train (about 50 s)
#
# The same pictures go to three networks. **Model 0** of notebook 05 begins with nothing. **VGG16** begins with what it has learned from photographs: the first three of its five blocks, which answer to edges and textures, stay as they are, and a new head learns from what they say. (The thesis trained the last block too; that takes a GPU, and `SETTINGS = "published"`.) The third is the control: **the same network with random weights**, its head trained in as many steps. Were it as good, the photographs would have nothing to do with it.

# %% tags=["nbval-ignore-output"]
FUSED, RANDOM = known_recipes.FUSED, f"{known_recipes.FUSED}, random weights"
of_sound = {"corpus": CORPUS, "weights": WEIGHTS}
recipes = known_recipes.recipes_for("spectrogram images", SETTINGS, EPOCHS, **of_sound)
recipes[RANDOM] = known_recipes.of_random_features(recipes[FUSED])
print(vgg16.describe_weights(WEIGHTS))
pd.DataFrame({name: recipe.settings() for name, recipe in recipes.items()}).fillna("")

# %% [markdown]
# The protocols are those of notebook 05. **held_out**: trained on `train`, less the clips whose id is in both splits, for as many epochs as were fixed beforehand, since a fifth of the training films has fewer than 200 clips to choose by. **thesis**, for VGG16 alone: the epoch with the best accuracy on the test clips, as published.

# %%
protocols = splits.protocol_parts(
    clips, labels, SEED, group="film", clip_id="sample_id", fewest_validation=splits.FEWEST_STILLS
)
for protocol, parts in protocols.items():
    print(protocol, {use: len(rows) for use, rows in parts.items()})

# %% tags=["nbval-ignore-output"]
histories, probabilities = {}, {}
planned = [(name, "held_out") for name in recipes] + [(FUSED, "thesis")]
for name, protocol in planned:
    network, history = training.train_network(
        pictures, labels, protocols[protocol], len(EMOTIONS), recipes[name], SEED,
        report=print,
    )  # fmt: skip
    histories[name, protocol] = history
    probabilities[name, protocol] = training.predict(
        network, pictures, np.arange(len(clips)), keep_frozen=True
    )
    print(f"{name}, {protocol}: {len(history)} epochs, {history['seconds'].sum():.0f} s")
    if (name, protocol) == (FUSED, "held_out"):
        sound_network = network
    else:
        training.discard(network)

# %% [markdown]
# ## Evaluate
#
# A control that cannot learn would prove nothing. So look first at what each network knows of its own training clips, with dropout off:

# %% tags=["nbval-ignore-output"]
own, majority_class = protocols["held_out"]["train"], np.bincount(labels[train_rows]).argmax()
answers = {name: probabilities[name, "held_out"].argmax(axis=1) for name in recipes}
answers["commonest emotion"] = np.full(len(clips), majority_class)
right = {name: (found == labels) for name, found in answers.items()}
majority = right["commonest emotion"][test_rows].mean()
pd.DataFrame(
    {"its training clips": right[name][own].mean(), "test clips": right[name][test_rows].mean()}
    for name in right
).set_axis(list(right)).round(3)

# %% tags=["nbval-ignore-output"]
published = load_published("06_audio_spectrogram_images")
experiments = []
for (name, protocol), scored in probabilities.items():
    score = scores.score(labels[test_rows], scored[test_rows].argmax(axis=1), EMOTIONS)
    value = published["vgg16"] if protocol == "thesis" else None
    entry = runs.experiment(name, protocol, "val", score, value, headline=name == FUSED)
    experiments.append(entry)
accuracy_figure = score_plots.accuracy_intervals(
    experiments, "What each network recognises of the test clips, by sound alone", majority
)
accuracy_figure

# %% [markdown]
# Two networks are compared on the clips that only one of them has right (McNemar's exact test, notebook 01). Several questions asked at once need a stricter threshold than one (Holm).

# %% tags=["nbval-ignore-output"]
of_test = {name: found[test_rows] for name, found in right.items()}
pair = of_test["commonest emotion"], of_test[FUSED]
claim = claims.judge("06_audio_spectrogram_images", SEED, {"majority": pair})
print(claims.sentence(claim))
claims.table(claim)

# %% tags=["nbval-ignore-output"]
pairs = {f"{FUSED}, or {other}?": (of_test[other], of_test[FUSED]) for other in (RANDOM, "Model 0")}
paired = comparison.paired_table(pairs, ("the other", "VGG16"))
comparison.readable(paired)

# %% [markdown]
# That the network hears something is one thing; that it owes this to photographs is another, and the second table says how far that goes. Random filters, too, answer to stripes and edges, and a head that has learned to read them gets some of the way.

# %% tags=["nbval-ignore-output"]
curves_figure = score_plots.learning_curves(
    {f"{name.removeprefix('VGG16, ')}\n{protocol}": h for (name, protocol), h in histories.items()},
    "Accuracy while training; blue, where it was looked at, on the test clips",
    chance=majority,
)
curves_figure

# %% [markdown]
# ## Out of fold: scores for the fusion (about 50 s)
#
# Notebook 07 combines the answers of VGG16 with those from the faces, and *learns* how far to trust each, from the training clips. But what a network says about clips that it was trained on, it has partly learned by heart; how often it is right there is no measure of how far to trust it elsewhere.
#
# So the training clips are divided into folds, and each fold is scored by a network that never saw it, trained as long as the one above.

# %% [markdown] tags=["lab"]
# ### Task 2 · The unit of the fold
#
# No network may score a clip of something that it has learned from. Which column of `clips` says what must stay together: `"sample_id"`, `"film"`, `"emotion"` or `"path"`? Put it into `unit`.

# %% tags=["lab"]
### BEGIN SOLUTION: unit, a column of clips
unit = "film"
### END SOLUTION

# %% tags=["lab"]
checks.unit(unit)

# %% tags=["nbval-ignore-output"]
FOLDS = 3
allowed = manifest.usable(corpus.leave_out_shared_ids(clips), "train")
divided = splits.group_folds(labels[allowed], groups[allowed], FOLDS, SEED)
folds = [(allowed[train], allowed[held_out]) for train, held_out in divided]
print("clips held out by fold:", [len(held_out) for _, held_out in folds])

# %% tags=["nbval-ignore-output"]
trained = histories[FUSED, "held_out"].attrs["best_epoch"] - recipes[FUSED].head_epochs
fixed = replace(recipes[FUSED], epochs=trained)
out_of_fold = training.out_of_fold_scores(pictures, labels, folds, len(EMOTIONS), fixed, SEED)

# %% [markdown] tags=["lab"]
# **Guess first.** What per cent of the training clips will be right if the network has learned from these very clips (`in_sample`), what per cent if it has not (`out_of_fold`), and what per cent of the test clips (`held_out`)? Type numbers between the quotes; the order is what matters.

# %% cellView="form" tags=["lab"]
# @title Your guesses, in per cent of the clips
IN_SAMPLE = ""  # @param {type: "string"}
OUT_OF_FOLD = ""  # @param {type: "string"}
HELD_OUT = ""  # @param {type: "string"}
guessed = {"in_sample": IN_SAMPLE, "out_of_fold": OUT_OF_FOLD, "held_out": HELD_OUT}
guessed = {name: guesses.guess(typed, percent=True) for name, typed in guessed.items()}

# %% tags=["nbval-ignore-output"]
score_rows = {
    "in_sample": (allowed, probabilities[FUSED, "held_out"]),
    "out_of_fold": (allowed, out_of_fold),
    "thesis": (test_rows, probabilities[FUSED, "thesis"]),
    "held_out": (test_rows, probabilities[FUSED, "held_out"]),
}
trust = {
    kind: np.mean(scored[rows].argmax(axis=1) == labels[rows])
    for kind, (rows, scored) in score_rows.items()
}
tables = {key: pd.DataFrame(scored[rows], index=rows) for key, (rows, scored) in score_rows.items()}
pd.Series(trust, name="how often they are right").round(3).to_frame()

# %% tags=["lab", "nbval-ignore-output"]
guesses.compare_each(guessed, trust)

# %% [markdown]
# In-sample scores are far from what the test clips say, out-of-fold scores near. The published fusion was learned from in-sample scores; how much that matters is a question for notebook 07.
#
# ## Look, and listen: right and wrong
#
# Four test clips that VGG16 predicts wrongly (red: the prediction, then the truth) and four that it predicts correctly. Do you hear why?

# %% tags=["nbval-ignore-output"]
order = test_rows[comparison.wrong_and_right(of_test[FUSED], 4)]
captions, colours = score_plots.answer_captions(
    labels[order], answers[FUSED][order], EMOTIONS, between=", "
)
title = f"{(~of_test[FUSED]).sum()} of {len(test_rows)} test clips are predicted wrongly"
mistakes_figure = audio_plots.spectrogram_grid(
    pictures[order], captions, colours=colours, title=title
)
mistakes_figure

# %% tags=["nbval-ignore-output"]
players.players([media.read_audio(clips["path"][row], 22050) for row in order], captions, 22050)

# %% tags=["nbval-ignore-output"]
here = next(e for e in experiments if (e["name"], e["protocol"]) == (FUSED, "held_out"))
matrices = {"here": here["metrics"]["confusion"], "published": published["vgg16"]["confusion"]}
title = "VGG16: a full column is a class that it falls back on"
confusion_figure = score_plots.confusion(matrices, EMOTIONS, title)
confusion_figure

# %% [markdown]
# A full column is a class that a network predicts when it does not know; its recall is high and means little.
#
# ## Backwards
#
# Is a voice that runs backwards still angry? For a network that knows photographs a mirrored picture is nearly the same one. Here is what it says of the test clips when time runs the other way, and when pitch does:

# %% tags=["nbval-ignore-output"]
turned = {
    "as they are": pictures,
    "backwards": pictures[:, :, ::-1],
    "upside down": pictures[:, ::-1],
}
for name, changed in turned.items():
    found = training.predict(sound_network, changed, test_rows).argmax(axis=1)
    print(f"{name}: {np.mean(found == labels[test_rows]):.0%} of the test clips")

# %% [markdown] tags=["lab"]
# ### Task 3 · Explain it
#
# Upside down costs more than backwards. Which of these explains it? Put `"a"`, `"b"` or `"c"` into `explanation`.
#
# - a: The network goes by what is loud at which pitch (brightness, breath, height of the voice), which time does not change, more than by the melody.
# - b: Photographs that are mirrored were in the training of VGG16, so it is used to any mirrored picture.
# - c: A sound that runs backwards has another spectrum.

# %% tags=["lab"]
### BEGIN SOLUTION: explanation, a letter
explanation = "a"
### END SOLUTION

# %% tags=["lab"]
checks.explanation(explanation)

# %% [markdown]
# What the network hears is more in *which* pitches are loud than in *when*.
#
# ## Exercises
#
# 1. Show the networks *grey* spectrograms: put `pictures = pictures.mean(axis=3, keepdims=True).repeat(3, axis=3).astype("uint8")` before the training. Does the colour map help VGG16 or hurt it?
# 2. Put `blocks=5` into the recipe of VGG16 (`replace(recipes[FUSED], blocks=5)`): do features of whole things serve sound as well as those of edges and textures?
# 3. Give Model 0 pictures of 40 log-mel bands, `spectrogram_images(clips, kind="log_mel")`, with three seeds each. Is the difference larger than what another seed does?
# 4. Put `FOLDS = 2` and `FOLDS = 6`. Which out-of-fold accuracy is nearer to that on the test clips, and what does it cost?

# %% tags=["results"]
figures = {
    "accuracy": (accuracy_figure, f"Accuracy of every network on the test clips ({WEIGHTS})"),
    "curves": (curves_figure, "Accuracy while training (figures 16, 18)"),
    "confusion": (confusion_figure, "Confusion matrices of VGG16, here and published (figure 17)"),
    "emotions": (sevens_figure, "Spectrograms of one sentence in seven emotions as pictures"),
    "mistakes": (mistakes_figure, "Pictures of clips predicted wrongly and correctly"),
}
settings = {"settings": SETTINGS, "seed": SEED, "samples": SAMPLES, "folds": FOLDS}
settings["weights"] = WEIGHTS
settings["recipes"] = {name: recipe.settings() for name, recipe in recipes.items()}
folder = runs.save_run(
    "06_audio_spectrogram_images", corpus=CORPUS, settings=settings, experiments=experiments,
    predictions=frames.prediction_table(clips, tables, EMOTIONS), figures=figures,
    manifests=[clips], started=started, root=RESULTS_ROOT, claim=claim,
    extra={"finding": claims.sentence(claim), "tables": {"Paired": paired.round(4)},
           "trust": trust, "majority_class_accuracy": majority},
)  # fmt: skip

# %% [markdown]
# ## Summary
#
# - A spectrogram becomes a picture by decibels, a colour map and a resize; drawing a figure is a slow way to do the same.
# - What photographs have taught a network is of use for sound, and the control that shows it is the same network with random weights.
# - A spectrogram is no photograph: up and down, left and right mean something else there.
# - A network's scores for its own training clips are no measure of how far to trust it. Out-of-fold scores are, if the unit of the fold is the film.
#
# **Limits.** Loudness and tempo are lost in these pictures. Acted emotions, one label a clip; synthetic voices on the demo corpus.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter IV.
# K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR (2015).
# S. Xie, Z. Tu, *Holistically-nested edge detection*, ICCV (2015).
# K. He and colleagues, *Delving deep into rectifiers*, ICCV (2015), for the random weights.
# D. H. Wolpert, *Stacked generalization*, Neural Networks 5 (1992).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [07 · Fusion: does audio help?](07_fusion.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/07_fusion.ipynb).
