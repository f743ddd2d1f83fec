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
# **Can a network that has learned to see elsewhere read faces in the wild better than one that starts from nothing?**
#
# After this notebook you will be able to
#
# - put a new head on a pretrained network and decide which of its layers may still change,
# - tell **feature extraction** from **fine-tuning**, and say what each costs in time,
# - feed a pretrained network what it was trained on, and measure what happens if you do not,
# - look at which part of a picture a decision rests on.
#
# About 1.5 minutes on the demo corpus with two CPU cores; on SFEW with a GPU, about as long for every network as for all of them here.
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
WEIGHTS: str = "hed"  # hed (inside a package), imagenet (as published, a download), or none
UNFROZEN_BLOCKS: int = 2  # how many of VGG16's blocks are trained, from the last

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

from helpers.corpora.splits import FEWEST_STILLS, protocol_parts
from helpers.emotions import EMOTIONS
from helpers.evaluation import comparison, scores, statistics
from helpers.features import pictures
from helpers.models import saved, training
from helpers.models.grad_cam import grad_cam
from helpers.models.recipes import recipes_for
from helpers.models.vgg16 import blocks_for, describe_weights
from helpers.plots import faces as face_plots, scores as score_plots
from helpers.published import load_published
from helpers.results import runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import vgg16_transfer as checks

# %% tags=["nbval-ignore-output"]
print(runtime.describe())

# %% [markdown]
# ## Data: the stills of notebook 02, in colour
#
# All seven emotions this time, and three colour channels, since VGG16 has learned on colour pictures. Stills on the list of exclusions stay out, as in 02.

# %%
size = pictures.picture_size(CORPUS, EPOCHS)
stills = pictures.load_stills(CORPUS, DATA_ROOT, size)
pixels, labels, manifest = stills.pixels, stills.labels, stills.manifest
parts = protocol_parts(manifest, labels, SEED, clip_id="clip_id", fewest_validation=FEWEST_STILLS)
test_rows = parts["thesis"]["test"]
majority = scores.majority_class_accuracy(labels[parts["thesis"]["train"]], labels[test_rows])
print(f"pixels {pixels.shape} {pixels.dtype}, {(manifest['problem'] != '').sum()} left out")
print(f"always predicting the commonest class: {majority:.1%}")
pd.DataFrame(
    {protocol: {part: len(rows) for part, rows in of.items()} for protocol, of in parts.items()}
)

# %% [markdown]
# Two protocols again. **thesis** fits on all of `train` and chooses the epoch on the test stills; **held_out** keeps a fifth of the training films back for that choice.
# Where that fifth has fewer than 100 stills, as on the demo corpus, it would choose by luck: on 50 stills an accuracy is uncertain by 7 points either way. Then all are fitted on, for a number of epochs that was fixed beforehand, and the last one is kept.
# Under `held_out`, training stills whose clip id is in `val` too are left out: nothing of a test clip may have been seen.

# %% [markdown]
# ## Idea: borrow the eyes, train the judgement
#
# **VGG16** (Simonyan and Zisserman, 2015) has 13 convolutions in five blocks and was trained on 1.3 million photographs of a thousand things.
# Its first blocks answer to edges and textures, which faces have too; the later the block, the more it is about dogs and lorries.
# Each block halves the picture, so that 128 x 128 pixels end as a map of 4 x 4 places. Where the stills are smaller we stop before the map is: the 48 x 48 pixels of the demo corpus go through three blocks, to a map of 6 x 6. All five would leave a single place, for eyes and mouth together.
# We keep the first blocks **frozen**, replace what came after the last block by a new **head**, and let the last blocks change a little: **fine-tuning**. If no block may change it is called **feature extraction**.

# %% [markdown] tags=["lab"]
# ### Task 1 · Freeze
#
# The layers of `base` are called `block1_conv1` to `block5_pool`, and the first one, the input, has another name. Set `layer.trainable` of each to True or False, so that only the last `unfrozen_blocks` of the first `blocks` blocks are trained; with 0 none is.


