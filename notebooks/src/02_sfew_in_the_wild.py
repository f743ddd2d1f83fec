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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/02_sfew_in_the_wild.ipynb)

# %% [markdown]
# # 02 · SFEW: into the wild
#
# **What happens to a network that reads posed faces when it meets faces from films, and does it help to train it there?**
#
# After this notebook you will be able to
#
# - test a network on another corpus than it was trained on, and say what went wrong,
# - tell what imbalance does to accuracy, and read the majority class as the line to beat,
# - train on from another network's weights, and change pictures so that few of them go further,
# - decide with a paired test whether one network is better than another.
#
# About 3 minutes on the demo corpus with two CPU cores; on SFEW with a GPU, some minutes more.
# It takes up the network of notebook 01 if that was run, and trains it anew if not.
#
# The published number: about 25 % of the film stills right, whether the network comes from posed faces or starts from scratch (SFEW, six emotions, 356 stills; Muntaner González 2021, section III-A, figures 8 to 11).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copies of SFEW and FACES)
DATA_ROOT: str = ""  # folder that holds SFEW/ and FACES/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or thesis: SGD with learning rate 1e-5 and batches of one
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
EXCLUDE: str = ""  # list of stills that show no face; "" is exclude_sfew.txt beside SFEW/, if any

# %% [markdown]
# ## Set-up
#
# The next cell finds the `helpers` package of this series. In Colab it fetches it first, and installs only what is missing.

# %% tags=["setup"]
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from IPython import get_ipython

places = [Path.cwd(), *Path.cwd().parents, Path.cwd() / "emotion-notebooks"]
checkout = next((place for place in places if (place / "colab_setup.sh").is_file()), None)
if find_spec("google") and find_spec("google.colab"):
    if checkout is None:  # a notebook opened in Colab comes alone
        url = "https://github.com/emotion-notebooks/emotion-notebooks"
        url = os.getenv("EMOTION_CLONE_URL", url)
        part = f"{places[-1]}.{os.getpid()}"  # takes its name when it is whole
        subprocess.run(["git", "clone", "--quiet", "--depth=1", url, part], check=True)
        checkout = Path(part).rename(places[-1])
    get_ipython().system(f"PYTHON='{sys.executable}' bash '{checkout}/colab_setup.sh' notebook")
    assert get_ipython().user_ns["_exit_code"] == 0, "The set-up failed; see what it says above."
assert checkout, f"No colab_setup.sh above {places[0]}: open this notebook inside a clone."
sys.path.insert(0, str(checkout))
from helpers import runtime

assert (checkout / "helpers/runtime.py").samefile(runtime.__file__), f"Restart, for {runtime}"
runtime.mount_drive(DATA_ROOT)

# %%
runtime.import_tensorflow()  # before Keras does it, less quietly

import time
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from helpers import evaluation, exclusions, face_detection, images, results, training
from helpers.augmentation import published_augmentation
from helpers.corpora import load_role
from helpers.corpora.manifest import CorpusError
from helpers.emotions import EMOTIONS, EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.plots import faces as face_plots
from helpers.plots import scores
from helpers.published import load_published
from helpers.small_cnn import SMALL_RECIPES, network_of_01, train_small_cnn

started = time.time()

# %% tags=["nbval-ignore-output"]
runtime.describe()

# %% [markdown]
# ## Data: stills from films
#
# SFEW (Dhall and colleagues, 2011) is made of stills from film scenes: real light, turned heads, hands before faces, half the emotion of an actor who is talking.
# A still's name says its film, its clip and its frame. No film is in both splits; the thesis tests on `val`.

# %%
manifest = load_role("wild_faces", CORPUS, DATA_ROOT)
counts = manifest.pivot_table(index="emotion", columns="split", values="sample_id", aggfunc="count")
print(f"{len(manifest)} stills, {manifest['group'].nunique()} films")
films = manifest.groupby("split")["group"].agg(set)
print(f"films in both splits: {len(films['train'] & films['val'])}")
counts.reindex(EMOTIONS)

