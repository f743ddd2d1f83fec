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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/07_fusion.ipynb)

# %% [markdown]
# # 07 · Fusion: does audio help?
#
# **Video and audio have both said what they make of a clip. Is there more in the two together than in the better one, and how would one know?**
#
# After this notebook you will be able to
#
# - combine two predictions of the same clips by their mean, an SVM and a small network,
# - see when a fusion was trained on predictions that were too good to be true,
# - compare two systems on the same clips, and say how many clips it takes to find a small gain,
# - read a published result as one draw out of many.
#
# About 1 minute on the demo corpus with two CPU cores; a GPU makes no difference.
# Nothing needs to be run before it: it works on the predictions that the thesis's author published, which are real whatever `CORPUS` says.
#
# The published number: 45.2 % of 188 clips with a small dense network on both predictions, against 39.4 % with video alone (Muntaner González 2021, chapter V, tables II and III).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo, thesis or open: the results folder; the vectors are the same
DATA_ROOT: str = ""  # not used yet: the vectors need no corpus
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default: 100 runs of the dense network; thesis: one run, as published
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
PUBLISHED_VECTORS: str = ""  # path of predictions_dictionaries.zip; "" looks, then downloads

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

import keras
import numpy as np
import pandas as pd
from keras import layers

from helpers import results, statistics
from helpers.emotions import EMOTIONS
from helpers.fusion import comparison, replication, report, tables
from helpers.plots import fusion as fusion_plots
from helpers.plots import scores as score_plots
from helpers.published import load_published

started = time.time()

# %% tags=["lab"]
from helpers.checks import fusion as checks

# %% tags=["nbval-ignore-output"]
runtime.describe()

# %% [markdown]
# ## Data: the thesis's own predictions
#
# The author published the predictions that her fusion was made of: for each AFEW clip seven probabilities from its SFEW stills (video) and seven from its sound (audio), for training and test clips.
# They are a download of 385 kB, checked before use. They come as *pickles*, a format that can run any program on the computer that opens it; here they are read by a reader that knows arrays and nothing else.

# %% tags=["nbval-ignore-output"]
choices = {"default": {"runs": 100, "epochs": 50}, "thesis": {"runs": 1, "epochs": 50}}
chosen = choices[SETTINGS] | ({"epochs": EPOCHS} if EPOCHS else {})
vectors, source = replication.replicate_or_recall(
    PUBLISHED_VECTORS, corpus=CORPUS, root=RESULTS_ROOT, **chosen
)
print(source)

# %%
print(f"clips: {vectors['clips']}")
print(f"ids that are in train and in val: {vectors['in_both_splits']}")

# %% [markdown]
# Not every clip has stills, so video has fewer clips than audio; they are compared on the clips that have both.
# Two clip ids stand for a training clip *and* for a test clip. Neither training clip has stills, so they did no harm in the fusion, only in the audio network.

# %% [markdown]
# ## Idea: one prediction out of two
#
# The simplest rule is the **mean**: seven probabilities from video, seven from audio, added and halved. It believes whoever is surer, and learns nothing.
#
# The other two rules of the thesis take all fourteen numbers as features and *learn* the rule from training clips: a **support vector machine** on standardised features, and a small **dense network**:

# %% [markdown] tags=["lab"]
# ### Task 1 · The mean
#
# Write the simplest rule. Two arrays come in, `video` and `audio`, each with a row for a clip and a column for an emotion. One array goes out: for each clip the position of the emotion that the rule names.


# %% tags=["lab"]
def name_by_mean(video: np.ndarray, audio: np.ndarray) -> np.ndarray:
    """Return the emotion that the mean of two predictions names, (clips,)."""
    ### BEGIN SOLUTION: the position of the largest mean in each row
    return ((video + audio) / 2).argmax(axis=1)
    ### END SOLUTION


# %% tags=["lab"]
checks.mean_rule(name_by_mean)

# %% [markdown] tags=["lab"]
# ### Task 2 · How wide is it?
#
# The dense network takes both predictions at once. It has one hidden layer with ReLU, a dropout of a quarter, and a softmax; all in all **623** parameters. A dense layer has a weight for every pair of an input and a unit, and one more for every unit. How many units does the hidden layer have?


# %%
def fusion_dense(features: int = 14, classes: int = 7) -> keras.Model:
    """Build the combining network of the thesis, uncompiled (section V, figure 21)."""
    both = keras.Input((features,), name="both_predictions")
    ### BEGIN SOLUTION: the hidden layer and the dropout, from `both` to `x`
    x = layers.Dense(28, activation="relu")(both)
    x = layers.Dropout(0.25)(x)
    ### END SOLUTION
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(both, probabilities, name="fusion_dense")


print(f"{fusion_dense().count_params()} parameters, the published number is 623")

# %% tags=["lab"]
checks.dense_network(fusion_dense)

