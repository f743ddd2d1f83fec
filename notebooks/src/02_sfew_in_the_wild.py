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
# About 2 minutes on the demo corpus with two CPU cores; on SFEW with a GPU, some minutes more.
# It takes up the network of notebook 01 if that was run, and trains it anew if not.
# Terms in **bold** are in the [glossary](https://github.com/emotion-notebooks/emotion-notebooks/blob/main/docs/glossary.md).
#
# The published number: about 25 % of the film stills right, whether the network comes from posed faces or starts from scratch (SFEW, six emotions, 356 stills; Muntaner González 2021, section III-A, figures 8 to 11).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copies of SFEW and FACES)
DATA_ROOT: str = ""  # folder that holds SFEW/ and FACES/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: SGD with learning rate 1e-5 and batches of one
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
EXCLUDE: str = ""  # list of stills that show no face; "" is exclude_sfew.txt beside SFEW/, if any

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

import numpy as np

from helpers.corpora import exclusions, load_role
from helpers.corpora.manifest import CorpusError, usable
from helpers.corpora.splits import protocol_parts
from helpers.emotions import EMOTIONS, EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.evaluation import scores
from helpers.evaluation.comparison import answers_table, paired_table, wrong_and_right
from helpers.features import face_detection, pictures
from helpers.features.augmentation import published_augmentation
from helpers.features.posed_faces import load_posed_faces
from helpers.models import saved, training
from helpers.models.recipes import recipes_for
from helpers.plots import faces as face_plots, scores as score_plots
from helpers.published import load_published
from helpers.results import runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import sfew_in_the_wild as checks

# %% tags=["nbval-ignore-output"]
print(runtime.describe())

# %% [markdown]
# ## Data: stills from films
#
# SFEW (Dhall and colleagues, 2011) is made of stills from film scenes: real light, turned heads, hands before faces, actors in the middle of a word.
# A still's name says its film, its clip and its frame; the film is its `group`. The thesis tests on `val`.

# %%
manifest = load_role("wild_faces", CORPUS, DATA_ROOT)
counts = manifest.pivot_table(index="emotion", columns="split", values="sample_id", aggfunc="count")
films = manifest[manifest["problem"] == ""].groupby("split")["group"].agg(set)
print(
    f"{len(manifest)} stills; groups (films): {len(films['train'])} train, {len(films['val'])} val, "
    f"{len(films['train'] & films['val'])} in both"
)
counts.reindex(EMOTIONS)

# %% [markdown]
# A film in both splits would make the test easier: who has learned how a film looks knows something of its test stills, and that is nothing about emotion.
#
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
listed = candidates["sample_id"].isin(removed["sample_id"]).to_numpy()
order = wrong_and_right(~listed, 3)  # three that are on the list, three that are not
shown = [pictures.read_picture(path, (91, 72), 3) for path in candidates["path"].iloc[order]]
candidates_figure = score_plots.picture_grid(
    shown,
    ["on the list" if is_listed else "not on it" for is_listed in listed[order]],
    columns=6,
    title=f"In {len(candidates)} stills no face is found; {len(order)} of them",
    colours=["#B00020" if is_listed else "black" for is_listed in listed[order]],
)
print(
    f"No face found in {len(candidates)} of {len(everything)} stills; "
    f"{listed.sum()} of them are among the {len(removed)} on the list."
)
candidates_figure

# %% [markdown]
# Red ones are on the list, so a person found no face in them either. Look at the others: if they show a face, turned, covered or dark, the detector is wrong, and whoever deletes by it deletes the difficult faces.
# The names of those that really show none go into a text file, one a line; its path is `EXCLUDE`. (The detector needs faces of 70 pixels or more: among smaller pictures it finds none at all.)
#
# How many stills of each emotion are left?

