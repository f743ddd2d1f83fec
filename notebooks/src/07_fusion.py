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
# - join two predictions of the same clips, by rules that learn nothing and by rules that are trained,
# - see when a fusion was trained on predictions that were too good to be true,
# - compare two systems on the same clips, and say how many clips it takes to find a small gain,
# - read a published result as one draw out of many.
#
# About 1 minute on the demo corpus with two CPU cores; a GPU makes no difference.
# It takes the clip scores of notebooks 04 (video) and 06 (audio); without them it uses those that came with the series, and says so.
#
# The published number: 45.2 % of 188 clips with a small dense network on both predictions, against 39.4 % with video alone (Muntaner González 2021, chapter V, tables II and III).

# %% tags=["parameters"]
CORPUS: str = (
    "demo"  # demo (drawn faces), thesis (your own copies) or open: whose clip scores to fuse
)
DATA_ROOT: str = ""  # folder that holds the corpora; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default: 100 runs of the dense network; thesis: one run, as published
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
PUBLISHED_VECTORS: str = (
    ""  # the thesis's predictions_dictionaries.zip; "" looks for it, then downloads it
)

# %% [markdown]
# ## Set-up
#
# The next cell finds the `helpers` package of this series. In Colab it fetches it first, and installs only what is missing.

# %% tags=["setup"]
# SETUP CELL

# %%
import time

import keras
import numpy as np
import pandas as pd
from IPython.display import Audio, display
from keras import layers

from helpers import media, results, runtime, statistics
from helpers.emotions import EMOTIONS
from helpers.fusion import comparison, own_scores, replication, report, tables
from helpers.fusion.alignment import count_modalities
from helpers.plots import fusion as fusion_plots
from helpers.plots import scores as score_plots
from helpers.published import load_published

started = time.time()

# %% tags=["nbval-ignore-output"]
runtime.describe()

# %% [markdown]
# ## Data, first: the thesis's own predictions
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

# %% [markdown]
# With the vectors the published table can be computed again, with no network to train: for each clip the most likely emotion is compared with the true one.
# The mean of both predictions and the SVM (a grid search over the published grid) need only a moment.

# %%
tables.recomputed_table(vectors["scores"])

# %%
svm, published_svm = vectors["svm"], load_published("07_fusion")["svm_grid"]
print(
    f"audio on the clips with stills: {vectors['scores']['audio']['correct']} of {vectors['scores']['audio']['n']}"
)
print(f"grid search: {svm['best']}, the published choice: {svm['best'] == published_svm['best']}")
print(f"clips: {vectors['clips']}")
print(f"ids that are in train and in val: {vectors['in_both_splits']}")

# %% [markdown]
# Five systems come out exactly, cell by cell of their confusion matrices. Beside them is the sixth, the dense network. It cannot come out exactly: every training of it starts from other random numbers.
#
# Two clip ids stand for a training clip *and* for a test clip. Neither training clip has stills, so they did no harm in the fusion, only in the audio network.

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
# ### What does the fusion learn from?
#
# The SVM and the dense network are trained on predictions for *training* clips. But the video and audio networks had learned those very clips:

# %%
tables.trust_table(vectors)

# %% [markdown]
# On training clips audio looks like the better modality, by far; on new clips it is the weaker one.
# A fusion that is trained on these predictions learns to trust the wrong one: that is a **leak**, and no test accuracy shows where it comes from.
#
# The **temperature** says the same in one number: by how much a network's logarithms must be divided for its probabilities to be honest. Below 1 it should be surer, above 1 less sure. Training clips say that audio should be surer still; test clips say the opposite.

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
# ## Data, second: our own clip scores
#
# From here on the notebook fuses the scores of this series. For training clips there are two kinds: **in-sample** scores come from networks that had learned those clips, **out-of-fold** scores from networks that had not (each clip was held out of one of several trainings).

# %% tags=["nbval-ignore-output"]
video_scores, audio_scores, own_corpus, note = own_scores.load_own_scores(CORPUS, RESULTS_ROOT)
clips = own_scores.load_own_clips(own_corpus, DATA_ROOT if own_corpus == CORPUS else "")
print(note)

# %%
pairs = {
    protocol: own_scores.protocol_pairs(video_scores, audio_scores, protocol)
    for protocol in ("thesis", "held_out")
}
train, test = pairs["held_out"]
pd.concat([count_modalities(train), count_modalities(test)])

# %% [markdown]
# Scores are paired by clip id, never by position. A clip that lacks one modality stays: the fusion then is the other modality's prediction.

# %% [markdown]
# ## Idea: one prediction out of two
#
# The simplest rule is the **mean** of both. Here is one test clip:

# %% tags=["nbval-ignore-output"]
video_best, audio_best = test.video.argmax(axis=1), test.audio.argmax(axis=1)
clip = int(np.argmax(test.complete & (video_best != audio_best) & (audio_best == test.labels)))
both = (test.video[clip] + test.audio[clip]) / 2  # (7,)
clip_figure = fusion_plots.clip_bars(
    {"video": test.video[clip], "audio": test.audio[clip], "mean": both},
    EMOTIONS,
    f"A clip that is {EMOTIONS[test.labels[clip]]}: the surer one wins",
)
clip_figure