# %% [markdown]
# ## Train: what does the fusion learn from?
#
# The SVM and the dense network are trained on predictions for *training* clips. But the video and audio networks had learned those very clips:

# %%
tables.trust_table(vectors)

# %% [markdown] tags=["lab"]
# ### Task 3 · Find the leak
#
# `vectors["train"]` and `vectors["scores"]` hold what each network is worth on training and on test clips, under `"video"` and `"audio, all clips"`; each entry has an `"accuracy"`.
# Make `too_good`, a dictionary from these two names to how much higher the accuracy is on training clips, as a fraction. Which of the two would a fusion trust that learns from training clips, and is it right?

# %% tags=["lab"]
### BEGIN SOLUTION: too_good, from a name to the accuracy in training minus that in the test
too_good = {
    name: vectors["train"][name]["accuracy"] - vectors["scores"][name]["accuracy"]
    for name in ("video", "audio, all clips")
}
### END SOLUTION
too_good

# %% tags=["lab"]
checks.leak(too_good, vectors)

# %% [markdown]
# On training clips audio looks like the better modality, by far; on new clips it is the weaker one.
# A fusion that is trained on these predictions learns to trust the wrong one: that is a **leak**, and no test accuracy shows where it comes from.
#
# The **temperature** says the same in one number: by how much a network's logarithms must be divided for its probabilities to be honest. Below 1 it should be surer, above 1 less sure. Training clips say that audio should be surer still; test clips say the opposite.

# %%
svm, published_svm = vectors["svm"], load_published("07_fusion")["svm_grid"]
print(f"grid search: {svm['best']}, the published choice: {svm['best'] == published_svm['best']}")

# %% [markdown]
# The SVM's settings are chosen by cross-validation over the training clips. The choice is the published one; that its cross-validated accuracy was about 80 % and its test accuracy is half of that is the leak again.

# %% [markdown]
# ## Evaluate: the published table, again
#
# With the vectors the table can be computed again with no network to train: for each clip the most likely emotion is compared with the true one.

# %%
tables.recomputed_table(vectors["scores"])

# %% [markdown]
# Five systems come out exactly, cell by cell of their confusion matrices. Beside them is the sixth, the dense network. It cannot come out exactly: every training of it starts from other random numbers. The one shown is the median of many, more of which below.
#

# %% tags=["nbval-ignore-output"]
names = list(tables.PUBLISHED_NAMES)
matrices_figure = fusion_plots.matrices_beside(
    {name: vectors["scores"][name]["confusion"] for name in names},
    {name: tables.published_of(name)["confusion"] for name in names},
    EMOTIONS,
    "Five matrices are equal in every cell; the dense network is another draw",
)
matrices_figure

# %% [markdown]
# ### Is the gain more than chance?

# %%
vector_tests = pd.DataFrame(vectors["comparison"]).set_index("fusion")
columns = [
    "n",
    "correct",
    "reference_correct",
    "only_fusion",
    "only_reference",
    "p_value",
    "p_holm",
]
vector_tests.drop(index=comparison.DENSE)[columns].round(3)

# %% [markdown]
# `correct` is the fusion, `reference_correct` is video alone on the same clips. Most clips are right in both or wrong in both and say nothing about which is better.
# The rest decide: `only_fusion` clips that only the fusion has right, `only_reference` clips that only video has right. If neither system were better, each of these would fall to either side like a coin; `p_value` is how often coins would be at least as one-sided (**McNemar's exact test**). `p_holm` is corrected for having asked that many times.

# %% [markdown]
# ### The dense network, many times over
#
# 45.2 % is one run. Here are many, trained at once; they differ in nothing but their random numbers.
# The upper panel takes each run after its last epoch. The lower one takes the epoch that is best *on the test clips*, which is what stopping by test accuracy comes to.

# %% tags=["nbval-ignore-output"]
dense = vectors["dense"]
runs_figure = fusion_plots.run_distribution(
    {"last epoch": dense["last"], "best epoch on the test clips": dense["best"]},
    dense["n"],
    dense["published_correct"],
    f"{len(dense['last'])} runs of the same network, and the published one",
)
for name, counts in (("last", dense["last"]), ("best", dense["best"])):
    values, reached = np.array(counts) / dense["n"], dense[f"share_of_{name}_at_least_published"]
    print(
        f"{name} epoch: {values.mean():.1%} on average (standard deviation {values.std():.1%}), "
        f"{values.min():.1%} to {values.max():.1%}; {reached:.0%} of the runs reach the published number"
    )
p_values, nearest = dense["p_values_against_video"], dense["fewest_clips_from_the_published_matrix"]
print(f"last epoch against video alone: p from {min(p_values):.2f} to {max(p_values):.2f}")
print(f"the nearest of all runs and epochs differs from the published matrix in {nearest} clips")
runs_figure

# %% [markdown]
# So the published number is what a good draw *and* a look at the test clips can give, and its distance to video alone is well within what chance does to 188 clips. That does not say that audio cannot help. It says that this experiment could not have shown it.