# %% tags=["nbval-ignore-output"]
usable_stills = manifest[manifest["problem"] == ""]
by_count = usable_stills.loc[usable_stills["split"] == "train", "emotion"].value_counts()
counts_figure = score_plots.class_counts(
    usable_stills,
    EMOTIONS,
    f"{by_count.iloc[0] / by_count.iloc[-1]:.1f} times as many stills for {by_count.index[0]} "
    f"as for {by_count.index[-1]} in train (figure 11)",
)
counts_figure

# %% [markdown]
# FACES has no Surprise, so the experiments of this notebook leave it out, as the thesis did.
# An answer that needs no picture at all is to name the commonest class of the training set every time. Its accuracy is the line that everything below has to clear.

# %% [markdown] tags=["lab"]
# ### Task 1 · The line to beat
#
# `labels` has a number from 0 to 5 for each still, `train_rows` and `test_rows` say which stills are for training and for the test. Make `majority`: how often, as a fraction, is the answer right that is the commonest class every time? Mind which stills say what is commonest, and on which the answer is counted.

# %%
recipe = recipes_for("stills", SETTINGS, EPOCHS)["small CNN"]
classes = EMOTIONS_WITHOUT_SURPRISE
stills = manifest[manifest["emotion"].isin(classes)].reset_index(drop=True)
pixels, stills = pictures.decode(stills, (recipe.size, recipe.size), channels=1)
labels = class_indices(stills["emotion"], classes)  # (stills,)
train_rows, test_rows = (usable(stills, split) for split in ("train", "val"))
### BEGIN SOLUTION: majority, the accuracy of always predicting one class
majority = scores.majority_class_accuracy(labels[train_rows], labels[test_rows])
### END SOLUTION
print(f"six classes: {len(train_rows)} stills to train on, {len(test_rows)} to test on")
print(f"always predicting the commonest class: {majority:.1%}")

# %% tags=["lab"]
checks.line_to_beat(majority, labels[train_rows], labels[test_rows])

# %% tags=["nbval-ignore-output"]
shown = stills.loc[train_rows].drop_duplicates(["emotion", "group"])  # different films
shown = shown.groupby("emotion", sort=False).head(2)
examples_figure = score_plots.picture_grid(
    [pictures.read_picture(path, (91, 72), 3) for path in shown["path"]],
    list(shown["emotion"]),
    columns=6,
    title="The same six emotions in the wild, each from two films",
)
examples_figure

# %% [markdown]
# Compare them with the posed faces of notebook 01: what differs between two stills of one emotion is mostly *not* the emotion.

# %% [markdown]
# ## Idea: more pictures out of few
#
# **Augmentation** shows the network changed copies instead of the same pictures again: darker (times 0.5 to 1), zoomed by up to a tenth each way, mirrored, and sheared.
# The changes are drawn anew for every picture in every epoch, and only for training: what chooses the epoch and what is tested stays as it is. This is one still, sixteen times:

# %% tags=["nbval-ignore-output"]
augment = published_augmentation(SEED)
one_still = pictures.read_picture(shown["path"].iloc[0], (91, 72), 1)  # grey, as for the network
copies = np.asarray(augment(np.tile(one_still, (16, 1, 1, 1)).astype("float32")))
augmentation_figure = score_plots.picture_grid(
    copies / 255, title="One still, changed sixteen times: darker, zoomed, mirrored"
)
augmentation_figure

# %% [markdown]
# You will look for the shear in vain: the published value is 0.2, which the old Keras generator takes as *degrees*. No part of the picture moves by half a pixel.

# %% [markdown]
# ## Train
#
# Four experiments, as in the thesis:
#
# - **a.** the network of notebook 01, which has seen posed faces only, tested here as it is;
# - **b.** the same network, trained on with film stills; **c.** the same layers, from scratch;
# - **d.** b and c with augmentation.
#
# And one more, **e**: c with **class weights**, which make a mistake in a rare class count for more.
#
# b starts from weights that were made for 64 x 64 grey pixels, so all use those. Where there are no posed faces, a and b cannot be done, and the others go on.