# %% [markdown]
# Some stills are not faces at all: whatever cut them out of the films was mistaken. The thesis deleted those by hand.
# Here nothing is deleted: a **list of exclusions** names them, and they stay in the manifest with that as their `problem`.

# %%
exclusion_list = exclusions.find_exclusions(EXCLUDE, manifest)
names = exclusions.read_exclusions(exclusion_list) if exclusion_list else []
manifest, unknown_names = exclusions.exclude(manifest, names)
removed = manifest[manifest["problem"] == exclusions.REASON]
print(f"{len(names)} names on the list, {len(unknown_names)} of them unknown here")
removed.groupby(["split", "emotion"]).size().unstack("split", fill_value=0)

# %% [markdown]
# How would you make such a list? A face detector proposes: these are the stills in which it finds no face. It is no judge, since it misses turned and covered faces, so somebody has to look.

# %% tags=["nbval-ignore-output"]
everything = manifest.assign(problem=manifest["problem"].replace(exclusions.REASON, ""))
candidates = face_detection.pictures_without_a_face(everything)
rightly = candidates["sample_id"].isin(removed["sample_id"])
order = rightly.sort_values(ascending=False, kind="stable").index[:16]
pictures = [images.read_picture(path, (91, 72), 3) for path in candidates.loc[order, "path"]]
captions = ["on the list" if listed else "" for listed in rightly[order]]
candidates_figure = scores.picture_grid(
    pictures, captions, title="No face found here: look before you delete"
)
print(
    f"no face found in {len(candidates)} stills; {rightly.sum()} of them are among the {len(removed)} on the list"
)
candidates_figure

# %% [markdown]
# Copy the names of those that really show no face into a text file, one a line, and give its path as `EXCLUDE`.
#
# What is left is far from balanced:

# %% tags=["nbval-ignore-output"]
usable = manifest[manifest["problem"] == ""]
counts_figure = scores.class_counts(
    usable, EMOTIONS, "Stills by class (figure 11): Disgust and Fear are rare"
)
counts_figure

# %% [markdown]
# FACES has no Surprise, so the experiments of this notebook leave it out, as the thesis did.
# An answer that needs no picture at all is to name the commonest class of the training set every time. Its accuracy is the line that everything below has to clear.

# %%
recipe = SMALL_RECIPES[SETTINGS]
recipe = replace(recipe, epochs=EPOCHS) if EPOCHS else recipe
classes = EMOTIONS_WITHOUT_SURPRISE
stills = manifest[manifest["emotion"].isin(classes)].reset_index(drop=True)
pixels, stills = images.decode(stills, (recipe.size, recipe.size), channels=1)
labels = class_indices(stills["emotion"], classes)  # (stills,)
train_rows, test_rows = (images.usable(stills, split) for split in ("train", "val"))
majority = evaluation.majority_class_accuracy(labels[train_rows], labels[test_rows])
print(f"six classes: {len(train_rows)} stills to train on, {len(test_rows)} to test on")
print(f"always naming the commonest class: {majority:.1%}")

# %% tags=["nbval-ignore-output"]
shown = stills.loc[train_rows].groupby("emotion", sort=False).head(4).sort_values("emotion")
examples_figure = scores.picture_grid(
    [images.read_picture(path, (91, 72), 3) for path in shown["path"]],
    list(shown["emotion"]),
    columns=8,
    title="The same six emotions, in the wild",
)
examples_figure

# %% [markdown]
# Compare them with the posed faces of notebook 01: what differs between two stills of one emotion is mostly *not* the emotion.

# %% [markdown]
# ## Idea: more pictures out of few
#
# **Augmentation** shows the network changed copies instead of the same pictures again: darker (times 0.5 to 1), zoomed by up to a tenth each way, mirrored, and sheared.
# The changes are drawn anew for every picture in every epoch, and only for training. This is one still, sixteen times:

# %% tags=["nbval-ignore-output"]
augment = published_augmentation(SEED)
one_still = images.read_picture(shown["path"].iloc[0], (91, 72), 3)
copies = np.asarray(augment(np.tile(one_still, (16, 1, 1, 1)).astype("float32")))
augmentation_figure = scores.picture_grid(
    copies / 255, title="One still, changed sixteen times as published"
)
augmentation_figure

# %% [markdown]
# You will look for the shear in vain: the published value is 0.2, which the old Keras generator takes as *degrees*. The picture's edge moves by less than half a pixel.

# %% [markdown]
# ## Train
#
# Four experiments, as in the thesis:
#
# - **a.** the network of notebook 01, which has seen posed faces only, tested here as it is;
# - **b.** the same network, trained on with film stills; **c.** the same layers, from scratch;
# - **d.** b and c with augmentation.
#
# And one more: c with **class weights**, which make a mistake in a rare class count for more.
# Where there are no posed faces, a and b cannot be done, and the others go on.

# %% tags=["nbval-ignore-output"]
try:
    posed_faces = load_role("controlled_faces", CORPUS, DATA_ROOT)
    posed_network, origin = network_of_01(
        posed_faces, CORPUS, RESULTS_ROOT, SMALL_RECIPES[SETTINGS], SEED, report=print
    )
    print(origin)
except CorpusError as missing:
    posed_network = None
    print(missing)

# %%
plans = {
    "c. from scratch": {},
    "d. from scratch, augmented": {"augment": True},
    "c. with class weights": {"weigh_classes": True},
}
if posed_network is not None:
    plans["b. trained on from posed faces"] = {"start": posed_network}
    plans["d. from posed faces, augmented"] = {"start": posed_network, "augment": True}
plans = dict(sorted(plans.items()))
print(f"{SETTINGS}: {asdict(recipe)}")

# %% [markdown]
# Each is trained under two protocols. **thesis**: on all of `train`, the epoch chosen on the test stills. **held_out**: a fifth of the training *films* chooses the epoch, and the test stills are looked at once.

# %%
groups = stills["group"].to_numpy()
fitting, choosing = training.hold_out_validation(
    labels[train_rows], groups[train_rows], 1 / 5, SEED
)
protocols = {
    "thesis": (train_rows, test_rows),
    "held_out": (train_rows[fitting], train_rows[choosing]),
}
for protocol, (fit_rows, choose_rows) in protocols.items():
    print(
        f"{protocol}: {len(fit_rows)} stills to learn from, {len(choose_rows)} to choose the epoch"
    )

# %% tags=["nbval-ignore-output"]
histories, probabilities = {}, {}
if posed_network is not None:
    posed_scores = training.predict(posed_network, pixels, test_rows)  # (test stills, 6)
    probabilities["a. posed faces only", "thesis"] = posed_scores
for protocol, (fit_rows, choose_rows) in protocols.items():
    for name, options in plans.items():
        network, histories[name, protocol] = train_small_cnn(
            pixels, labels, fit_rows, choose_rows, len(classes), recipe, SEED, **options
        )
        probabilities[name, protocol] = training.predict(network, pixels, test_rows)
predicted = {key: scored.argmax(axis=1) for key, scored in probabilities.items()}
print(f"{len(histories)} trainings, {sum(h['seconds'].sum() for h in histories.values()):.0f} s")

# %% tags=["nbval-ignore-output"]
curves_figure = scores.learning_curves(
    {name.split(",")[0]: histories[name, "held_out"] for name in plans if "augmented" not in name},
    "Learned by heart within a few epochs; little of it carries over to other films (figure 9)",
    chance=majority,
)
curves_figure

# %% [markdown]
# The grey curves reach the top as they did with posed faces. The blue ones, on other films, hardly leave the line that needs no picture.
# With so few pictures the network has many ways to tell them apart that have nothing to do with emotion: the colour of a film, a wallpaper, a haircut.

# %% [markdown]
# ## Evaluate

