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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/03_vgg16_transfer.ipynb)

# %% [markdown]
# # 03 · VGG16: a head start
#
# **Do eyes that have learned elsewhere help to read faces in the wild?**
#
# After this notebook you will be able to
#
# - put a new head on a pretrained network, and freeze what is to stay as it is,
# - tell **feature extraction** from **fine-tuning**, and say what each costs in time,
# - ask for the control that such a claim needs: the same network without the head start,
# - look at which part of a picture an answer rests on.
#
# About 2 minutes on the demo corpus with two CPU cores; on SFEW with a GPU, about as long for every network as for all of them here.
# It builds on no other notebook; 04 and 07 take up its network.
#
# The published number: 39 % of the film stills right with VGG16, its last two blocks trained (SFEW, seven emotions, 405 stills; Muntaner González 2021, section III-A, figure 12).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copy of SFEW)
DATA_ROOT: str = ""  # folder that holds SFEW/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: learning rate 1e-5, batches of two, augmentation
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

# %%
runtime.import_tensorflow()  # before Keras does it, less quietly

import time
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
from keras import layers

from helpers.corpora.splits import FEWEST_STILLS, protocol_parts
from helpers.emotions import EMOTIONS
from helpers.evaluation import comparison, scores
from helpers.features import pictures
from helpers.models import saved, training
from helpers.models.grad_cam import grad_cam
from helpers.models.recipes import of_random_features, recipes_for, seeds_for
from helpers.models.transfer import frozen_outputs, split_at_frozen
from helpers.models.vgg16 import describe_weights, layer_table
from helpers.plots import faces as face_plots, scores as score_plots
from helpers.published import load_published
from helpers.results import claims, runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import guesses, vgg16_transfer as checks

# %% [markdown]
# ## Data: the stills of notebook 02, in colour
#
# *About 10 s.* All seven emotions this time, and three colour channels, since VGG16 has learned on colour pictures. Stills on the list of exclusions stay out, as in 02.

# %%
size = pictures.picture_size(CORPUS, EPOCHS)
stills = pictures.load_stills(CORPUS, DATA_ROOT, size, samples=SAMPLES, seed=SEED)
pixels, labels, manifest = stills.pixels, stills.labels, stills.manifest
parts = protocol_parts(manifest, labels, SEED, fewest_validation=FEWEST_STILLS)
test_rows = parts["held_out"]["test"]
pd.DataFrame({protocol: {k: len(v) for k, v in of.items()} for protocol, of in parts.items()})

# %% [markdown]
# One rule in all notebooks for when to stop. Under **held_out**, the honest protocol, a fifth of the training films chooses the epoch where it has at least 200 stills; where it has fewer, as on the demo corpus, that would be a choice by luck (on 110 stills, one in three accuracies is off by more than 5 points, and one in twenty by more than 9), so the number of epochs is fixed beforehand and all films are trained on.
# Under **thesis** the test stills themselves choose the epoch, as was published.
# And under `held_out` training stills whose clip id is in `val` too are left out: nothing of a test clip may have been seen.

# %% [markdown]
# ## Idea: borrow the eyes, train the judgement
#
# **VGG16** (Simonyan and Zisserman, 2015) has 13 convolutions in five blocks and was trained on 1.3 million photographs of a thousand things.
# Its first blocks answer to edges and textures, which faces have too; the later the block, the more it is about dogs and lorries.
# Each block halves the picture, so that 128 x 128 pixels end as a map of 4 x 4 places. Where the stills are smaller we stop before the map is: the small stills of the demo corpus go through **three of the five blocks**. All five would leave a single place, for eyes and mouth together.
#
# We replace what came after the last block by a new **head**. Blocks that are **frozen** stay as they are. If all of them are, that is **feature extraction**: borrowed eyes, a judgement of one's own. If the last ones may change a little, it is **fine-tuning**, as in the thesis (`SETTINGS = "published"`), which takes many times as long.

# %% [markdown] tags=["lab"]
# **Guess first.** What per cent of the test stills will each of three networks have right: a small CNN as in 02, VGG16 with random weights, VGG16 pretrained? Always saying the commonest of the seven emotions gets about a fifth. Type numbers between the quotes; they are shown beside what comes out.

# %% cellView="form" tags=["lab"]
# @title Your guesses, in per cent of the test stills
SMALL_CNN = ""  # @param {type: "string"}
RANDOM_WEIGHTS = ""  # @param {type: "string"}
PRETRAINED = ""  # @param {type: "string"}
guessed = {
    "small CNN": SMALL_CNN,
    "VGG16, random weights": RANDOM_WEIGHTS,
    "VGG16, pretrained": PRETRAINED,
}
guessed = {name: guesses.guess(typed, percent=True) for name, typed in guessed.items()}