# %% [markdown]
# The mean believes whoever is surer. Other rules differ in whom they believe:
#
# - **product**: both must find an emotion likely; one near zero rules it out,
# - **weighted mean**: one modality counts more, as much as is best on the training clips,
# - **calibrated mean**: each modality's temperature is put right first,
# - **SVM**, **logistic regression** and a **dense network** take the fourteen numbers as features and learn the rule.
#
# The dense network of the thesis:


# %%
def fusion_dense(features: int = 14, classes: int = 7) -> keras.Model:
    """Build the combining network of the thesis, uncompiled (section V, figure 21)."""
    both = keras.Input((features,), name="both_predictions")
    x = layers.Dense(28, activation="relu")(both)
    x = layers.Dropout(0.25)(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(both, probabilities, name="fusion_dense")


print(f"{fusion_dense().count_params()} parameters, {train.complete.sum()} training clips")
print(f"features of one clip: {train.features.shape[1]}")

# %% [markdown]
# ## Train
#
# Every rule twice: under `thesis` it learns from in-sample scores and the dense network's epoch is chosen on the test clips, as published; under `held_out` it learns from out-of-fold scores, nothing is chosen on the test clips, and they are looked at once.

# %%
seeds = range(SEED, SEED + chosen["runs"])
fused = {
    protocol: comparison.fuse_all(
        *pairs[protocol], seeds, epochs=chosen["epochs"], choose_epoch_on_test=protocol == "thesis"
    )
    for protocol in pairs
}

# %% tags=["nbval-ignore-output"]
leak_table = report.leak_table(fused, pairs)
leak_figure = fusion_plots.leak(leak_table, "What training promises, and what the test keeps")
for protocol in pairs:
    promised = (leak_table[protocol, "train"] - leak_table[protocol, "test"]).drop(
        ["video", "audio"]
    )
    print(
        f"{protocol}: training promises {100 * promised.mean():.0f} points more than the test keeps, on average"
    )
leak_table.map("{:.1%}".format)

# %% [markdown]
# Left, fusions are trained on predictions for clips that the networks knew; right, on predictions for clips they did not. The length of a grey line is what one would have been wrong by, had one believed the training accuracy.

# %% [markdown]
# ## Evaluate
#
# Every accuracy with its number of clips and a 95 % interval. UAR and macro F1, which weight all emotions equally, have no formula for an interval: the **bootstrap** draws the test clips again, thousands of times, *film by film*, and looks how far the value moves.

# %% tags=["nbval-ignore-output"]
films = {protocol: own_scores.look_up(clips, parts[1], "film") for protocol, parts in pairs.items()}
experiments = report.own_experiments(fused, pairs, films, SEED)
results.experiments_table(experiments).round(3)

# %% [markdown]
# `clips with both` are the clips that have video and audio; over `all clips`, a fusion makes do with one modality where the other is missing.
#
# Is the difference to the better single modality more than chance?

# %% tags=["nbval-ignore-output"]
reference = comparison.better_modality(train)
tests = {}
for protocol, (_, protocol_test) in pairs.items():
    named, true = report.named_and_true(fused[protocol], protocol_test)
    tests[protocol] = comparison.compare_systems(
        true, named, reference, groups=films[protocol][protocol_test.complete], seed=SEED
    )
gains_figure = fusion_plots.gains(
    tests, reference, f"What fusion adds to {reference} (blue: more than chance, after correction)"
)
gains_figure

# %% tags=["nbval-ignore-output"]
tests["held_out"].round(3)

# %% [markdown]
# The modality to beat is the one that was right more often on the *training* clips, out of fold. The sentence that answers the question of this notebook is made from that table:

# %% tags=["nbval-ignore-output"]
sentence = comparison.answer(tests["held_out"], reference)
print(sentence, end="\n\n")
run_accuracy = report.run_accuracies(fused, pairs)
for protocol, values in run_accuracy.items():
    print(
        f"dense network, {protocol}: {values.mean():.1%} over {len(values)} runs, standard deviation "
        f"{values.std():.1%}, {values.min():.1%} to {values.max():.1%}"
    )

# %% [markdown]
# ### How much data would it take?
#
# The test can only use the clips on which two systems disagree. From their share, and the size of the gain, follows how likely *n* new clips are to show it. The usual aim is 80 %.

# %% tags=["nbval-ignore-output"]
found = tests["held_out"]["gain"].idxmax()
published_gain = (dense["published_correct"] - vectors["scores"]["video"]["correct"]) / dense["n"]
effects = {
    f"here: {found}": report.effect(tests["held_out"].loc[found]),
    "thesis: mean": report.effect(vector_tests.loc["mean"]),
    "thesis: dense network": (published_gain, report.effect(vector_tests.loc[comparison.DENSE])[1]),
}
effects = {name: effect for name, effect in effects.items() if effect[0] > 0}
power_figure = fusion_plots.power_curves(effects, "How many clips it takes to find a gain")
for name, (gain, discordance) in effects.items():
    print(
        f"{name}: {100 * gain:+.1f} points, {discordance:.0%} of the clips differ: "
        f"{statistics.clips_for_power(gain, discordance):,} clips for 80 %"
    )
power_figure

# %% [markdown]
# AFEW has 383 validation and 653 test clips, and 188 of the former have stills. Where a curve crosses the vertical lines below the dotted one, a gain of that size would most likely have been missed, or, found, have been luck.

# %% [markdown]
# ### Tables II and III of the thesis, again

# %% tags=["nbval-ignore-output"]
on_both = [line for line in experiments if line["clips"] == "both"]
tables.second_table(vectors["scores"], on_both, own_corpus)

# %% tags=["nbval-ignore-output"]
tables.third_table(vectors["scores"], on_both, own_corpus)

# %% [markdown]
# F1 here is weighted by class size, as in the thesis. The 60.34 % that the thesis quotes as the winners' was the seventh place of 2018; the first had 61.87 % of 653 test clips. Accuracies on different clips cannot be compared line by line: that is what the intervals are for.

# %% [markdown]
# ## Look: who helps whom?

# %% tags=["nbval-ignore-output"]
looked_at = ("video", "audio", found)
held_out = {line["system"]: line["metrics"] for line in on_both if line["protocol"] == "held_out"}
recall_figure = score_plots.per_class_recall(
    {name: held_out[name] for name in looked_at},
    f"Recall of {', '.join(looked_at)} (full colour to pale)",
)
recall_figure

# %% tags=["nbval-ignore-output"]
named, true = report.named_and_true(fused["held_out"], test)
rescued, spoiled = report.changed_clips(named, true, reference, found)
shown = [*rescued[:2], *spoiled[:2]]
captions = [
    f"{'rescued' if row in rescued else 'spoiled'}: {EMOTIONS[true[row]]}; {reference} says "
    f"{EMOTIONS[named[reference][row]]}, {found} {EMOTIONS[named[found][row]]}"
    for row in shown
]
paths = own_scores.look_up(clips, test.where(test.complete), "path")[shown]
strips = [media.extract_frames(path, frames_per_clip=4, size=(72, 90)) for path in paths]
strips_figure = fusion_plots.clip_strips(
    strips, captions, f"{found}: {len(rescued)} clips rescued, {len(spoiled)} spoiled"
)
for path, caption in list(zip(paths, captions, strict=True))[::2]:
    print(caption)
    display(Audio(media.read_audio(path, 8000), rate=8000))
strips_figure

# %% [markdown]
# Listen before you look at the captions: could you have told?

# %% [markdown]
# ## Exercises
#
# 1. Give every clip the audio scores of another one (shuffle the rows of `audio` in the training and in the test pairs, then fuse again). Which rules still lose to video alone, and which have learned to ignore audio?
# 2. Let the dense network choose its epoch on the test clips under `held_out` too. By how much does its mean over the runs rise, with nothing learned?
# 3. Halve the discordance in `effects` and keep the gain. Why do you need fewer clips?

# %%
figures = {
    "matrices": (
        matrices_figure,
        "Confusion matrices from the thesis's vectors, recomputed and published",
    ),
    "runs": (
        runs_figure,
        "Many runs of the dense network on the thesis's vectors; the published one marked",
    ),
}
own_figures = {
    "leak": (
        leak_figure,
        "Training and test accuracy of fusions trained in sample and out of fold",
    ),
    "gains": (gains_figure, "What each fusion gains over one modality, with paired 95 % intervals"),
    "power": (power_figure, "How many clips it takes to find a gain"),
    "recall": (recall_figure, "Recall of each emotion for video, audio and their fusion"),
    "strips": (strips_figure, "Clips that the fusion rescued and spoiled"),
}
# Scores of another corpus are shown above, but are no result of this one.
own = own_corpus == CORPUS

# %% tags=["results"]
folder = results.save_run(
    "07_fusion",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **chosen},
    experiments=report.vector_experiments(vectors) + (experiments if own else []),
    predictions=report.as_predictions(fused, pairs) if own else None,
    figures=figures | (own_figures if own else {}),
    manifests=[clips] if own else [],
    started=started,
    root=RESULTS_ROOT,
    extra={replication.SAVED_AS: vectors}
    | (report.own_extra(sentence, tests, run_accuracy) if own else {}),
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
# **Limits.** Drawn faces and synthetic voices (demo) show the mechanism and prove nothing about people. Seven words do not cover what people feel, and what an actor shows in a film is not what a person feels.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter V.
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).
# S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979).
# R. J. Connor, *Sample size for testing differences in proportions for the paired-sample design*, Biometrics 43 (1987).
# D. H. Wolpert, *Stacked generalization*, Neural Networks 5 (1992). C. Guo and others, *On calibration of modern neural networks*, ICML (2017).
# J. Kittler and others, *On combining classifiers*, IEEE Transactions on Pattern Analysis and Machine Intelligence 20 (1998).