# %% tags=["nbval-ignore-output"]
try:
    posed = load_posed_faces(CORPUS, DATA_ROOT)
    posed = posed[posed["emotion"].isin(classes)].reset_index(drop=True)
    recipe_of_01 = recipes_for("faces", SETTINGS, EPOCHS)["small CNN"]
    posed_pixels, posed = pictures.decode(posed, (recipe_of_01.size, recipe_of_01.size), channels=1)
    posed_network, loaded = saved.load_or_train(
        runs.run_folder("01_faces_baseline", CORPUS, RESULTS_ROOT) / "thesis",
        posed_pixels,
        class_indices(posed["emotion"], classes),
        {"train": usable(posed, "train"), "validation": usable(posed, "test")},
        classes,
        recipe_of_01,
        SEED,
        report=print,
    )
    print(
        f"The network of notebook 01: {'loaded' if loaded else 'it has left none made this way, so it was trained now'}."
    )
except CorpusError as missing:
    posed_network = None
    print(f"{missing}\nExperiments a and b are left out; the others go on.")

# %%
posed_only, trained_on, from_scratch = "a. posed faces only", "b. trained on", "c. from scratch"
plans = {
    trained_on: (posed_network, recipe),
    from_scratch: (None, recipe),
    "d. b augmented": (posed_network, replace(recipe, augment="published")),
    "d. c augmented": (None, replace(recipe, augment="published")),
    "e. c, classes weighted": (None, replace(recipe, weigh_classes=True)),
}
if posed_network is None:
    del plans[trained_on], plans["d. b augmented"]
print(SETTINGS, *(f"{name} {value}" for name, value in recipe.settings().items()), sep=", ")

# %% [markdown]
# Two protocols again. **held_out**, for all: a fifth of the training *films* chooses the epoch, and the test stills are looked at once.
# **thesis**, for b and c, whose numbers were published: on all of `train`, the epoch chosen on the test stills. For a there is nothing to choose, so it is the same under both.

# %%
protocols = protocol_parts(stills, labels, SEED)
for protocol, parts in protocols.items():
    print(
        f"{protocol}: {len(parts['train'])} to learn from, "
        f"{len(parts['validation'])} to choose the epoch"
    )

# %% tags=["nbval-ignore-output"]
histories, probabilities = {}, {}
if posed_network is not None:
    posed_scores = training.predict(posed_network, pixels, test_rows)  # (test stills, 6)
    probabilities[posed_only, "thesis"] = probabilities[posed_only, "held_out"] = posed_scores
for protocol, parts in protocols.items():
    for name, (start, plan) in plans.items():
        if protocol == "held_out" or name in (trained_on, from_scratch):
            network, histories[name, protocol] = training.train_network(
                pixels, labels, parts, len(classes), plan, SEED, start=start
            )
            probabilities[name, protocol] = training.predict(network, pixels, test_rows)
            training.discard(network)  # its scores are kept; TensorFlow would keep the rest
predicted = {key: scored.argmax(axis=1) for key, scored in probabilities.items()}
print(f"{len(histories)} trainings, {sum(h['seconds'].sum() for h in histories.values()):.0f} s")

# %% tags=["nbval-ignore-output"]
last = histories[from_scratch, "held_out"].iloc[-1]
curves_figure = score_plots.learning_curves(
    {name: histories[name, "held_out"] for name in plans if not name.startswith("d")},
    f"From scratch: {last['accuracy']:.0%} of the stills it learns from are right at the end, "
    f"{last['val_accuracy']:.0%} of those of other films (figure 9)",
    chance=majority,
)
curves_figure

# %% [markdown]
# Grey are the stills that it learns from, blue those of other films. The nearer grey comes to the top while blue stays near the line that needs no picture, the more of what was learned is these stills and not their emotions.
# With so few of them a network has many ways to tell them apart that have nothing to do with emotion: the light of a film, a wallpaper, a haircut.