# %% [markdown] tags=["lab"]
# ### Task 1 · Freeze
#
# This network uses the first `blocks` of the five blocks, and of these the last `unfrozen_blocks` are to be trained: with 4 blocks and 1 unfrozen that is block 4, with 0 unfrozen none. Set `layer.trainable` of every layer of `base` to True or False. The layers are called `block1_conv1` to `block5_pool`; the first one, the input, has another name.


# %%
def vgg16_classifier(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    classes: int = 7,
    unfrozen_blocks: int = 2,
    blocks: int = 5,
    units: int = 1024,
) -> keras.Model:
    """Build the first blocks of VGG16 with a new head; only the last blocks are trained."""
    pictures = keras.Input(input_shape, name="pictures")
    base = keras.applications.VGG16(include_top=False, weights=None, input_tensor=pictures)
    ### BEGIN SOLUTION: True or False for layer.trainable of every layer of base
    for layer in base.layers:
        block = int(layer.name[5]) if layer.name.startswith("block") else 0
        layer.trainable = block > blocks - unfrozen_blocks
    ### END SOLUTION
    x = layers.Flatten(name="flatten")(base.get_layer(f"block{blocks}_pool").output)
    x = layers.Dense(units, activation="relu", name="dense")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(pictures, probabilities, name="vgg16_classifier")


# %% tags=["lab"]
checks.frozen_layers(vgg16_classifier)

# %%
recipes = recipes_for("stills", SETTINGS, EPOCHS, corpus=CORPUS, size=size, weights=WEIGHTS)
recipe = recipes["VGG16"]
chosen = (recipe.unfrozen_blocks, recipe.blocks, recipe.dense_units)
model = vgg16_classifier(pixels.shape[1:], len(EMOTIONS), *chosen)
layer_table(model)

# %% [markdown]
# Most of the weights are in the new head, which starts from nothing: what is borrowed is few numbers, and all that the network sees with.
#
# Where do they come from? By name, and never another one in silence: `imagenet`, as published, which Keras downloads once (58 MB); `hed`, ImageNet weights that were then tuned, very gently, to find edges, and that come inside a package, so the demo uses these; `none`, random.
# They were learned with pictures in another form than the thesis gave them (exercise 3). On real faces, `CORPUS = "open"`, the recipe gives them that form.
#
# ## Train: feature extraction
#
# *About 20 s.* With all blocks frozen, what they make of a still is the same in every epoch. So it is computed once and kept, and only the head is trained on it.


# %%
def train_frozen(pixels, labels, rows, recipe, seed):
    """Train the head on what frozen blocks make of the pictures, and return the whole network."""
    runtime.set_seeds(seed)
    recipe = replace(recipe, unfrozen_blocks=0)
    network = training.build_network(pixels.shape[1:], len(EMOTIONS), recipe)
    blocks, head = split_at_frozen(network)
    seen = frozen_outputs(blocks, pixels)  # (stills, height, width, channels), once
    batches = pictures.make_dataset(
        seen, labels, rows, batch_size=recipe.batch_size, shuffle=True, seed=seed
    )
    steps = recipe.epochs * len(batches)
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps)
    loss = "sparse_categorical_crossentropy"
    head.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    head.fit(batches, epochs=recipe.epochs, shuffle=False, verbose=0)
    return network


# %% tags=["nbval-ignore-output"]
print(f"{describe_weights(WEIGHTS)}; {runtime.describe()}")
extractor = train_frozen(pixels, labels, parts["held_out"]["train"], recipe, SEED)
values = training.predict(extractor, pixels, test_rows, keep_frozen=True)  # (stills, 7)
extracted = values.argmax(axis=1) == labels[test_rows]
print(f"feature extraction: {extracted.mean():.1%} of {len(extracted)} stills of new films")

