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
# **Two networks judge the same film clip, one by faces, one by sound. Do they know more together, and how could one tell?**
#
# After this notebook you will be able to
#
# - join two predictions of the same clips, by rules that learn nothing and by rules that are trained,
# - see that a fusion trained on the wrong predictions learns to trust the wrong modality,
# - tell a gain from luck: intervals, a paired test, many runs instead of one,
# - say how many clips it takes to find a gain of a given size.
#
# Under a minute on two CPU cores; a GPU changes little.
# It takes the clip scores of notebooks 04 (video) and 06 (audio); without them it uses those that came with the series, and says so. The thesis's own predictions need no corpus at all.
#
# The published numbers, of 188 clips and seven emotions: mean 40.9 %, SVM 39.9 %, a small network 45.2 %, against 39.4 % for video alone (Muntaner González 2021, chapter V, tables II and III).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), thesis (your own copies) or open: whose clip scores
DATA_ROOT: str = ""  # folder that holds the corpora; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = (
    "default"  # default: 100 runs of the dense network; published: one, as in the thesis
)
EPOCHS: int = 0  # 0 is what the settings say (50); a small number is a quick look
PUBLISHED_VECTORS: str = ""  # path of predictions_dictionaries.zip; "" looks, then downloads
OWN_CLIP: str = ""  # path of a film of yours, "upload" in Colab, or "" for a clip of the corpus

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
from IPython.display import display
from keras import layers

from helpers.corpora.clips import load_own_clips
from helpers.emotions import EMOTIONS
from helpers.evaluation import scores, statistics
from helpers.features import media
from helpers.fusion import comparison, own_clip, own_scores, replication, report, tables
from helpers.fusion.alignment import count_modalities
from helpers.plots import faces as face_plots, fusion as fusion_plots, scores as score_plots
from helpers.plots.players import players
from helpers.published import load_published
from helpers.results import runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import fusion as checks

# %% tags=["nbval-ignore-output"]
print(runtime.describe())

# %% [markdown]
# ## Data: two sets of clip scores
#
# **The thesis's own.** The author published the predictions that her fusion was made of: for each AFEW clip seven probabilities from its SFEW stills (video) and seven from its sound (audio), for training and test clips.
# They are a download of 385 kB. They come as *pickles*, a format that can run any program on the computer that opens it; here the file's SHA-256 is compared first, and then it is read by a reader that knows arrays and nothing else.

# %% tags=["nbval-ignore-output"]
choices = {"default": {"runs": 100, "epochs": 50}, "published": {"runs": 1, "epochs": 50}}
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
#
# **Our own.** Notebooks 04 and 06 wrote scores for the same kind of clips. For training clips there are two sorts: **in-sample** scores come from networks that had learned those very clips, **out-of-fold** scores from networks that had not (each clip was held out of one of several trainings).

# %% tags=["nbval-ignore-output"]
video_scores, audio_scores, own_corpus, note = own_scores.load_own_scores(CORPUS, RESULTS_ROOT)
clips = load_own_clips(own_corpus, DATA_ROOT if own_corpus == CORPUS else "")
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
# The simplest rule is the **mean**: seven probabilities from video, seven from audio, added and halved. It learns nothing and believes whoever is surer. One of our test clips:

# %% tags=["nbval-ignore-output"]
video_best, audio_best = test.video.argmax(axis=1), test.audio.argmax(axis=1)
clip = int(np.argmax(test.complete & (video_best != audio_best) & (audio_best == test.labels)))
both = (test.video[clip] + test.audio[clip]) / 2  # (7,)
clip_figure = fusion_plots.clip_bars(
    {"video": test.video[clip], "audio": test.audio[clip], "mean": both},
    EMOTIONS,
    f"A clip that is {EMOTIONS[test.labels[clip]]}: the mean says {EMOTIONS[both.argmax()]}",
)
clip_figure

# %% [markdown]
# Other rules differ in whom they believe:
#
# - **product**: both must find an emotion likely; one near zero rules it out,
# - **weighted mean**: one modality counts more, as much as is best on the training clips,
# - **calibrated mean**: how sure each modality is, is put right first,
# - **SVM**, **logistic regression** and a **dense network** take the fourteen numbers as features and *learn* the rule from training clips.
#
# Mean, SVM and dense network are the thesis's. Its network:

# %% [markdown] tags=["lab"]
# ### Task 1 · The mean
#
# Write the simplest rule. Two arrays come in, `video` and `audio`, each with a row for a clip and a column for an emotion. One array goes out: for each clip the position of the emotion that the rule predicts.


# %% tags=["lab"]
def name_by_mean(video: np.ndarray, audio: np.ndarray) -> np.ndarray:
    """Return the emotion that the mean of two predictions favours, (clips,)."""
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
    """Build the combining network of the thesis, uncompiled (chapter V, figure 21)."""
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
# The published SVM and dense network were trained on predictions for *training* clips. But the video and audio networks had learned those very clips:

# %%
paired, n = vectors["audio_against_video"], vectors["scores"]["audio"]["n"]
print(
    f"The same {n} test clips: {paired['only_first']} only video has right, "
    f"{paired['only_second']} only audio (p = {paired['p_value']:.2f})"
)
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
# On training clips audio looks like the better modality, by far. On new clips it is right less often, and on the same new clips too, though these are too few to make that certain.
# A fusion that is trained on these predictions learns to trust the wrong one: that is a **leak**, and no test accuracy shows where it comes from.
#
# The **temperature** says the same in one number: by how much a network's logarithms must be divided for its probabilities to be honest. Below 1 it should be surer, above 1 less sure. Training clips say that audio should be surer still; test clips say the opposite.

# %%
svm, published_svm = vectors["svm"], load_published("07_fusion")["svm_grid"]
print(f"grid search: {svm['best']}, the published choice: {svm['best'] == published_svm['best']}")
print(
    f"cross-validated {svm['cross_validation_accuracy']:.1%} (published: "
    f"{published_svm['cross_validation_accuracy']:.0%}), on test clips "
    f"{vectors['scores']['SVM']['accuracy']:.1%}"
)

# %% [markdown]
# The SVM's settings are chosen by cross-validation over the training clips. The choice is the published one; that its accuracy on test clips is half of the cross-validated one is the leak again.
#
# With our own scores we can do both. Under `thesis` every rule learns from in-sample scores, and the dense network's epoch is chosen on the test clips, as published. Under `held_out` it learns from out-of-fold scores, nothing is chosen on the test clips, and they are looked at once.

# %%
seeds = range(SEED, SEED + chosen["runs"])
fused = {
    protocol: comparison.fuse_all(
        *pairs[protocol], seeds, epochs=chosen["epochs"], choose_epoch_on_test=protocol == "thesis"
    )
    for protocol in pairs
}

# %% tags=["nbval-ignore-output"]
columns = {}
for protocol, (_, protocol_test) in pairs.items():
    both = protocol_test.complete
    predicted, true = fused[protocol].predicted(both), protocol_test.labels[both]
    columns[protocol, "train"] = fused[protocol].train_accuracy
    columns[protocol, "test"] = {name: np.mean(predicted[name] == true) for name in predicted}
leak_table = pd.DataFrame(columns)
promised = {
    protocol: (leak_table[protocol, "train"] - leak_table[protocol, "test"]).drop(
        list(comparison.SINGLE)
    )
    for protocol in pairs
}
worst = promised["held_out"].idxmax()
others = promised["held_out"].drop(worst)
leak_figure = fusion_plots.leak(
    leak_table,
    f"Training promises {100 * promised['thesis'].mean():.0f} points too much in sample, "
    f"{100 * promised['held_out'].mean():.0f} out of fold ({100 * others.mean():.0f} without {worst})",
)
print(f"Out of fold, {worst}: still {100 * promised['held_out'][worst]:.0f} points too much")
leak_figure

# %% [markdown]
# Left, fusions are trained on predictions for clips that the networks knew; right, on predictions for clips they did not. The length of a grey line is what one would have been wrong by, had one believed the training accuracy.
# What is left of it on the right is no leak: out-of-fold features do not stop a machine from learning its own training clips by heart.