# %% [markdown]
# ## Evaluate
#
# Every number below is of the same test stills. The published ones are of others, of real films: beside drawn faces (demo) they are no yardstick.
# `thesis` and `held_out` differ in two things, and both favour `thesis`: it chooses the epoch on the test stills, and it learns from all of `train`. What the two together give is printed below the table, in points.

# %% tags=["nbval-ignore-output"]
published = load_published("02_sfew_in_the_wild")
published_of = {
    posed_only: published["faces_model_on_sfew"],
    trained_on: published["retrained_from_faces"],
    from_scratch: published["from_scratch"],
}
experiments = []
for name, protocol in sorted(predicted, key=lambda key: (key[0], [*protocols].index(key[1]))):
    score = scores.score(labels[test_rows], predicted[name, protocol], classes)
    value = published_of[name] if protocol == "thesis" else None
    experiments.append(
        runs.experiment(name, protocol, "val", score, value, headline=name in published_of)
    )
runs.experiments_table(experiments).round(3)

# %% tags=["nbval-ignore-output"]
held_out = {e["name"]: e["metrics"] for e in experiments if e["protocol"] == "held_out"}
best = max(held_out, key=lambda name: held_out[name]["accuracy"])
accuracy_of = {(e["name"], e["protocol"]): 100 * e["metrics"]["accuracy"] for e in experiments}
both = [name for name in plans if (name, "thesis") in accuracy_of]
more = [accuracy_of[name, "thesis"] - accuracy_of[name, "held_out"] for name in both]
print(f"thesis against held_out (b, c): {min(more):+.0f} to {max(more):+.0f} points")
accuracy_figure = score_plots.accuracy_intervals(
    experiments,
    f"held_out: {best} is best with {held_out[best]['accuracy']:.0%}; "
    f"the commonest class is {majority:.0%} of them",
    majority,
)
accuracy_figure

# %% [markdown]
# Is a network above the line, or only lucky? Always predicting the commonest class is an answer too, to the same stills, so it can be compared with each network by **McNemar's test** (notebook 01): who is right on the stills that only one of the two has right?
#
# Whoever asks one question for each network has as many chances of a small *p*. **Holm's correction** makes up for that. A difference counts as clear here if its corrected *p* is below 0.05.

# %% tags=["nbval-ignore-output"]
right = {name: predicted[name, "held_out"] == labels[test_rows] for name in held_out}
right["line"] = labels[test_rows] == np.bincount(labels[train_rows]).argmax()
against_line = paired_table(
    {name: (right["line"], right[name]) for name in held_out}, ("without", "with")
)
against_line.round(3)

# %% [markdown] tags=["lab"]
# ### Task 2 · Clear of the line
#
# In `against_line`, `"question"` is the name of a network, `"without"` the accuracy of the line and `"with"` that of the network; `"p_holm"` is the corrected *p*. Make `above`, a list of the names of those that are clearly better than the line. A small *p* says that two answers differ, not which one is better.

# %% tags=["nbval-ignore-output"]
### BEGIN SOLUTION: above, a list of names
better = against_line["with"] > against_line["without"]
above = against_line.loc[better & (against_line["p_holm"] < 0.05), "question"].tolist()
### END SOLUTION
print(f"clear of the line of {majority:.1%} (held_out): {', '.join(above) or 'none'}")

# %% tags=["lab"]
checks.clear_of_the_line(above, against_line)

# %% [markdown]
# ### What does each network say?
#
# Coloured bars are how often a class is predicted, black marks how often it occurs. A network that is out of its depth falls back on one answer or two.

# %% tags=["nbval-ignore-output"]
named_by = {
    name: predicted[name, "thesis"] for name in published_of if (name, "thesis") in predicted
}
answers = answers_table(labels[test_rows], named_by, classes)
first = answers.iloc[0]
shares_figure = face_plots.predicted_fractions(
    labels[test_rows],
    named_by,
    classes,
    f"{first.name}: {first['predicted']:.0%} are called {first['favourite']} (figure 8)",
)
shares_figure

# %% tags=["nbval-ignore-output"]
answers.round(2)