# %%
def vgg16_classifier(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    classes: int = 7,
    unfrozen_blocks: int = 2,
    blocks: int = 5,
) -> keras.Model:
    """Build VGG16 with a new head, only its last blocks trainable (section III-A)."""
    pictures = keras.Input(input_shape, name="pictures")
    base = keras.applications.VGG16(include_top=False, weights=None, input_tensor=pictures)
    ### BEGIN SOLUTION: True or False for layer.trainable of every layer of base
    for layer in base.layers:
        block = int(layer.name[5]) if layer.name.startswith("block") else 0
        layer.trainable = block > blocks - unfrozen_blocks
    ### END SOLUTION
    x = layers.Flatten(name="flatten")(base.get_layer(f"block{blocks}_pool").output)
    x = layers.Dense(1024, activation="relu", name="dense")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(pictures, probabilities, name="vgg16_classifier")


# %% tags=["lab"]
checks.frozen_layers(vgg16_classifier)

# %% [markdown] tags=["lab"]
# ### Task 2 · How much is trained?
#
# `model.trainable_weights` is a list of arrays, each with a `shape`. Make `trained`, how many numbers there are in all of them.

# %%
model = vgg16_classifier(pixels.shape[1:], len(EMOTIONS), UNFROZEN_BLOCKS, blocks_for(size))
### BEGIN SOLUTION: trained, a whole number
trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
### END SOLUTION
layer_table = pd.DataFrame(
    [
        (
            layer.name,
            str(layer.output.shape[1:]),
            layer.count_params(),
            bool(layer.trainable_weights),
        )
        for layer in model.layers
        if layer.count_params()
    ],
    columns=["layer", "output", "parameters", "trained"],
)
print(f"{model.count_params():,} parameters, {trained:,} of them trained")
layer_table

# %% tags=["lab"]
checks.trained_parameters(trained, model)

# %% [markdown]
# Where do the pretrained weights come from? By name, and never another one in silence:
#
# - `imagenet`, as published: those of Keras, which it downloads once (58 MB) and keeps,
# - `hed`: ImageNet weights that were then tuned, very gently, to find edges; they come inside a package, so they need no network. The demo uses these,
# - `none`: random, for comparison.

# %%
print(f"{WEIGHTS}: {describe_weights(WEIGHTS)}")

# %% [markdown]
# ## Train
#
# First the network to beat: the small CNN of notebooks 01 and 02, from scratch, on the same stills.

# %% tags=["nbval-ignore-output"]
recipes = recipes_for(
    "stills", SETTINGS, EPOCHS,
    weights=WEIGHTS, blocks=blocks_for(size), unfrozen_blocks=UNFROZEN_BLOCKS,
)  # fmt: skip
small_recipe, recipe = recipes["small CNN"], recipes["VGG16"]
grey, _ = pictures.decode(manifest, (small_recipe.size, small_recipe.size), channels=1)
histories, probabilities = {}, {}
for protocol, rows in parts.items():
    small, histories["small CNN", protocol] = training.train_network(
        grey, labels, rows, len(EMOTIONS), small_recipe, SEED
    )
    probabilities["small CNN from scratch", protocol] = training.predict(small, grey, test_rows)
    training.discard(small)  # its scores are kept; TensorFlow would keep the rest

# %% [markdown]
# Then VGG16. The helper adds what the definition above leaves out: weights by name, and the preprocessing.
# It also saves time. What the frozen blocks make of a still is the same in every epoch, so it is computed once and kept; only where pictures are changed by augmentation must the whole network run.

# %% tags=["nbval-ignore-output"]
networks, name = {}, f"VGG16, {UNFROZEN_BLOCKS} blocks"
for protocol, rows in parts.items():
    networks[protocol], histories["VGG16", protocol] = training.train_network(
        pixels, labels, rows, len(EMOTIONS), recipe, SEED, report=print
    )
    probabilities[name, protocol] = training.predict(
        networks[protocol], pixels, test_rows, keep_frozen=True
    )
print(recipe.settings())