# %% [markdown]
# ### How much data would it take?
#
# The test can only use the clips on which two systems disagree. From their share, and the size of the gain, follows how likely *n* new clips are to show it. The usual aim is 80 %.

# %% [markdown] tags=["lab"]
# ### Task 4 · The gain
#
# `dense["published_correct"]` of `dense["n"]` clips are right in the published run, `vectors["scores"]["video"]["correct"]` with video alone, of the same clips. Make `published_gain`, how much higher its accuracy is, as a fraction: 0.01 is one point.

# %% tags=["nbval-ignore-output"]
### BEGIN SOLUTION: published_gain, the difference of two accuracies
published_gain = (dense["published_correct"] - vectors["scores"]["video"]["correct"]) / dense["n"]
### END SOLUTION
effects = {
    "mean": report.effect(vector_tests.loc["mean"]),
    "dense network, as published": (
        published_gain,
        report.effect(vector_tests.loc[comparison.DENSE])[1],
    ),
}
power_figure = fusion_plots.power_curves(effects, "How many clips it takes to find a gain")
for name, (gain, discordance) in effects.items():
    print(
        f"{name}: {100 * gain:+.1f} points, {discordance:.0%} of the clips differ: "
        f"{statistics.clips_for_power(gain, discordance):,} clips for 80 %"
    )
power_figure

# %% tags=["lab"]
checks.gain(published_gain, vectors)

# %% [markdown]
# AFEW has 383 validation and 653 test clips, and 188 of the former have stills. Where a curve crosses the vertical lines below the dotted one, a gain of that size would most likely have been missed, or, found, have been luck.

# %% [markdown]
# ## Look: who helps whom?

# %% tags=["nbval-ignore-output"]
recall_figure = score_plots.per_class_recall(
    {name: vectors["scores"][name] for name in ("video", "mean", "SVM")},
    "Recall with video alone (full colour), the mean and the SVM (paler)",
)
recall_figure

# %% [markdown]
# Video alone recognises next to nothing of Disgust and Fear. The mean hardly changes that; the trained rule spreads its answers over all classes, and pays for it with the frequent ones.
# This is the better distribution that the thesis speaks of. It shows in **UAR** and F1, which weight every emotion equally, rather than in accuracy:

# %% tags=["nbval-ignore-output"]
pd.DataFrame(
    {
        name: {key: vectors["scores"][name][key] for key in ("n", "accuracy", "uar", "f1_macro")}
        for name in ("video", "mean", "SVM")
    }
).T.round(3)

# %% [markdown]
# In one sentence, made from the numbers above:

# %% tags=["nbval-ignore-output"]
finding = (
    f"Audio took the thesis from {vectors['scores']['video']['accuracy']:.1%} to {dense['published_correct'] / dense['n']:.1%} in one run of a small network. "
    f"Of {len(dense['last'])} runs {dense['share_of_last_at_least_published']:.0%} get there at their last epoch, "
    f"{dense['share_of_best_at_least_published']:.0%} at the epoch that is best on the test clips."
)
print(finding)

# %% [markdown]
# ## Exercises
#
# 1. Take one run of the dense network at random, a hundred times. How often would you have written that audio helps?
# 2. Halve the discordance in `effects` and keep the gain. Why do you need fewer clips?
# 3. Which classes would you have to confuse less to make the mean beat video by ten clips? Look at the matrices first.

# %% tags=["results"]
folder = results.save_run(
    "07_fusion",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **chosen},
    experiments=report.vector_experiments(vectors),
    figures={
        "runs": (
            runs_figure,
            "Many runs of the dense network on the thesis's vectors; the published one marked",
        ),
        "matrices": (
            matrices_figure,
            "Confusion matrices from the thesis's vectors, recomputed and published",
        ),
        "power": (power_figure, "How many clips it takes to find a gain"),
        "recall": (recall_figure, "Recall of each emotion for video and two fusions"),
    },
    started=started,
    root=RESULTS_ROOT,
    extra={replication.SAVED_AS: vectors, "finding": finding},
)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# - The thesis's fusion table comes out of its own vectors to the last cell, except where chance had a part in it.
# - A single run of a small network, chosen on the test clips, is the upper end of a distribution. Report the distribution.
# - A fusion has to be trained on predictions for clips that the networks had not learned. Otherwise it learns whom to trust from the one who has seen the answers.
# - Two systems are compared on the clips on which they disagree. With a few hundred clips only large gains can be found.
#
# **Limits.** These are the predictions of one pair of networks on one corpus of film scenes. Seven words do not cover what people feel, and what an actor shows in a film is not what a person feels.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter V.
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).
# S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979).
# R. J. Connor, *Sample size for testing differences in proportions for the paired-sample design*, Biometrics 43 (1987).
# C. Guo and others, *On calibration of modern neural networks*, ICML (2017).