# %% [markdown]
# ## Train: the head start and its controls
#
# *About 90 s.* `training.train_network` does the same, and can also let blocks change. It learns from every still mirrored as well (`recipe.augment`, in one copy): a face seen in a mirror shows the same emotion, and frozen blocks need to be asked only once about it. Three networks, the same stills:
#
# - the **small CNN** of notebooks 01 and 02, from nothing, on grey stills: another network, another recipe,
# - **VGG16 with random weights**: the same network, stills, epochs and batches, so that nothing but the head start is missing. Its learning rate is the one with which a head learns from random eyes. (They stay as they are where the borrowed ones do, as on the demo corpus, and they do see: a random mixture of edges is better than none. To train them too takes ten times as long: exercise 2.)
# - **VGG16, pretrained**, and the same once more under the protocol `thesis`, for 04 and 07.
#
# A network that starts elsewhere ends elsewhere: with another seed the small CNN may have several points more right, or fewer. One training is therefore no measure of a *kind* of network. On the demo corpus, where it takes seconds, both are trained with **three seeds**, and what is compared are their means. (Random eyes would have to look at all stills anew for each seed, and they are so far behind that one will do.) What follows (pictures, 04, 07) uses the first.

# %% [markdown] tags=["lab"]
# ### Task 2 · What does a control rule out?
#
# Say VGG16 with its pretrained weights beats the small CNN. It could be for its `"depth"`, for its `"colour"`, for the number of `"steps"` it is trained, or for its `"weights"`. Say that it beats the same network with random weights as well. Make `ruled_out`, the set of those reasons that can then no longer be the whole story.

# %%
### BEGIN SOLUTION: ruled_out, a set of some of "depth", "colour", "steps", "weights"
ruled_out = {"depth", "colour", "steps"}  # the same in both networks
### END SOLUTION
print("what the control with random weights rules out:", ", ".join(sorted(ruled_out)))

# %% tags=["lab"]
checks.ruled_out(ruled_out)

# %%
side = recipes["small CNN"].size
grey, _ = pictures.decode(manifest, (side, side), channels=1)
plans = {"small CNN": (grey, recipes["small CNN"])}
plans["VGG16, random weights"] = pixels, of_random_features(recipe)
plans["VGG16, pretrained"] = pixels, recipe
names = list(plans)

# %% tags=["nbval-ignore-output"]
seeds = dict.fromkeys(names, seeds_for(CORPUS, SEED, EPOCHS)) | {names[1]: [SEED]}
histories, networks, values_of = {}, {}, {}
for name, (inputs, plan) in plans.items():
    for seed in reversed(seeds[name]):  # the network of the first one stays
        network, histories[name] = training.train_network(
            inputs, labels, parts["held_out"], len(EMOTIONS), plan, seed, report=print
        )
        values_of[name, seed] = training.predict(network, inputs, test_rows, keep_frozen=True)
        if seed != SEED:
            training.discard(network)
    networks["held_out"] = network
probabilities = {name: values_of[name, SEED] for name in names}

# %% tags=["nbval-ignore-output"]
networks["thesis"], histories["VGG16, pretrained\n(protocol thesis)"] = training.train_network(
    pixels, labels, parts["thesis"], len(EMOTIONS), recipe, SEED, report=print
)
published_way = training.predict(networks["thesis"], pixels, test_rows, keep_frozen=True)

# %% tags=["nbval-ignore-output"]
majority = scores.majority_class_accuracy(labels[parts["thesis"]["train"]], labels[test_rows])
curves_figure = score_plots.learning_curves(
    histories, "Accuracy on the stills learned from (figure 12)", chance=majority
)
curves_figure

# %% [markdown]
# Does the grey curve of the random weights climb? If it stayed at the dotted line, the control would be none. Blue is the accuracy on the stills that choose the epoch. Under the protocol `thesis` these are the test stills, and the peak is what the published way reports.

# %% [markdown]
# ## Evaluate
#
# *A few seconds.* The same test stills for all, so that each still can say which network it is for.

# %% tags=["nbval-ignore-output"]
true, published = labels[test_rows], load_published("03_vgg16_transfer")["sfew_accuracy"]
predicted = {name: probabilities[name].argmax(axis=1) for name in names}
found = {name: scores.score(true, predicted[name], EMOTIONS) for name in names}
by_thesis = scores.score(true, published_way.argmax(axis=1), EMOTIONS)
experiments = [runs.experiment(name, "held_out", "val", of) for name, of in found.items()]
experiments += [runs.experiment("VGG16, pretrained", "thesis", "val", by_thesis, published)]

# %% tags=["nbval-ignore-output"]
right = {key: values.argmax(axis=1) == true for key, values in values_of.items()}
with_seeds = pd.Series({key: of.mean() for key, of in right.items()}).unstack().loc[names]
with_seeds = with_seeds.rename(columns="seed {}".format)
means = with_seeds.mean(axis=1)
title = (
    f"{means[names[2]]:.0%} of new stills right with a head start, {means[names[1]]:.0%} without"
)
accuracy_figure = score_plots.accuracy_intervals(
    experiments, title, majority, others=with_seeds.drop(columns=f"seed {SEED}").T
)
accuracy_figure