# %% tags=["nbval-ignore-output"]
curves_figure = score_plots.learning_curves(
    {f"{network}, {protocol}": history for (network, protocol), history in histories.items()},
    "Accuracy on the stills learned from, and on those that choose the epoch (figure 12)",
    chance=majority,
)
curves_figure

# %% [markdown]
# Where the grey curve climbs and the blue one does not follow, a network is learning its stills by heart; the epoch that is kept is the one where blue is highest, and the last one where there is no blue.
# Under `thesis` blue is the accuracy on the test stills themselves, so its peak is what the published way would report.

# %% [markdown]
# ## Evaluate

# %% tags=["nbval-ignore-output"]
published = load_published("03_vgg16_transfer")["sfew_accuracy"]
predicted = {key: values.argmax(axis=1) for key, values in probabilities.items()}
experiments = []
for (network, protocol), found in sorted(predicted.items(), reverse=True):
    score = scores.score(labels[test_rows], found, EMOTIONS)
    value = published if network == name and protocol == "thesis" else None
    experiments.append(runs.experiment(network, protocol, "val", score, value))
runs.experiments_table(experiments).round(3)

# %% [markdown] tags=["lab"]
# ### Task 3 · The same stills
#
# `predicted` has, for each network and protocol, the class that was predicted for each test still; `labels[test_rows]` are the true ones. Make `right`, a dictionary from the network's name (`both` has the two) to whether it is right on each still under `"held_out"`, an array of True and False.

# %% tags=["nbval-ignore-output"]
both = {
    network: {e["protocol"]: e["metrics"]["accuracy"] for e in experiments if e["name"] == network}
    for network in (name, "small CNN from scratch")
}
gain = both[name]["held_out"] - both["small CNN from scratch"]["held_out"]
### BEGIN SOLUTION: right, a dictionary of two arrays of True and False
right = {network: predicted[network, "held_out"] == labels[test_rows] for network in both}
### END SOLUTION
test = statistics.mcnemar_exact(right[name], right["small CNN from scratch"])
print(
    f"held out: VGG16 has {100 * gain:+.1f} points against the small CNN. {test['only_first']} stills only VGG16 has right, "
    f"{test['only_second']} only the small CNN: p = {test['p_value']:.2g}."
)
paired = (
    f"VGG16 {both[name]['held_out']:.0%}, the small CNN {both['small CNN from scratch']['held_out']:.0%} "
    f"of the same {len(test_rows)} stills of new films (p = {test['p_value']:.2g})"
)
accuracy_figure = score_plots.accuracy_intervals(experiments, paired, majority)
accuracy_figure

# %% tags=["lab"]
checks.same_stills(right, predicted, labels[test_rows])

# %% [markdown]
# A *p* above 0.05 does not tell a head start from luck; one below does not say how large the head start is. And one run is one draw: another seed gives another difference. To see how far apart they are, run the series with several seeds: `python -m helpers.series run --notebooks 03 --seeds 0 1 2`.

# %% tags=["nbval-ignore-output"]
confusion_figure = score_plots.confusion(
    {
        entry["name"] + ", " + entry["protocol"]: entry["metrics"]["confusion"]
        for entry in experiments
        if entry["protocol"] == "held_out"
    },
    EMOTIONS,
    "What is taken for what, on stills of new films",
)
confusion_figure

# %% tags=["nbval-ignore-output"]
held_out = {
    network: answer for (network, protocol), answer in predicted.items() if protocol == "held_out"
}
comparison.answers_table(labels[test_rows], held_out, EMOTIONS).round(2)

# %% [markdown]
# An accuracy hides such habits: a class that is hardly ever predicted is never recognised, however right the others are.

# %% [markdown]
# ## Look: where does it look?
#
# **Grad-CAM** (Selvaraju and colleagues, 2017) asks of each place in the last convolution how much it speaks for the answer. Bright is what the decision rests on. Wrong answers first (red: the prediction, then the truth).

