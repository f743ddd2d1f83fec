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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/01_faces_baseline.ipynb)

# %% [markdown]
# # 01 · Faces: a baseline
#
# **How well does a small convolutional network read posed faces, and how much of that is because it has met the people before?**
#
# After this notebook you will be able to
#
# - build and train a small CNN that recognises the emotion of a face,
# - read learning curves and a confusion matrix,
# - tell a test on *new pictures* from a test on *new people*, and say with a paired test which is easier,
# - move one thing in a picture, hold the rest, and see what the network answers to.
#
# About a minute on the demo corpus with two CPU cores; on FACES with a GPU, allow some minutes more.
# Nothing needs to be run before it; notebook 02 takes the network from here into the wild.
# Terms in **bold** are in the [glossary](https://github.com/emotion-notebooks/emotion-notebooks/blob/main/docs/glossary.md).
#
# The published number: about 70 % of posed faces right (FACES, six emotions; Muntaner González 2021, section III-A, figures 4 to 7).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copy of FACES)
DATA_ROOT: str = ""  # folder that holds FACES/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: SGD with learning rate 1e-5 and batches of one
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look

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

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import StratifiedKFold

from helpers.corpora import splits
from helpers.corpora.demo.instrument import face
from helpers.corpora.manifest import usable
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.evaluation import comparison, scores
from helpers.features import pictures, posed_faces
from helpers.models import recipes, saved, training
from helpers.plots import faces as face_plots, scores as score_plots
from helpers.published import load_published
from helpers.results import claims, runs

# %% tags=["lab"]
from helpers.series.labs import faces_baseline as checks, guesses, pairs

# %% tags=["nbval-ignore-output"]
started = time.time()
print(runtime.describe())

# %% [markdown]
# ## Data: posed faces (5 s)
#
# FACES (Ebner and colleagues, 2010) shows 171 people, each posing six emotions, twice: picture sets *a* and *b*.
# Frontal, evenly lit, the same plain background behind all: as easy as faces get.
# The demo corpus has the same layout and **drawn people** in place of real ones, each with an own way of showing an emotion. It shows how things work and proves nothing about people.
#
# A **manifest** is a table with a row for each sample. Everything in this series starts from one.

# %%
everything = posed_faces.load_posed_faces(CORPUS, DATA_ROOT)
classes = EMOTIONS_WITHOUT_SURPRISE  # FACES has no Surprise
everything = everything[everything["emotion"].isin(classes)].reset_index(drop=True)
everything.drop(columns=["path", "problem"]).head()

# %% [markdown]
# The thesis trains on picture set *a* (`train`) and tests on set *b* (`test`). Who is in both?

# %%
people = everything.groupby("split")["group"].agg(set)
in_both = people["train"] & people["test"]
print(f"{len(everything)} pictures of {everything['group'].nunique()} people")
print(f"people in both train and test: {len(in_both)}")

# %% [markdown]
# In FACES *every* person of the test set is in the training set too, with the same emotions. A network can do well there by knowing faces as well as by reading expressions.
#
# The pictures become small and grey: colour should say nothing about emotion. `SETTINGS` says how small. One that cannot be read keeps its row, with the reason in `problem`, and is not used.

# %%
recipe = recipes.recipes_for("faces", SETTINGS, EPOCHS, corpus=CORPUS)["small CNN"]
decoded, everything = pictures.decode(everything, (recipe.size, recipe.size), channels=1)
rows = usable(everything)
pixels, manifest = decoded[rows], everything.iloc[rows].reset_index(drop=True)
labels = class_indices(manifest["emotion"], classes)  # (samples,)
print(f"pixels {pixels.shape} {pixels.dtype}; cannot be read: {len(everything) - len(rows)}")

# %% tags=["nbval-ignore-output"]
shown = manifest[manifest["group"].isin(manifest["group"].unique()[:3])]
shown = shown.drop_duplicates(["group", "emotion"]).sort_values(["group", "emotion"])
files = [pictures.read_picture(path, (150, 120), 1) for path in shown["path"]]
title = "Six posed emotions, a row a person: one view, one light, one background"
examples_figure = score_plots.picture_grid(files, list(shown["emotion"]), columns=6, title=title)
examples_figure