# %% tags=["lab", "nbval-ignore-output"]
guesses.compare_each(guessed, means[names].to_dict())

# %% [markdown]
# The large mark is of the first seed, small ones of the others. Do not compare the lines: they are of single accuracies. On the same stills, what counts is how often each still is right in one kind of network, and how often in the other. (Were one kind no better, each still's difference could as well be the other way round; *p* is how often such coins come out as far apart: **Fisher's randomisation test**.)

# %% tags=["nbval-ignore-output"]
often = {name: np.mean([right[name, seed] for seed in seeds[name]], axis=0) for name in names}
small, random, pretrained = often.values()
answers = {"random weights": (random, pretrained), "small CNN": (small, pretrained)}
claim = claims.judge("03_vgg16_transfer", SEED, answers)
print(claims.sentence(claim))
claims.table(claim)

# %% tags=["nbval-ignore-output"]
by_seed = with_seeds.assign(mean=means, sd=with_seeds.std(axis=1))
by_seed.round(3)

# %% tags=["nbval-ignore-output"]
recall_figure = score_plots.per_class_recall(
    {name: found[name] for name in names[1:]}, "Which emotions does the head start help with?"
)
recall_figure

# %% [markdown]
# And the small CNN? It is another network, on other pixels, every layer of it trained for just this. Beating it says nothing about the head start alone, and yet it is the network to beat: a head start is worth little where a small network made for the task does as well.
#
# An accuracy hides which emotions it is about: a class that is hardly ever predicted is never recognised, however right the others are.
#
# ### Break the split
#
# The stills of a clip are near-twins: the same face, a moment later. What would the network seem to be worth if twins of the test stills were among its training stills?

# %% [markdown] tags=["lab"]
# ### Task 3 · Break the split
#
# Divide `test` in two halves by lot. Return two arrays of rows, in this order: those to train on, which are one half of `test` and so many of `train`, drawn by lot, that there are as many in all as in `train`; and those to ask about, which are the other half.


# %%
def broken_split(train, test, seed):
    """Return rows to train on, as many as before, and to ask about, with twins on both sides."""
    rng = np.random.default_rng(seed)
    ### BEGIN SOLUTION: rows to train on, half of test among them, and the other half of test
    mixed, kept = rng.permutation(test), rng.permutation(train)
    half = len(test) // 2
    return np.concatenate([mixed[half:], kept[: len(train) - len(mixed[half:])]]), mixed[:half]
    ### END SOLUTION


# %% tags=["lab"]
checks.broken_split(broken_split)

# %% tags=["nbval-ignore-output"]
trained, asked = broken_split(parts["held_out"]["train"], test_rows, SEED)
cheat = train_frozen(pixels, labels, trained, recipe, SEED)
with_twins = training.predict(cheat, pixels, asked, keep_frozen=True).argmax(axis=1)
honest = extracted[np.isin(test_rows, asked)].mean()
broken = np.mean(with_twins == labels[asked])
print(f"{len(asked)} stills: {honest:.0%} right after other films, {broken:.0%} after their twins")

# %% [markdown]
# No line of the network has changed, and it sees no more stills. That is why splits go by film here, and never by still.

# %% [markdown]
# ## Look: where does it look?
#
# *A few seconds.* **Grad-CAM** (Selvaraju and colleagues, 2017) asks of each place in the last convolution how much it speaks for the answer. Bright is what the decision rests on. Wrong answers first (red: the prediction, then the truth).

# %% tags=["nbval-ignore-output"]
is_right = right["VGG16, pretrained", SEED]
last = f"block{recipe.blocks}_conv3"  # the last convolution
order = comparison.wrong_and_right(is_right, 8)
answers, shown = predicted["VGG16, pretrained"][order], pixels[test_rows[order]]
heat = grad_cam(networks["held_out"], shown / 255, answers, last)
captions, colours = score_plots.answer_captions(true[order], answers, EMOTIONS)
grad_cam_figure = face_plots.heat_grid(
    shown, heat, captions, colours=colours,
    title=f"Eight of {(~is_right).sum()} wrong and of {is_right.sum()} right answers",
)  # fmt: skip
grad_cam_figure