# %% tags=["tolerance-0.15"]
published = load_published("02_sfew_in_the_wild")
published_of = {
    "a. posed faces only": published["faces_model_on_sfew"],
    "b. trained on from posed faces": published["retrained_from_faces"],
    "c. from scratch": published["from_scratch"],
}
experiments = []
for (name, protocol), named in sorted(predicted.items()):
    score = evaluation.score(labels[test_rows], named, classes)
    value = published_of.get(name) if protocol == "thesis" else None
    experiments.append(results.experiment(name, protocol, "val", score, value))
results.experiments_table(experiments).round(3)

# %% tags=["nbval-ignore-output"]
by_accuracy = sorted(experiments, key=lambda entry: entry["metrics"]["accuracy"])
best = by_accuracy[-1]
accuracy_figure = scores.accuracy_intervals(
    experiments, f"The best of them reaches {best['metrics']['accuracy']:.0%}", majority
)
accuracy_figure

# %% tags=["nbval-ignore-output"]
above = [entry["name"] for entry in experiments if entry["metrics"]["interval"][0] > majority]
print(
    f"The majority class alone has {majority:.1%}. Of {len(experiments)} results {len(above)} are above it "
    f"with their whole interval: {', '.join(above) or 'none'}."
)

# %% [markdown]
# ### What does each network say?
#
# Coloured bars are how often a class is named, black marks how often it occurs. A network that is out of its depth falls back on one answer or two.

# %% tags=["nbval-ignore-output"]
first_plan = "c. from scratch"
shares_figure = face_plots.predicted_shares(
    labels[test_rows],
    {
        name.split(",")[0]: named
        for (name, kind), named in predicted.items()
        if kind == "thesis" and "augmented" not in name
    },
    classes,
    "How often each emotion is named (bars) and occurs (marks)",
)
shares_figure

# %% tags=["nbval-ignore-output"]
if posed_network is not None:
    named = predicted["a. posed faces only", "thesis"]
    share = np.bincount(named, minlength=6).max() / len(named)
    favourite = classes[np.bincount(named, minlength=6).argmax()]
    print(
        f"The network that knows posed faces only calls {share:.0%} of the stills {favourite}; in the thesis it was Happy (figure 8)."
    )

# %% [markdown]
# This is **domain shift**: nothing is wrong with the network, but the pictures are not the ones it was made for. That it is so sure of one class is no knowledge either.

# %% tags=["nbval-ignore-output"]
matrices = {
    f"{name[:2]} here": evaluation.score(labels[test_rows], predicted[name, "thesis"], classes)[
        "confusion"
    ]
    for name in plans
    if name in published_of
}
matrices |= {
    f"{name[:2]} published": value["confusion_6"]
    for name, value in published_of.items()
    if "confusion_6" in value
}
confusion_figure = scores.confusion(
    matrices, classes, "What is taken for what, here and published (figure 10)"
)
confusion_figure

# %% [markdown]
# ### Which differences are more than luck?
#
# Two networks that were tested on the same stills are compared on the stills that only one of them has right (exact McNemar test).

# %% tags=["nbval-ignore-output"]
pairs = [("c. from scratch", other) for other in plans if other != "c. from scratch"]
rows = []
for one, other in pairs:
    right_one, right_other = (
        predicted[name, "held_out"] == labels[test_rows] for name in (one, other)
    )
    test = evaluation.mcnemar_exact(right_one, right_other)
    rows.append((other, right_one.mean(), right_other.mean(), test["p_value"]))
comparison = pd.DataFrame(rows, columns=["against from scratch", "scratch", "this", "p value"])
comparison.round(3)

# %% tags=["nbval-ignore-output"]
clear = comparison[comparison["p value"] < 0.05]
weighted, plain = (
    next(e for e in experiments if e["name"] == name and e["protocol"] == "held_out")["metrics"]
    for name in ("c. with class weights", "c. from scratch")
)
print(
    f"{len(clear)} of {len(comparison)} differences are clearer than chance would make them one time in twenty.\n"
    f"Class weights take UAR from {plain['uar']:.3f} to {weighted['uar']:.3f} and accuracy from {plain['accuracy']:.3f} to {weighted['accuracy']:.3f}."
)