# %% [markdown]
# ## Evaluate: the published table, again
#
# With the vectors the table can be computed again with no network to train: for each clip the most likely emotion is compared with the true one.

# %%
tables.recomputed_table(vectors["scores"])

# %% [markdown]
# Five systems come out exactly, cell by cell of their confusion matrices. Beside them is the sixth, the dense network. It cannot come out exactly: every training of it starts from other random numbers. The one shown is the median of many, more of which below.

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
# ### Is the published gain more than chance?

# %%
vector_tests = pd.DataFrame(vectors["comparison"]).set_index("fusion")
counts = ["n", "correct", "reference_correct", "only_fusion", "only_reference"]
vector_tests.drop(index=comparison.DENSE)[[*counts, "p_value", "p_holm"]].round(3)

# %% [markdown]
# `correct` is the fusion, `reference_correct` is video alone on the same clips. Most clips are right in both or wrong in both and say nothing about which is better.
# The rest decide: `only_fusion` clips that only the fusion has right, `only_reference` clips that only video has right. If neither system were better, each of these would fall to either side like a coin; `p_value` is how often coins would be at least as one-sided (**McNemar's exact test**). `p_holm` is corrected for having asked that many times.
#
# And the dense network? 45.2 % is one run. Here are many, trained at once; they differ in nothing but their random numbers.
# The upper panel takes each run after its last epoch. The lower one takes the epoch that is best *on the test clips*, which is what stopping by test accuracy comes to.

# %% tags=["nbval-ignore-output"]
dense = vectors["dense"]
run_count, published_accuracy = len(dense["last"]), dense["published_correct"] / dense["n"]
reached = {
    name: sum(right >= dense["published_correct"] for right in dense[name])
    for name in ("last", "best")
}
runs_figure = fusion_plots.run_distribution(
    {"last epoch": dense["last"], "best epoch on the test clips": dense["best"]},
    dense["n"],
    dense["published_correct"],
    f"{reached['last']} of {run_count} runs reach {published_accuracy:.1%} at their last epoch,\n"
    f"{reached['best']} when the epoch is chosen on the test clips",
)
for name in reached:
    values = np.array(dense[name]) / dense["n"]
    print(
        f"{name} epoch: {values.mean():.1%} on average (standard deviation {values.std():.1%}), "
        f"{values.min():.1%} to {values.max():.1%}"
    )
p_values, nearest = dense["p_values_against_video"], dense["fewest_clips_from_the_published_matrix"]
print(f"last epoch against video alone: p from {min(p_values):.2f} to {max(p_values):.2f}")
print(f"of all runs and epochs, the nearest to the published matrix differs in {nearest} clips")
runs_figure

# %% [markdown]
# So the published number is what a good draw *and* a look at the test clips can give, and no run after its last epoch is clearly different from video alone: their p values are above. None gives the published matrix, either.
# That does not say that audio cannot help. It says that this experiment had little chance to show it.
#
# ### Our own scores
#
# Every accuracy comes with its number of clips and a 95 % interval. UAR and macro F1, which weight all emotions equally, have no formula for an interval: the **bootstrap** draws the test clips again, thousands of times, *film by film*, and looks how far the value moves.

# %% tags=["nbval-ignore-output"]
films = {protocol: own_scores.look_up(clips, parts[1], "film") for protocol, parts in pairs.items()}
experiments = report.own_experiments(fused, pairs, films, SEED)
on_both = [line for line in experiments if line["clips"] == "both"]
runs.experiments_table(on_both).round(3)

# %% [markdown]
# `clips with both` are the clips that have video and audio. The saved results have `all clips` as well: there a fusion makes do with one modality where the other is missing.
#
# Is the difference to the better single modality more than chance? The modality to beat is the one that was right more often on the *training* clips, out of fold.

# %% tags=["nbval-ignore-output"]
reference = comparison.better_modality(train)
tests = {}
for protocol, (_, protocol_test) in pairs.items():
    both = protocol_test.complete
    predicted, true = fused[protocol].predicted(both), protocol_test.labels[both]
    tests[protocol] = comparison.compare_systems(
        true, predicted, reference, groups=films[protocol][both], seed=SEED
    )