# %% [markdown]
# In the thesis, the network that knew posed faces only called nearly all of them Happy.
# This is **domain shift**: nothing is wrong with the network, but the pictures are not the ones it was made for. It does not say so: a softmax always adds up to one, whatever it is shown.
#
# What is predicted instead of the right answer? In a confusion matrix, a column that is dark from top to bottom is an answer that is given whatever the still shows. In the published matrix of c that column is Neutral.

# %% tags=["nbval-ignore-output"]
published_too = [e for e in experiments if e["protocol"] == "thesis" and e["name"] in plans]
confusion_figures = {
    e["name"]: face_plots.confusion_beside_published(
        e["metrics"]["confusion"], published_of[e["name"]]["confusion_6"], classes, e["name"][0]
    )
    for e in published_too
}
confusion_figures[from_scratch]

# %% [markdown] tags=["lab"]
# ### Task 3 · Read the matrix
#
# Rows are what a still is, columns what was predicted. Return the **recall** of each class: of the stills that are of this class, which fraction is recognised?


# %% tags=["lab"]
def recall_of_each(matrix: np.ndarray) -> np.ndarray:
    """Return the recall of each class from a confusion matrix, (classes,)."""
    ### BEGIN SOLUTION: one fraction for each class
    return np.diag(matrix) / matrix.sum(axis=1)
    ### END SOLUTION


# %% tags=["lab"]
checks.recall(recall_of_each)

# %% [markdown]
# ### Which differences are more than luck?
#
# The networks are now compared with each other, again on the stills that only one of the two has right, and corrected for the number of questions.

# %% tags=["nbval-ignore-output"]
questions = {
    "Do film stills help a network of posed faces?": (posed_only, trained_on),
    "Do posed faces help as a start?": (from_scratch, trained_on),
    "Does augmentation help b?": (trained_on, "d. b augmented"),
    "Does augmentation help c?": (from_scratch, "d. c augmented"),
    "Do class weights help c?": (from_scratch, "e. c, classes weighted"),
}
pairs = {
    question: (right[without], right[with_it])
    for question, (without, with_it) in questions.items()
    if {without, with_it} <= set(right)
}
comparison = paired_table(pairs, ("without", "with"))
comparison.round(3)

# %% tags=["nbval-ignore-output"]
clear = comparison[comparison["p_holm"] < 0.05]
weighted, plain = held_out["e. c, classes weighted"], held_out[from_scratch]
sizes = np.bincount(labels[test_rows], minlength=len(classes))
print(
    f"Clear on these {len(test_rows)} stills: {' '.join(clear['question']) or 'none of them.'}\n"
    f"Class weights take UAR from {plain['uar']:.3f} to {weighted['uar']:.3f} "
    f"and accuracy from {plain['accuracy']:.3f} to {weighted['accuracy']:.3f}. A bar below is the "
    f"fraction of {sizes.min()} to {sizes.max()} stills; 0 in its place: never recognised."
)
weights_figure = score_plots.per_class_recall(
    {"c": plain, "e, weighted": weighted},
    f"Class weights: mean recall {plain['uar']:.0%} without (full colour), "
    f"{weighted['uar']:.0%} with (pale)",
)
weights_figure

# %% [markdown]
# UAR, the mean of the recalls (macro recall), gives Disgust the weight of Happy. Where a rare class matters as much as a frequent one, look at it rather than at accuracy; a single run moves both by a few points for no reason at all.

# %% [markdown]
# ## Look: right and wrong
#
# The stills as the network sees them: 64 x 64 grey pixels.

# %% tags=["nbval-ignore-output"]
found = predicted[best, "held_out"]
order = wrong_and_right(right[best], 6)
faces_figure = face_plots.answers_grid(
    pixels[test_rows[order]],
    labels[test_rows[order]],
    found[order],
    classes,
    f"{best}: {(~right[best]).sum()} of {len(test_rows)} stills are predicted wrongly (red)",
    columns=6,
)
faces_figure