# %% [markdown]
# UAR, the mean of the recalls, gives Disgust the weight of Happy. Where a rare class matters as much as a frequent one, look at it rather than at accuracy; a single run moves both by a few points for no reason at all.

# %% [markdown]
# ## Look: right and wrong

# %% tags=["nbval-ignore-output"]
shown_name, shown_protocol = "c. from scratch", "held_out"
right = predicted[shown_name, shown_protocol] == labels[test_rows]
order = np.concatenate([np.flatnonzero(~right)[:8], np.flatnonzero(right)[:8]])
captions = [
    classes[predicted[shown_name, shown_protocol][i]]
    + ("" if right[i] else f"\nis {classes[labels[test_rows[i]]]}")
    for i in order
]
faces_figure = scores.picture_grid(
    [images.read_picture(stills["path"][test_rows[i]], (91, 72), 3) for i in order],
    captions,
    colours=["black" if right[i] else "#B00020" for i in order],
    title=f"{(~right).sum()} of {len(right)} stills are named wrongly",
)
faces_figure

# %% [markdown]
# Most of these are easy for you. You know what a face is, whatever the light; the network has to learn that from a few hundred stills *together with* the emotions. Notebook 03 gives it a head start.

# %% [markdown]
# ## Exercises
#
# 1. Replace the shear of 0.2 degrees by 0.2 *radians*, about 11 degrees, in `helpers/augmentation.py`. What do the sixteen copies look like, and does it help?
# 2. Train on `train` without Neutral and test without it. How far does the majority line fall, and is the network further above it than before?
# 3. Empty the list of exclusions (`EXCLUDE` names an empty file). How many points do non-faces cost?

# %%
figures = {
    "accuracy": (
        accuracy_figure,
        "Accuracy on film stills of every experiment, with intervals and the majority class",
    ),
    "shares": (
        shares_figure,
        "How often each network names each emotion, and how often it occurs (figure 8)",
    ),
    "counts": (counts_figure, "Stills by class and split (figure 11)"),
    "curves": (curves_figure, "Accuracy while training, and the epoch that was kept (figure 9)"),
    "confusion": (confusion_figure, "Confusion matrices, here and published (figure 10)"),
    "augmentation": (augmentation_figure, "One still, changed sixteen times as published"),
    "candidates": (candidates_figure, "Stills in which no face is found"),
    "faces": (faces_figure, "Stills named wrongly and rightly"),
}
finding = (
    f"In the wild the small CNN reaches {best['metrics']['accuracy']:.0%} at best; "
    f"always naming the commonest emotion has {majority:.0%}."
)
print(finding)

# %% tags=["results"]
folder = results.save_run(
    "02_sfew_in_the_wild",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **asdict(recipe)},
    experiments=experiments,
    figures=figures,
    manifests=[manifest],
    started=started,
    root=RESULTS_ROOT,
    extra={
        "finding": finding,
        "majority_class_accuracy": majority,
        "removed_by_hand": removed.groupby(["split", "emotion"])
        .size()
        .rename("stills")
        .reset_index(),
        "missing": ""
        if posed_network is not None
        else "posed faces: experiments a and b were not done",
        "tables": {"Against a network from scratch (held out)": comparison.round(3)},
    },
)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - A network that reads posed faces is lost among film stills, and says so in no way: it just gives the same answer again and again.
# - Training it on with film stills, or starting from scratch, comes to much the same. What posed faces taught it is of little use here.
# - With uneven classes the majority class is the line to beat. An accuracy without that line says little.
# - Changed copies and class weights are cheap and worth trying; whether they helped is a question for a paired test, not for two percentages.
#
# **Limits.** One run of each network; expect several points between two seeds. A still has one label, though many show a face between two expressions. Drawn faces (demo) say nothing about people.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), section III-A.
# A. Dhall, R. Goecke, S. Lucey, T. Gedeon, *Static facial expression analysis in tough conditions: data, evaluation protocol and benchmark*, ICCV Workshops (2011).
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).