# %% tags=["nbval-ignore-output"]
is_right = right[name]
order = comparison.wrong_and_right(is_right, 8)
last = f"block{recipe.blocks}_conv3"  # the last convolution
found = predicted[name, "held_out"][order]
heat = grad_cam(networks["held_out"], pixels[test_rows[order]] / 255, found, last)
captions, colours = score_plots.answer_captions(labels[test_rows[order]], found, EMOTIONS)
grad_cam_figure = face_plots.heat_grid(
    pixels[test_rows[order]], heat, captions, colours=colours,
    title=f"Eight of {(~is_right).sum()} wrong and of {is_right.sum()} right answers ({WEIGHTS} weights)",
)  # fmt: skip
grad_cam_figure

# %% [markdown]
# Does the light fall on mouth, eyes and brows? Where it falls on hair, a collar or the wall behind, a right answer is no comfort: it was right for a reason that other films will not share.
# Keep in mind that the map is coarse, and shows where the evidence is, not what it says.
# A map that stays dark says that nothing at this layer speaks *for* the answer: evidence against it is cut off, and the network has only preferred this answer to worse ones.

# %% [markdown]
# ## Exercises
#
# 1. **Two stages.** With `replace(recipe, head_epochs=5)` the head is trained alone before the blocks are let loose. A new head sends large, random corrections through the blocks; does it pay to wait?
# 2. Set `WEIGHTS = "none"`. How much of what VGG16 has over the small CNN, if anything, is its shape, and how much what it learned elsewhere?
# 3. `UNFROZEN_BLOCKS` from 0 (feature extraction) to all of them: what happens to the seconds, to the grey curve, and to the blue one?
# 4. VGG16 was trained on pictures in blue, green, red from 0 to 255, less the mean of ImageNet; the thesis gave it red, green, blue divided by 255. What does `replace(recipe, preprocessing="imagenet_mean")` change with no block trained, and what with two? Frozen blocks cannot adapt to what they are fed.
# 5. `replace(recipe, augment="published")`: pictures that change have no cached outputs. What does that cost, and what does it gain?
# 6. On the demo corpus: give the network its other two blocks back, `replace(recipe, blocks=5)`. What is left to see in a map of one place, and what does that cost?

# %%
figures = {
    "accuracy": (
        accuracy_figure,
        f"Accuracy of VGG16 ({WEIGHTS} weights) and of the small CNN from scratch",
    ),
    "grad_cam": (grad_cam_figure, "Grad-CAM of wrong and right answers"),
    "curves": (curves_figure, "Accuracy while training, and the epoch that was kept (figure 12)"),
    "confusion": (confusion_figure, "Confusion matrices on stills of new films"),
}
finding = f"With a head start ({describe_weights(WEIGHTS)}), {paired}."
chosen_settings = {"settings": SETTINGS, "seed": SEED, "size": size}
chosen_settings |= {"weights_are": describe_weights(WEIGHTS), **recipe.settings()}

# %% tags=["results"]
folder = runs.save_run(
    "03_vgg16_transfer",
    corpus=CORPUS,
    settings=chosen_settings,
    experiments=experiments,
    figures=figures,
    manifests=[manifest],
    started=started,
    root=RESULTS_ROOT,
    extra={
        "finding": finding,
        "majority_class_accuracy": majority,
        "gain_over_small_cnn": gain,
    },
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
# - A pretrained network with a new head can do with few pictures if what it takes to see is already there. Whether it is, a paired test on the same pictures says, and several seeds.
# - Which blocks to train is a trade: frozen ones cost nothing and cannot adapt, trained ones can, and can learn the training stills by heart.
# - Outputs of frozen layers need computing only once; with all blocks frozen that is nearly all the work.
#
# **Limits.** A few hundred stills give wide intervals; a point or two between two variants is nothing. The demo's pretrained weights are not the published ones, and its faces are drawn.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), sections II and III-A.
# K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR (2015).
# F. Chollet, *Deep learning with Python* (2017), chapter 5.
# R. Selvaraju and others, *Grad-CAM: visual explanations from deep networks via gradient-based localization*, ICCV (2017).
# S. Xie, Z. Tu, *Holistically-nested edge detection*, ICCV (2015), for the weights called `hed`.

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [04 · Video: from frames to a clip](04_video_late_fusion.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/04_video_late_fusion.ipynb).