# %% [markdown]
# Nothing varies but the person and the expression, which is what makes this the easy case.
#
# ## Idea: two convolutions, then a decision
#
# A **convolution** slides small filters over the picture, each answering to one pattern; **ReLU** makes negative answers zero; **max pooling** keeps the strongest answer of each 2 x 2 square.
# **Batch normalisation** keeps the values of a layer in one range, **dropout** hides a part of them at random during training, so that no single one is relied on.
# **Flatten** makes one long row of all answers, a **dense layer** weighs every one of them for each of its outputs, and at the end a **softmax** turns six numbers into six probabilities.
#
# This is the network of the thesis (figure 5), layer by layer:

# %% [markdown] tags=["lab"]
# ### Task 1 · The second convolution
#
# The first block is there. Write the second one: a convolution of 64 filters of 3 x 3 with ReLU, batch normalisation with the given `momentum`, dropout of a half, and max pooling over squares of two. Mind the order: in figure 5 the second block pools last, the first one sooner. Then flatten, and a dense layer of 512 with ReLU. Each line takes `x` and gives `x`.


# %%
def static_cnn(
    input_shape: tuple[int, int, int] = (128, 128, 1), classes: int = 6, momentum: float = 0.99
) -> keras.Model:
    """Build the static model of the thesis, uncompiled (section III-A, figure 5)."""
    pictures = keras.Input(input_shape, name="pictures")
    x = layers.Conv2D(32, 3, activation="relu")(pictures)
    x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(0.25)(x)
    ### BEGIN SOLUTION: the second block, flatten, and the dense layer of 512
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(0.5)(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu")(x)
    ### END SOLUTION
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(pictures, probabilities, name="static_cnn")


# %% tags=["lab"]
checks.network(static_cnn)

# %%
runtime.set_seeds(SEED)
model = static_cnn(pixels.shape[1:], len(classes), recipe.batch_norm_momentum)
table = [(layer.name, layer.output.shape[1:], layer.count_params()) for layer in model.layers]
print(f"{model.count_params():,} parameters for {recipe.size} x {recipe.size} pixels;")
print(f"as published, for 128 x 128 pixels, {static_cnn().count_params():,}")
pd.DataFrame(table, columns=["layer", "output", "parameters"])

# %% [markdown]
# Nearly all parameters are in one place: the dense layer that looks at every position of every filter at once. That many, for so few pictures, can learn them by heart.
#
# ## Train (10 s)
#
# Two calls of Keras make a network learn. `compile` says *how*: by which **loss**, a number that is large when the right class gets a low probability (here the **cross-entropy**, minus the logarithm of that probability), and by which **optimizer**, which changes the weights a little after each batch so that the loss falls; its **learning rate** says how little. `fit` does it: every picture once is an **epoch**.
#
# The thesis took plain gradient descent with a learning rate of 0.00001, one picture at a time; the default takes Adam and batches of 16, in a fraction of the time. Its learning rate falls to nothing at the last step (**cosine decay**), so that the network settles: with steps that stay large the last epoch may be a bad one by chance.
#
# As published: train on set *a*, choose the epoch on set *b*, report set *b*. This series calls it the protocol **thesis**. It is too kind twice: the people are known, and the best epoch was picked by looking at the answers.

# %%
set_a, set_b = (usable(manifest, split) for split in ("train", "test"))
batches = pictures.make_dataset(
    pixels, labels, set_a, batch_size=recipe.batch_size, shuffle=True, seed=SEED
)
test_batches = pictures.make_dataset(pixels, labels, set_b, batch_size=64)

# %%
optimizer = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[recipe.optimizer]
rate = recipe.learning_rate
if recipe.cosine_decay:
    rate = keras.optimizers.schedules.CosineDecay(rate, recipe.epochs * len(batches))
loss = "sparse_categorical_crossentropy"  # for classes that are numbers
model.compile(optimizer(rate), loss, metrics=["accuracy"])

# %% tags=["nbval-ignore-output"]
best = keras.callbacks.EarlyStopping(
    "val_accuracy", mode="max", patience=recipe.patience, restore_best_weights=True
)
fitted = model.fit(
    batches,
    validation_data=test_batches,
    epochs=recipe.epochs,
    callbacks=[best],
    shuffle=False,  # the batches are shuffled anew every epoch as it is
    verbose=0,
)

# %% tags=["nbval-ignore-output"]
history = pd.DataFrame(fitted.history).assign(epoch=range(1, len(fitted.epoch) + 1))
history.attrs["best_epoch"] = int(history["val_accuracy"].idxmax()) + 1
majority = scores.majority_class_accuracy(labels[set_a], labels[set_b])
last, last_b = history[["accuracy", "val_accuracy"]].iloc[-1]
title = f"At the last epoch {last:.0%} of set a are right, {last_b:.0%} of set b (figure 6)"
curves_figure = score_plots.learning_curves({"thesis": history}, title, majority)
curves_figure

# %% [markdown]
# The grey line is the network on the pictures that it learns from (while dropout hides a part of them), the blue one on those that choose the epoch, with a dot at the epoch that was kept. Where grey goes on to the top and blue stays below, a network learns its pictures rather than what they show: **overfitting**. Here blue keeps up, as if there were little of that. Why?
#
# From here on `training.train_network` does these two calls; a test of this series holds the two equal.

# %% [markdown]
# ## Evaluate: people it has met, and strangers (40 s)
#
# How much of this is because it has met the people? Two ways to divide *all* pictures in two halves; each half is read by a network that has learned from the other one:
#
# - **by picture**: of each person's two pictures of an emotion one is in each half, so everybody who is tested has been met;
# - **by person**: half of the people are in each half, so everybody who is tested is a stranger.
#
# The pictures that are tested, the size of the training sets and the number of epochs, fixed beforehand, are the same. Only who has been met differs. The second is this series' protocol **held_out**.

# %% cellView="form" tags=["lab"]
# @title Your guess: of a hundred faces, how many will it read rightly?
MET = ""  # @param {type: "string"}
STRANGERS = ""  # @param {type: "string"}
guessed = {"people it has met": MET, "strangers": STRANGERS}
guessed = {name: guesses.guess(typed, percent=True) for name, typed in guessed.items()}

# %% [markdown] tags=["lab"]
# ### Task 2 · The unit of the fold
#
# The second way keeps together all rows of the manifest that have the same value in one of its columns. Which column must that be, so that nobody who is tested has been met, and nothing else changes? Look at the table above, and write its name into `unit`.

# %%
### BEGIN SOLUTION: unit, the name of a column
unit = "group"
### END SOLUTION

# %% tags=["lab"]
checks.unit_of_the_fold(unit)

# %%
one_of_two = manifest["group"] + manifest["emotion"]  # of each, one picture in each half
halves = StratifiedKFold(2, shuffle=True, random_state=SEED)
folds = {
    "people it has met": list(halves.split(one_of_two, one_of_two)),
    "strangers": list(splits.group_folds(labels, manifest[unit].to_numpy(), 2, SEED)),
}
met = {
    name: [len(set(manifest["group"][test]) & set(manifest["group"][train])) for train, test in own]
    for name, own in folds.items()
}
print("People in the test who are in the training set, by half:", met)

# %% tags=["nbval-ignore-output"]
predicted = {
    name: training.out_of_fold_scores(pixels, labels, own, len(classes), recipe, SEED).argmax(
        axis=1
    )
    for name, own in folds.items()
}
right = {name: answers == labels for name, answers in predicted.items()}
answers = {"strangers": (right["strangers"], right["people it has met"])}  # control first
claim = claims.judge("01_faces_baseline", SEED, answers)
print(claims.sentence(claim))
claims.table(claim)

# %% [markdown]
# An accuracy on *n* faces is itself uncertain: the bars below are 95 % **Wilson intervals**. A test is not read off two of them, though. Both ways were tested on the *same* pictures: where both are right, or both wrong, neither is better, and of the rest **McNemar's exact test** asks how often a fair coin would be at least as one-sided. That is *p*. (It takes the pictures as independent, though twelve are of one person: it is a little less firm than it looks.)

# %% tags=["nbval-ignore-output"]
published = load_published("01_faces_baseline")
found_b = training.predict(model, pixels, set_b).argmax(axis=1)
score_b, value = scores.score(labels[set_b], found_b, classes), published["faces_test_accuracy"]
experiments = [runs.experiment("small CNN", "thesis", "test", score_b, value, people="known")]
for name, found in predicted.items():
    score = scores.score(labels, found, classes)
    experiments.append(runs.experiment(name, "held_out", "folds", score, headline=True))
known, new = (own.mean() for own in right.values())
title = f"{known:.0%} right of people it has met, {new:.0%} of strangers"
strangers_figure = score_plots.accuracy_intervals(experiments[1:], title, majority)
strangers_figure

# %% tags=["lab", "nbval-ignore-output"]
guesses.compare_each(guessed, {name: own.mean() for name, own in right.items()})

# %% [markdown]
# Same pictures, same network, same number of pictures to learn from. A test with the same people on both sides answers an easier question than it seems to, and most published numbers of posed faces are of that kind.
#
# Which emotions are taken for which? Rows are what the face shows, columns what the network predicts; the shade is the fraction of the row. Beside ours, under `thesis`, is the published matrix (figure 7), which is of real faces.

# %% tags=["nbval-ignore-output"]
confusion_figure = face_plots.confusion_beside_published(
    experiments[0]["metrics"]["confusion"], published["faces_confusion_6"], classes, "the small CNN"
)
confusion_figure

# %% [markdown]
# A network that says "Neutral" whenever it is unsure recognises every Neutral and few of the emotions next to it: that is the published matrix. Look at a column as well as at a row before calling a class easy.
#
# ## Look: one thing moved, the rest held (15 s)
#
# No recorded corpus has the same person a little angrier and everything else the same. Whoever draws faces can have that: `face` draws a stranger in whom **person, emotion, intensity, pose, light and clutter** are held or moved one by one. What changes in the answer is then due to what was moved. Turn the sliders and run the cell again.

# %% cellView="form" tags=["nbval-ignore-output"]
# @title Move one thing { run: "auto" }
PERSON = 3  # @param {type: "slider", min: 0, max: 23, step: 1}
EMOTION = "Happy"  # @param ["Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad"]
INTENSITY = 0.6  # @param {type: "slider", min: 0, max: 1, step: 0.1}
TURN = 0  # @param {type: "slider", min: -45, max: 45, step: 5}
drawn = face(PERSON, EMOTION, INTENSITY, turn=TURN)
seen = pictures.resize([drawn], pixels.shape[1:3], channels=1)
answer = training.predict(model, seen, [0])[0]
one_figure = face_plots.answers_beside(drawn, dict(zip(classes, answer, strict=True)))
one_figure

# %% [markdown]
# Now many faces: twelve strangers, each emotion in six steps from nothing to all of it (a Neutral face stays at rest, whatever the step). In psychology such a curve, answers against the strength of what is shown, is called **psychometric**. It says how much of an emotion the network needs to see.

# %% tags=["nbval-ignore-output"]
steps, curves = np.linspace(0, 1, 6), {}
for place, name in enumerate(classes):
    drawn = [face(person, name, step) for step in steps for person in range(12)]
    seen = pictures.resize(drawn, pixels.shape[1:3], channels=1)
    answer = training.predict(model, seen, np.arange(len(seen)))[:, place]
    curves[name] = answer.reshape(len(steps), -1).mean(axis=1)

# %% tags=["nbval-ignore-output"]
full = {name: values[-1] for name, values in curves.items()}
surest, least = max(full, key=full.get), min(full, key=full.get)
title = f"At full intensity the network is surest of {surest}, least sure of {least}"
axes = {"xlabel": "intensity of the emotion in the face", "ylabel": "its mean probability"}
psychometric_figure = score_plots.response_curves(steps, curves, title, **axes)
psychometric_figure

# %% [markdown]
# At intensity 0 all of them are the same twelve faces at rest: what a curve has there is what the network takes a resting stranger for. A curve that rises late belongs to an emotion that has to be played up to be seen; one that stays low, to one that this network has not learned from strangers' faces.

# %% tags=["lab"]
pairs.show_pairs()

# %% [markdown] tags=["lab"]
# ### Task 3 · What was moved?
#
# Above are four pairs of pictures. In each pair *one* thing was moved: `person`, `emotion`, `intensity`, `turn`, `light`, `clutter` or `size`. Write four words into `moved`, pair by pair. Then say to your neighbour which pairs are a fair test of whether the network reads *emotion*.

# %% tags=["lab"]
### BEGIN SOLUTION: moved, a list of four words
moved = ["intensity", "person", "light", "emotion"]
### END SOLUTION

# %% tags=["lab"]
checks.what_was_moved(moved)

# %% [markdown]
# Faces of strangers, answered wrongly (red: the answer, then the truth) and rightly. Before reading on: would *you* have recognised them?

# %% tags=["nbval-ignore-output"]
right_or_not = right["strangers"]
order = comparison.wrong_and_right(right_or_not, 6)
files = [pictures.read_picture(path, (150, 120), 1) for path in manifest["path"].iloc[order]]
shown = files, labels[order], predicted["strangers"][order], classes
title = f"{(~right_or_not).sum()} of {len(labels)} faces of strangers are predicted wrongly"
faces_figure = face_plots.answers_grid(*shown, title, columns=6)
faces_figure

# %% [markdown]
# ## Exercises
#
# 1. Break the split: let `halves` be `StratifiedKFold(4, ...)` for the people it has met only. The training sets are then larger. By how much does the number rise, and what would somebody who only reads the numbers conclude?
# 2. Set `SETTINGS = "published"` and a few `EPOCHS`. After how many epochs would it catch up with the default? Estimate from the curve before you try.
# 3. Take the dense layer of 512 down to 32 in `static_cnn`. How many parameters are left, and what happens to the gap between grey and blue? (In the lab edition the check of task 1 then says no, rightly; pass over it.)
# 4. Hold the emotion at full intensity and move `turn` from -45 to 45 in the cell of the curve. Which emotion survives a turned head?

# %%
figures = {
    "strangers": (
        strangers_figure,
        "Accuracy on people it has met and on strangers, with 95 % intervals",
    ),
    "psychometric": (
        psychometric_figure,
        "Probability of an emotion against how much of it a face shows",
    ),
    "curves": (curves_figure, "Accuracy while training, and the epoch that was kept"),
    "confusion": (confusion_figure, "Confusion matrices, here and published (figure 7)"),
    "faces": (faces_figure, "Faces of strangers, predicted wrongly and correctly"),
    "examples": (examples_figure, "Posed faces of three people, six emotions each"),
}

# %% tags=["results"]
folder = runs.save_run(
    "01_faces_baseline",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **recipe.settings()},
    experiments=experiments,
    figures=figures,
    manifests=[everything],
    started=started,
    root=RESULTS_ROOT,
    claim=claim,
    extra={"finding": claims.sentence(claim), "majority_class_accuracy": majority},
)
parts = {"train": set_a, "validation": set_b}
origin = saved.origin_of(pixels, labels, parts, classes, recipe, SEED)
saved.save_model(model, folder / "thesis", origin)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - A small CNN reads posed faces well: one view, one light, one background, clear expressions.
# - Part of that is knowing the people. Split by person before you believe a number.
# - An accuracy without its *n* and interval is half a result; two are compared on the same pictures.
# - Where everything can be held and one thing moved, a network can be asked what it answers to.
#
# **Limits.** Posed expressions are not felt ones, six words do not cover what a face can say, and drawn faces (demo) say nothing about people: how much the drawn people differ in showing an emotion was chosen by whoever drew them.
# What happens when the same network meets film stills is the question of notebook 02.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), section III-A.
# N. Ebner, M. Riediger, U. Lindenberger, *FACES: a database of facial expressions in young, middle-aged, and older women and men*, Behavior Research Methods 42 (2010).
# S. Alizadeh, A. Fazel, *Convolutional neural networks for facial expression recognition* (2017).
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).
# E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22 (1927).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [02 · SFEW: into the wild](02_sfew_in_the_wild.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/02_sfew_in_the_wild.ipynb).