# %% [markdown]
# How many of the red ones would you have recognised? You know what a face is, whatever the light; the network has to learn that from its few stills *together with* the emotions. Notebook 03 gives it a head start.

# %% [markdown]
# ## Exercises
#
# 1. Replace the shear of 0.2 degrees by 0.2 *radians*, about 11 degrees, in `helpers/augmentation.py`. What do the sixteen copies look like, and does it help?
# 2. Train on `train` without Neutral and test without it. How far does the majority line fall, and is the network further above it than before?
# 3. Empty the list of exclusions (`EXCLUDE` names an empty file). How many points do non-faces cost?

# %%
figures = {
    "accuracy": (accuracy_figure, "Accuracy of every experiment, with intervals"),
    "shares": (shares_figure, "How often each emotion is predicted, and occurs (figure 8)"),
    "counts": (counts_figure, "Stills by class and split (figure 11)"),
    "curves": (curves_figure, "Accuracy while training, and the epoch that was kept (figure 9)"),
    "weights": (weights_figure, "Recall of each emotion without and with class weights"),
    **{
        f"confusion_{name[0]}": (figure, f"Confusion of {name}, here and published (figure 10)")
        for name, figure in confusion_figures.items()
    },
    "augmentation": (augmentation_figure, "One still, changed sixteen times as published"),
    "candidates": (candidates_figure, "Stills in which no face is found"),
    "faces": (faces_figure, "Stills predicted wrongly and correctly by the best network"),
    "examples": (examples_figure, "Film stills of each emotion"),
}
# No finding yet but b with augmentation: with SSE4.1 the other networks change places.
finding = (
    f"In the wild the small CNN recognises {plain['accuracy']:.0%} of the stills when trained from scratch; "
    f"always predicting the commonest emotion gets {majority:.0%}. Clearly above that: {', '.join(above) or 'none'}."
)
if posed_network is not None:
    finding += (
        f" Trained on posed faces alone it gets {held_out[posed_only]['accuracy']:.0%}, "
        f"trained on from there {held_out[trained_on]['accuracy']:.0%}."
    )

# %% tags=["results"]
folder = runs.save_run(
    "02_sfew_in_the_wild",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **recipe.settings()},
    experiments=experiments,
    figures=figures,
    manifests=[manifest],
    started=started,
    root=RESULTS_ROOT,
    extra={
        "finding": finding,
        "majority_class_accuracy": majority,
        "removed_by_hand": removed[["split", "emotion"]].value_counts().reset_index(),
        "missing": "" if posed_network is not None else "no posed faces: a and b were not done",
        "tables": {
            "Above the commonest class? On the same stills (held_out)": against_line.round(3),
            "What helps? On the same stills (held_out)": comparison.round(3),
        },
    },
)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# What this run has found:

# %% tags=["nbval-ignore-output"]
print(finding)

# %% [markdown]
# - A network that reads posed faces is lost among film stills, and does not say so: it goes on giving answers, most of them the same.
# - In the thesis, training it on with film stills and starting from scratch came to much the same, a quarter right. The demo's posed and wild faces are drawn by the same hand, so there a head start can be worth more; what it was worth in this run stands in the table above.
# - A network of millions of weights knows a few hundred stills by heart within a few epochs. That says nothing about the next film.
# - With uneven classes the majority class is the line to beat. An accuracy without that line says little.
# - Changed copies and class weights are cheap to try. Whether they helped is a question for a paired test, not for two percentages.
#
# **Limits.** One run of each network; expect several points between two seeds. A still has one label, though many show a face between two expressions. Drawn faces (demo) say nothing about people.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), section III-A.
# A. Dhall, R. Goecke, S. Lucey, T. Gedeon, *Static facial expression analysis in tough conditions: data, evaluation protocol and benchmark*, ICCV Workshops (2011).
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [03 · VGG16: a head start](03_vgg16_transfer.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/03_vgg16_transfer.ipynb).