found = tests["held_out"]["gain"].idxmax()
best_gain, clear = tests["held_out"].loc[found, "gain"], tests["held_out"]["p_holm"] <= 0.05
best = f"{found} gains {100 * best_gain:.1f} points" if best_gain > 0 else "no fusion gains a point"
gains_figure = fusion_plots.gains(
    tests,
    reference,
    f"Held out, {best}; {clear.sum()} of {len(clear)} differ by more than chance",
)
gains_figure

# %% tags=["nbval-ignore-output"]
print(report.interval_sentence(tests, len(set(films["held_out"][test.complete]))))
tests["held_out"].round(3)

# %% [markdown]
# Each line is a gain with its paired 95 % interval, drawn film by film; blue ones remain more than chance in the test, after correction. An interval may leave out zero though its line is grey: from few films a bootstrap makes it too narrow, and the test decides.
#
# The sentence that answers the question of this notebook is made from the table:

# %% tags=["nbval-ignore-output"]
answer = comparison.answer(tests["held_out"], reference)
print(answer, end="\n\n")
run_accuracy = {}  # of every run, at its best epoch on the test clips (thesis) or its last
for protocol, (_, protocol_test) in pairs.items():
    right = fused[protocol].dense == protocol_test.labels[protocol_test.complete]
    by_epoch = right.mean(axis=-1)  # (epochs, runs)
    run_accuracy[protocol] = by_epoch.max(axis=0) if protocol == "thesis" else by_epoch[-1]
for protocol, values in run_accuracy.items():
    print(report.weighted_mean_sentence(pairs, tests, protocol))
    print(
        f"dense network, {protocol}: {values.mean():.1%} over {len(values)} runs, standard "
        f"deviation {values.std():.1%}, {values.min():.1%} to {values.max():.1%}"
    )

# %% [markdown]
# ### How much data would it take?
#
# The test can only use the clips on which two systems disagree. From their fraction, and the size of the gain, follows how likely *n* new clips are to show it. The usual aim is 80 %.

# %% [markdown] tags=["lab"]
# ### Task 4 · The gain
#
# `dense["published_correct"]` of `dense["n"]` clips are right in the published run, `vectors["scores"]["video"]["correct"]` with video alone, of the same clips. Make `published_gain`, how much higher its accuracy is, as a fraction: 0.01 is one point.

# %% tags=["nbval-ignore-output"]
### BEGIN SOLUTION: published_gain, the difference of two accuracies
published_gain = (dense["published_correct"] - vectors["scores"]["video"]["correct"]) / dense["n"]
### END SOLUTION
effects = {}
for name, row in {
    f"here: {found}": tests["held_out"].loc[found],
    "thesis: mean": vector_tests.loc["mean"],
    "thesis: dense network, as published": vector_tests.loc[comparison.DENSE],
}.items():
    effects[name] = row["gain"], (row["only_fusion"] + row["only_reference"]) / row["n"]
effects[name] = published_gain, effects[name][1]
for name in [name for name, (gain, _) in effects.items() if gain <= 0]:
    gain, _ = effects.pop(name)
    print(f"{name}: no gain ({100 * gain:.1f} points), so there is no curve for it")
needed = {name: statistics.clips_for_power(*effect) for name, effect in effects.items()}
power_figure = fusion_plots.power_curves(
    effects,
    f"It takes {min(needed.values()):,} to {max(needed.values()):,} clips to find these gains",
)
for name, (gain, discordance) in effects.items():
    print(
        f"{name}: {100 * gain:+.1f} points, {discordance:.0%} of the clips differ: "
        f"{needed[name]:,} clips for 80 %"
    )
power_figure

# %% tags=["lab"]
checks.gain(published_gain, vectors)

# %% [markdown]
# AFEW has 383 validation clips (381 of them are in the thesis's vectors) and 653 test clips, and 188 of the former have stills. Where a curve meets a vertical line below the dotted one, that many clips are too few for the usual aim; below 50 %, the gain would more likely be missed than found.
#
# ### Tables II and III of the thesis, again

# %% tags=["nbval-ignore-output"]
display(tables.second_table(vectors["scores"], on_both, own_corpus))
tables.third_table(vectors["scores"], on_both, own_corpus)