# %% [markdown]
# Does the light fall on mouth, eyes and brows? Where it falls on hair, a collar or the wall behind, a right answer is no comfort: it was right for a reason that other films will not share.
# The map is coarse, and shows where the evidence is, not what it says. One that stays dark says that nothing at this layer speaks *for* the answer: the network has only preferred it to worse ones.
#
# The same still, asked seven questions: what in it speaks for each emotion? Move the slider.

# %% tags=["nbval-ignore-output"]
STILL = 100  # @param {type: "slider", min: 0, max: 400, step: 1}
row = STILL % len(test_rows)
still = np.repeat(pixels[test_rows[row]][None], len(EMOTIONS), axis=0)
heat = grad_cam(networks["held_out"], still / 255, np.arange(len(EMOTIONS)), last)
values = probabilities["VGG16, pretrained"][row]
captions = [f"{name}\n{value:.0%}" for name, value in zip(EMOTIONS, values, strict=True)]
face_plots.heat_grid(still, heat, captions, columns=7, title=f"It is {EMOTIONS[true[row]]}")

# %% [markdown]
# ## Exercises
#
# 1. **Fine-tuning.** `replace(recipe, unfrozen_blocks=1)`, then 2: what happens to the seconds, to the grey curve, and to the test stills? With `head_epochs=5` as well the head is trained alone first, so that it sends no random corrections through the blocks; does it pay to wait?
# 2. Let the random eyes learn: `replace(recipe, weights="none", unfrozen_blocks=recipe.blocks)`. It takes minutes. Do they catch up?
# 3. VGG16 was trained on pictures in blue, green, red from 0 to 255, less the mean of ImageNet; the thesis gave it red, green, blue divided by 255. What does `replace(recipe, preprocessing="imagenet_mean")` change with no block trained, and what with some? Frozen blocks cannot adapt to what they are fed.
# 4. `replace(recipe, augment="published")`: pictures that change have no cached outputs. What does that cost, and what does it gain?
# 5. Move the mouth in one still up by three pixels, or paint it over. Which of the seven maps changes?

# %%
figures = {
    "accuracy": (
        accuracy_figure,
        f"Accuracy of VGG16 ({WEIGHTS} weights) and of its controls",
    ),
    "grad_cam": (grad_cam_figure, "Grad-CAM of wrong and right answers"),
    "curves": (curves_figure, "Accuracy while training, and the epoch that was kept (figure 12)"),
    "recall": (recall_figure, "Recall of each emotion, with and without a head start"),
}
finding = claims.sentence(claim)
chosen_settings = {"settings": SETTINGS, "seed": SEED, "samples": SAMPLES, "size": size}
chosen_settings |= {"weights_are": describe_weights(WEIGHTS), **recipe.settings()}
tables = {"Right of the test stills, by seed": by_seed.reset_index(names="")}

# %% tags=["results"]
folder = runs.save_run(
    "03_vgg16_transfer",
    corpus=CORPUS,
    settings=chosen_settings,
    experiments=experiments,
    figures=figures,
    manifests=[manifest],
    claim=claim,
    started=started,
    root=RESULTS_ROOT,
    extra={"finding": finding, "majority_class_accuracy": majority, "tables": tables},
)
for protocol, network in networks.items():
    origin = saved.origin_of(pixels, labels, parts[protocol], EMOTIONS, recipe, SEED)
    saved.save_model(network, folder / protocol, origin)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# What this run has found:

# %% tags=["nbval-ignore-output"]
print(finding)

# %% [markdown]
# - A claim about a head start needs the same network without one, and that one has to train. A network that is merely another one proves little.
# - Frozen blocks cost nothing and cannot adapt; what they make of a picture is computed once.
# - What a head start is worth is one question, which network to take is another: ask a small one from nothing too.
# - A split that lets twins through makes any network look good.
#
# **Limits.** One run is one draw; `python -m helpers.series claims` repeats it with five seeds. The demo's pretrained weights are not the published ones, its faces are drawn, and only three of VGG16's blocks fit its small stills.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), sections II and III-A.
# K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR (2015).
# K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers*, ICCV (2015), for random weights that can train.
# F. Chollet, *Deep learning with Python* (2017), chapter 5.
# R. Selvaraju and others, *Grad-CAM: visual explanations from deep networks via gradient-based localization*, ICCV (2017).
# S. Xie, Z. Tu, *Holistically-nested edge detection*, ICCV (2015), for the weights called `hed`.

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [04 · Video: from frames to a clip](04_video_late_fusion.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/04_video_late_fusion.ipynb).