# %% [markdown]
# F1 here is weighted by class size, as in the thesis, which cuts decimals off where others round: so `published` can be a tenth below what its vectors give. It counts audio on all its clips; our own columns are all of the clips with both.
# The 60.34 % that the thesis quotes as the winners' was the seventh place of 2018; the first had 61.87 % of 653 test clips. Accuracies on different clips cannot be compared line by line, and intervals do not change that: they say how sure each number is.

# %% [markdown]
# ## Look: who helps whom?

# %% tags=["nbval-ignore-output"]
held_out = {line["system"]: line["metrics"] for line in on_both if line["protocol"] == "held_out"}
systems = (*comparison.SINGLE, "mean")
recalls = {n: scores.recall_of_each(held_out[n]["confusion"]) for n in systems}
recall_figure = fusion_plots.clip_bars(recalls, EMOTIONS, "How much of each emotion is recognised")
for name, values in recalls.items():
    never = [emotion for emotion, value in zip(EMOTIONS, values, strict=True) if value == 0]
    print(f"{name}: no clip is recognised of {', '.join(never) or 'no emotion'}")
recall_figure

# %% [markdown]
# Each bar is a recall: of the clips that are of this emotion, the fraction that is recognised. The mean stands for the fusions here, since it has learned nothing and shows what audio has to say.
#
# A clip that the mean rescued from a wrong answer, and one that it spoiled. Listen first: could you tell the emotion?

# %% tags=["nbval-ignore-output"]
predicted, true = fused["held_out"].predicted(test.complete), test.labels[test.complete]
before, after = predicted[reference] == true, predicted["mean"] == true
rescued, spoiled = np.flatnonzero(after & ~before), np.flatnonzero(before & ~after)
shown = np.array(sorted([*rescued[:1], *spoiled[:1]]), int)  # the order gives nothing away
paths = own_scores.look_up(clips, test.where(test.complete), "path")[shown]
sounds = [media.read_audio(path, 16000) for path in paths]
players(sounds, [f"clip {number}" for number in range(1, len(shown) + 1)], 16000)

# %% tags=["nbval-ignore-output"]
captions = [
    f"{number}: {EMOTIONS[true[row]]}, {'rescued' if row in rescued else 'spoiled'}; {reference} "
    f"predicts {EMOTIONS[predicted[reference][row]]}, mean {EMOTIONS[predicted['mean'][row]]}"
    for number, row in enumerate(shown, 1)
]
strips_figure = fusion_plots.clip_strips(
    [media.extract_frames(path, frames_per_clip=4, size=(72, 90)) for path in paths],
    captions,
    f"Of {len(true)} clips, the mean rescues {len(rescued)} and spoils {len(spoiled)}",
)
strips_figure

# %% [markdown]
# ### Your own clip
#
# Give the path of a film as `OWN_CLIP` (in Colab `"upload"` asks for one): its faces go through the network of notebook 03, its sound through the one of 06, and the mean joins them.
#
# **What this can say about a person: next to nothing.** The networks have learned which of seven words somebody gave to a film scene, from a few hundred scenes. They are wrong more often than right on new ones, they have not been tried on people like you, and an expression is not a feeling. Use it on yourself, or on somebody who has agreed; never to judge anyone.

# %% tags=["nbval-ignore-output"]
path, sentence = own_clip.find_clip(OWN_CLIP, clips)
video_network, audio_network, origin = own_clip.load_networks(
    own_corpus, DATA_ROOT if own_corpus == CORPUS else "", RESULTS_ROOT, SETTINGS, EPOCHS, SEED
)
scored = own_clip.score_clip(path, video_network, audio_network, EMOTIONS)
description = own_clip.describe_clip(scored, EMOTIONS, own_clip.label_of(path, clips))
print(sentence, origin, description, sep="\n")

# %% tags=["nbval-ignore-output"]
if "video" in scored.scores:
    title = "Every second face that was found, and the mean of all"
    of_clip = (scored.frame_scores[::2], scored.scores["video"], EMOTIONS, title)
    display(face_plots.clip_strip(scored.faces[::2], *of_clip))
if "audio" in scored.scores:
    display(score_plots.picture_grid([scored.spectrogram], ["the sound, as a picture"], columns=1))
fusion_plots.clip_bars(scored.scores, EMOTIONS, "Faces, sound, and both")

# %% [markdown]
# ## Exercises
#
# 1. Give every clip the audio scores of another one (shuffle the rows of `audio` in the training and in the test pairs, then fuse again). Which rules still lose to video alone, and which have learned to ignore audio?
# 2. Let the dense network choose its epoch on the test clips under `held_out` too. By how much does its mean over the runs rise, with nothing learned?
# 3. Halve the discordance in `effects` and keep the gain. Why do you need fewer clips?

# %%
figures = {
    "gains": (gains_figure, "What each fusion gains over one modality, with paired 95 % intervals"),
    "leak": (leak_figure, "Accuracy of fusions trained in sample and out of fold, and on the test"),
    "runs": (
        runs_figure,
        "Runs of the dense network on the thesis's vectors, and the published one",
    ),
    "matrices": (matrices_figure, "Confusion matrices from the thesis's vectors, and published"),
    "power": (power_figure, "How many clips it takes to find a gain"),
    "recall": (recall_figure, "Recall of each emotion for video, audio and their fusion"),
    "strips": (strips_figure, "Clips that the fusion rescued and spoiled"),
}
# On the demo corpus no fusion is shown to be better; the thesis's clips are where the lesson is.
finding = (
    f"{answer} The thesis's {published_accuracy:.1%} is one run of a small network: "
    f"{reached['last'] or 'none'} of {run_count} runs get there at their last epoch, "
    f"{reached['best'] or 'none'} at the epoch that is best on the test clips."
)

# %% tags=["results"]
own = own_corpus == CORPUS  # another corpus's scores are shown above, but are no result of this one
of_own = {
    "answer": answer,
    "tests": {protocol: comparison.records(table) for protocol, table in tests.items()},
    "dense_runs": {protocol: values.round(4) for protocol, values in run_accuracy.items()},
}
folder = runs.save_run(
    "07_fusion",
    corpus=CORPUS,
    settings={"settings": SETTINGS, "seed": SEED, **chosen},
    experiments=(experiments if own else []) + report.vector_experiments(vectors),
    predictions=report.as_predictions(fused, pairs) if own else None,
    figures=figures,
    manifests=[clips] if own else [],
    started=started,
    root=RESULTS_ROOT,
    extra={replication.SAVED_AS: vectors, "finding": finding} | (of_own if own else {}),
)
print("saved", "/".join(folder.parts[-2:]))

# %% [markdown]
# ## Summary
#
# What this run has found:

# %% tags=["nbval-ignore-output"]
print(finding)

# %% [markdown]
# - The thesis's fusion table comes out of its own vectors to the last cell, except where chance had a part in it.
# - The published run lies above all of ours after the last epoch, and amid those whose epoch was chosen on the test clips. Report the distribution, not a run.
# - A fusion has to be trained on predictions for clips that the networks had not learned. Otherwise it learns whom to trust from the one who has seen the answers.
# - Two systems are compared on the clips on which they disagree. With a few hundred clips only large gains can be found.
#
# **Limits.** Drawn faces and synthetic voices (demo) show the mechanism and prove nothing about people. Seven words do not cover what people feel, and what an actor shows in a film is not what a person feels.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter V.
# Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*, Psychometrika 12 (1947).
# S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979).
# R. J. Connor, *Sample size for testing differences in proportions for the paired-sample design*, Biometrics 43 (1987).
# D. H. Wolpert, *Stacked generalization*, Neural Networks 5 (1992).
# J. Kittler and others, *On combining classifiers*, IEEE Transactions on Pattern Analysis and Machine Intelligence 20 (1998).
# C. Guo and others, *On calibration of modern neural networks*, ICML (2017).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **That was the last one.** [What a lesson can do with them](https://github.com/emotion-notebooks/emotion-notebooks/blob/main/notebooks/README.md), and the [README](https://github.com/emotion-notebooks/emotion-notebooks#readme) on running all of it on corpora of your own.
