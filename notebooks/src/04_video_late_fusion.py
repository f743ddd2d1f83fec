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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/04_video_late_fusion.ipynb)

# %% [markdown]
# # 04 · Video: from frames to a clip
#
# **A film clip has many frames. How do many small opinions become one answer, and which frames should be asked?**
#
# After this notebook you will be able to
#
# - join two corpora by an id, and see what does not fit before it does harm,
# - combine the scores of frames into one of the clip: **late fusion**,
# - compare stills, the organisers' faces, a face detector and whole frames on the same clips,
# - make predictions for training clips by networks that have not seen them: **out of fold**.
#
# About 1.5 minutes on the demo corpus with two CPU cores; on AFEW most of the time goes into reading clips, once.
# It takes up the networks of notebook 03, and trains them anew if they are not there. Notebook 07 needs the scores that it writes.
#
# The published numbers: 39.36 % of 188 clips right with SFEW's stills, 22.7 % of 370 with the organisers' own faces (Muntaner González 2021, section III-B, figure 13).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (drawn faces), open, or thesis (your own copies of AFEW and SFEW)
DATA_ROOT: str = ""  # folder that holds EmotiW_2018/ and SFEW/; "" is the corpus's own place
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default or published, as in notebook 03
EPOCHS: int = 0  # 0 is what the settings say; a small number is a quick look
WEIGHTS: str = "hed"  # hed, imagenet or none, as in notebook 03
FOLDS: int = 3  # parts of the training films for the out-of-fold scores

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

import numpy as np
import pandas as pd

from helpers.corpora import load_role
from helpers.corpora.clips import clip_groups, ids_in_both_splits, join_stills
from helpers.corpora.manifest import usable
from helpers.corpora.splits import FEWEST_STILLS, group_folds, protocol_parts
from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation import scores
from helpers.features import frame_sources, media, pictures
from helpers.fusion import frames
from helpers.models import saved, training
from helpers.models.recipes import recipes_for
from helpers.models.vgg16 import blocks_for, describe_weights
from helpers.plots import faces as face_plots, players, scores as score_plots
from helpers.published import load_published
from helpers.results import runs

started = time.time()

# %% tags=["lab"]
from helpers.series.labs import video_late_fusion as checks

# %% tags=["nbval-ignore-output"]
print(runtime.describe())

# %% [markdown]
# ## Data: clips, and the stills that were taken from them
#
# AFEW's clips and SFEW's stills come from the same films, and a still's name holds the id of its clip. That is the join; split and id together make the key, since two ids stand for one clip in `train` and another in `val`.

# %%
clips = load_role("wild_clips", CORPUS, DATA_ROOT)
size = pictures.picture_size(CORPUS, EPOCHS)
stills = pictures.load_stills(CORPUS, DATA_ROOT, size)
has_stills = "clip_id" in stills.manifest
joined = join_stills(stills.manifest, clips) if has_stills else None
with_stills = set(joined.loc[joined["problem"] == "", "clip_row"]) if has_stills else set()
print(
    f"{len(clips)} clips, {len(stills.manifest)} stills; ids in both splits: {len(ids_in_both_splits(clips))}"
)
clip_table = clips.assign(stills=[row in with_stills for row in range(len(clips))])
clip_table.groupby("split")["stills"].agg(clips="size", with_stills="sum")

# %% [markdown]
# Not every clip has a still that can be used, and under `held_out` the training clips whose id is in both splits are left out.
#
# A still and its clip do not always have the same label: an angry scene has a frightened frame. The thesis counts the clip's label, and so do we. These are the stills that differ:

# %% [markdown] tags=["lab"]
# ### Task 1 · Two labels
#
# `joined` has a row for each still: its own label in `emotion`, that of its clip in `clip_emotion`, and `clip_row`, which is -1 where there is no such clip. Make `differing`, the rows in which the still has a clip and says something else.

# %%
if has_stills:
    ### BEGIN SOLUTION: differing, the rows of joined whose two labels differ
    differing = joined[joined["disagrees"]]
    ### END SOLUTION
    print(
        f"{len(differing)} of {len(joined)} stills; without a clip: {(joined['clip_row'] < 0).sum()}"
    )
    print(
        pd.crosstab(
            differing["emotion"], differing["clip_emotion"], rownames=["still"], colnames=["clip"]
        )
    )

# %% tags=["lab"]
checks.labels_that_differ(differing, joined) if has_stills else "no stills here, so no task"

# %% tags=["nbval-ignore-output"]
disagreement_figure = None
if has_stills and len(differing):
    shown = differing[differing["problem"] == ""][:16]
    disagreement_figure = score_plots.picture_grid(
        [pictures.read_picture(path, (91, 72), 3) for path in shown["path"]],
        [f"{row.emotion}\nclip: {row.clip_emotion}" for row in shown.itertuples()],
        title="The still says one thing, its clip another",
    )
disagreement_figure

# %% [markdown]
# ## Idea: late fusion
#
# Every frame is scored on its own, and only the scores are combined. The thesis takes their mean and then the most likely emotion (equation 1):
#
# $$\text{prediction} = \underset{k}{\operatorname{argmax}} \sum_{i=1}^{n} \frac{x_i}{n}$$
#
# Clips have different numbers of frames. To take all means at once, sort the frames by clip and add up each run of them:

# %% [markdown] tags=["lab"]
# ### Task 2 · Equation 1
#
# `frame_scores` has a row for each frame, `clip_rows` says which clip it belongs to, in no particular order. Return two arrays: the clips that occur, ascending, and for each of them the mean scores of its frames. A loop will do; `np.unique` finds the clips.


# %%
def mean_of_frames(
    frame_scores: np.ndarray, clip_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the clips and the mean scores of their frames, (clips,) and (clips, classes)."""
    ### BEGIN SOLUTION: the clips, ascending, and the mean of the frames of each
    order = np.argsort(clip_rows, kind="stable")
    found, first = np.unique(clip_rows[order], return_index=True)
    sums = np.add.reduceat(frame_scores[order], first, axis=0)
    counts = np.diff([*first, len(order)])
    return found, sums / counts[:, None]
    ### END SOLUTION


mean_of_frames(np.array([[0.6, 0.4], [0.2, 0.8], [0.9, 0.1]]), np.array([7, 7, 3]))

# %% tags=["lab"]
checks.mean_of_frames(mean_of_frames)

# %% [markdown]
# Clip 3 has one frame and keeps its scores; clip 7 has two that disagree.

# %% [markdown]
# ## Train
#
# The networks are those of notebook 03: one for each protocol.

# %% tags=["nbval-ignore-output"]
recipes = recipes_for("stills", SETTINGS, EPOCHS, weights=WEIGHTS, blocks=blocks_for(size))
recipe = recipes["VGG16"]
parts = protocol_parts(
    stills.manifest, stills.labels, SEED, clip_id="clip_id", fewest_validation=FEWEST_STILLS
)
networks = {}
for protocol in parts:
    folder_of_03 = runs.run_folder("03_vgg16_transfer", CORPUS, RESULTS_ROOT) / protocol
    networks[protocol], loaded = saved.load_or_train(
        folder_of_03, stills.pixels, stills.labels, parts[protocol], EMOTIONS, recipe, SEED,
        report=print,
    )  # fmt: skip
    print(
        f"{protocol}: {'loaded from notebook 03' if loaded else 'notebook 03 has left none made this way: trained now'}"
    )
print(describe_weights(WEIGHTS))

# %% [markdown]
# Now every still of every clip is scored, in batches. A call has its fixed costs; one call for each picture pays them each time:

# %% tags=["nbval-ignore-output"]
if has_stills:
    frame_pixels, frame_rows = stills.pixels, usable(joined)
    clip_rows = joined["clip_row"].to_numpy()[frame_rows]
else:
    faces = frame_sources.detected_faces(clips, (size, size), 4)
    frame_pixels, clip_rows, frame_rows = (
        faces.pixels,
        faces.clip_rows,
        np.arange(len(faces.pixels)),
    )
some = frame_rows[:48]
training.predict(networks["held_out"], frame_pixels, some)  # the first call builds the graph
began = time.perf_counter()
for row in some:
    _ = networks["held_out"].predict(frame_pixels[row][None] / 255, verbose=0)
middle = time.perf_counter()
training.predict(networks["held_out"], frame_pixels, some)
speed_up = (middle - began) / (time.perf_counter() - middle)
print(f"{len(some)} stills in batches: {speed_up:.1f} times as fast as one call each")

# %%
frame_scores = {
    protocol: training.predict(network, frame_pixels, frame_rows)  # (frames, 7)
    for protocol, network in networks.items()
}
clip_scores = {
    protocol: frames.aggregate_clips(values, clip_rows) for protocol, values in frame_scores.items()
}
print(f"{len(frame_rows)} frames of {len(clip_scores['held_out'])} clips")

# %% [markdown]
# ## Evaluate
#
# `low` to `high` is the 95 % interval of the accuracy; UAR and macro F1 give every emotion the same weight. The published value is of AFEW's clips and stands at the protocol that it was made by.

# %% tags=["nbval-ignore-output"]
published = load_published("04_video_late_fusion")
splits, emotions = clips["split"].to_numpy(), clips["emotion"].to_numpy()
scored = clip_scores["held_out"].index.to_numpy()
train_clips, test_clips = (scored[splits[scored] == split] for split in ("train", "val"))
experiments = []
for protocol, values in clip_scores.items():
    found = values.loc[test_clips].to_numpy().argmax(axis=1)
    score = scores.score(class_indices(emotions[test_clips]), found, EMOTIONS)
    value = published["sfew_stills"] if protocol == "thesis" and has_stills else None
    experiments.append(runs.experiment("stills, mean", protocol, "val", score, value))
majority = scores.majority_class_accuracy(emotions[splits == "train"], emotions[test_clips])
runs.experiments_table(experiments).round(3)

# %% [markdown]
# ### Other ways to combine
#
# The mean is not the only rule. **Median** and **vote** care little for single odd frames, **max** believes the most confident frame, **product** wants every frame to agree.

# %% tags=["nbval-ignore-output"]
methods = frames.compare_methods(
    frame_scores["held_out"], clip_rows, test_clips, class_indices(emotions[test_clips])
)
frames_a_clip = np.bincount(clip_rows)[test_clips].mean()
spread = 100 * (methods["accuracy"].max() - methods["accuracy"].min())
print(f"{frames_a_clip:.1f} frames a clip; best and worst rule are {spread:.1f} points apart")
methods.round(3)

# %% [markdown]
# With two or three frames a clip the rules can hardly disagree. They can matter where there are many frames: exercise 1.

# %% [markdown]
# ### Which frames?
#
# Four sources for the same test clips: SFEW's **stills**; the **organisers' aligned faces**, which come in a zip with the clips and hold many non-faces; faces found by a **detector** (dlib's) in frames evenly spread over the clip; and those **whole frames**.
# A clip in which a source has no frame still gets an answer: how often each class occurs in training, the **prior**.

# %% tags=["nbval-ignore-output"]
tested = clips[splits == "val"].reset_index(drop=True)
prior = frames.class_prior(class_indices(emotions[splits == "train"]), len(EMOTIONS))
frames_of, missing = frame_sources.all_sources(
    tested, (size, size), 4, (stills.pixels, stills.manifest) if has_stills else None
)
for source, reason in missing.items():
    print(f"{source}: {reason}")

# %% tags=["nbval-ignore-output"]
scores_of = {}
for source, found in frames_of.items():
    for protocol, network in networks.items():
        of_frames = training.predict(network, found.pixels, np.arange(len(found.pixels)))
        of_clips = frames.score_clips(of_frames, found.clip_rows, prior, len(tested))
        scores_of[source, protocol] = of_clips  # (clips, 7)
source_table = frames.source_table(frames_of, scores_of, tested, "held_out")
of_sources = frames.source_experiments(
    frames_of, scores_of, tested, {"organisers' faces": published["afew_face_frames_discarded"]}
)
experiments += [entry for entry in of_sources if entry["name"] != "stills"]
source_table.round(3)

# %% tags=["nbval-ignore-output"]
held_out = [e["metrics"]["accuracy"] for e in experiments if e["protocol"] == "held_out"]
sources_figure = score_plots.accuracy_intervals(
    experiments,
    f"Held out, {min(held_out):.0%} to {max(held_out):.0%} of the clips are right",
    majority,
)
sources_figure

# %% [markdown]
# Each interval is of one accuracy, and each source is counted on the clips for which it has frames: two of them overlapping says nothing about which source is better. On the same clips:

# %% tags=["nbval-ignore-output"]
paired = frames.compare_sources(frames_of, scores_of, tested, "held_out")
count, first = (paired["p_holm"] <= 0.05).sum(), next(iter(frames_of))
clear = f"{count} of {len(paired)} other sources of frames differ clearly from {first}"
print(clear)
paired.round(3)

# %% [markdown]
# `p_holm` is corrected for having asked about several sources; below 0.05, a difference is clear.
#
# The network was trained on stills: faces cut out in one way. A source helps as far as its frames look like those. A whole frame squeezed into a small square shows it a face of a few pixels, somewhere.

# %% [markdown]
# ### Scores for training clips: in sample and out of fold
#
# Notebook 07 trains a fusion, and needs scores for the *training* clips. The network has learned those very stills, so its scores for them (**in sample**) are far too good.
# The honest way: divide the training films into parts, and score each part by a network that was trained on the others only (**out of fold**).

# %% tags=["nbval-ignore-output"]
if has_stills:
    allowed = np.sort(np.concatenate([parts["held_out"]["train"], parts["held_out"]["validation"]]))
    allowed = allowed[joined["clip_row"].to_numpy()[allowed] >= 0]
    clip_of = joined["clip_row"].to_numpy()[allowed]
    films = clip_groups(clips, joined)[clip_of]
    folds = [
        (allowed[train], allowed[held_out])
        for train, held_out in group_folds(stills.labels[allowed], films, FOLDS, SEED)
    ]
    values = training.out_of_fold_scores(
        stills.pixels, stills.labels, folds, len(EMOTIONS), recipe, SEED, report=print
    )
    out_of_fold = frames.aggregate_clips(values[allowed], clip_of)
else:  # the networks were trained on another corpus than the clips': no clip is known to them
    out_of_fold = clip_scores["held_out"].loc[train_clips]

# %% tags=["nbval-ignore-output"]
score_rows = {
    "in_sample": clip_scores["thesis"].loc[train_clips],
    "out_of_fold": out_of_fold,
    "thesis": clip_scores["thesis"].loc[test_clips],
    "held_out": clip_scores["held_out"].loc[test_clips],
}
predictions = frames.prediction_table(clips, score_rows, EMOTIONS)
right = predictions[list(EMOTIONS)].idxmax(axis=1) == predictions["emotion"]
trust = (
    right.groupby(predictions["protocol"], sort=False)
    .agg(["size", "mean"])
    .rename(columns={"size": "clips", "mean": "accuracy"})
)
trust.round(3)

# %% [markdown] tags=["lab"]
# ### Task 3 · The leak
#
# `trust` has an accuracy for each kind of scores: `in_sample` and `thesis` are by one network, on the clips that it learned and on the test clips; `out_of_fold` and `held_out` were made without such knowledge. Make `leak`, how much better the first network looks on clips that it learned than on test clips, as a fraction.

# %% tags=["nbval-ignore-output"]
### BEGIN SOLUTION: leak, the difference of two accuracies
leak = trust.loc["in_sample", "accuracy"] - trust.loc["thesis", "accuracy"]
### END SOLUTION
honest = trust.loc["out_of_fold", "accuracy"] - trust.loc["held_out", "accuracy"]
print(
    f"In sample the network looks {100 * leak:.1f} points better than it is on the test clips; "
    f"out of fold {abs(100 * honest):.1f} points {'better' if honest >= 0 else 'worse'}."
)

# %% tags=["lab"]
checks.leak(leak, trust)

# %% tags=["nbval-ignore-output"]
never = np.array(EMOTIONS)[np.diag(experiments[1]["metrics"]["confusion"]) == 0]
confusion_figure = score_plots.confusion(
    {
        "here (thesis)": experiments[0]["metrics"]["confusion"],
        "here (held out)": experiments[1]["metrics"]["confusion"],
        "published": published["sfew_stills"]["confusion"],
    },
    EMOTIONS,
    f"Held out, never recognised: {', '.join(never) or 'none'}",
)
confusion_figure

# %% [markdown]
# Rows are what a clip is, columns what is predicted; the published one is the thesis's figure 13. A column that is dark in many rows is an emotion that is predicted when the network does not know.

# %% [markdown]
# ## Look: three clips, frame by frame
#
# The frames in which the detector found a face, what the network predicts for each, and what the clip gets. The most confident correct clip, the most confident wrong one, and the least confident of all.
# Every bar goes from 0 to 1, and the outlined one is the most likely. The title says how near the second came.

# %% tags=["nbval-ignore-output"]
shown_source = "detected faces" if "detected faces" in frames_of else next(iter(frames_of))
shown_frames, values = frames_of[shown_source], scores_of[shown_source, "held_out"]
true = class_indices(tested["emotion"])
chosen = frames.clips_to_show(values, shown_frames, true)
strips = []
for row in chosen:
    own = shown_frames.pixels[shown_frames.clip_rows == row]
    best, second = np.argsort(-values[row])[:2]
    strips.append(
        face_plots.clip_strip(
            own, training.predict(networks["held_out"], own, np.arange(len(own))), values[row], EMOTIONS,
            f"predicted {EMOTIONS[best]} ({values[row, best]:.0%}) before {EMOTIONS[second]} "
            f"({values[row, second]:.0%}), is {EMOTIONS[true[row]]}",
        )
    )  # fmt: skip
strips[0]

# %% tags=["nbval-ignore-output"]
strips[len(strips) // 2]

# %% tags=["nbval-ignore-output"]
strips[-1]

# %% tags=["nbval-ignore-output"]
sounds, _ = media.read_waveforms(tested.loc[chosen], 16000)
heard = [
    (sound.load(), f"is {EMOTIONS[true[row]]}")
    for sound, row in zip(sounds, chosen, strict=True)
    if not sound.problem
]
players.players(*zip(*heard, strict=True), 16000) if heard else "these clips have no sound"

# %% [markdown]
# Listen to them: would you have needed the picture? That is the question of notebooks 05 to 07.

# %% [markdown]
# ## Exercises
#
# 1. Take 1, 2, 4 and 8 `frames_per_clip` of detected faces. From when on do more frames no longer help, and why would frames of one clip be worth less than as many frames of different clips?
# 2. Weight the frames by how sure the network is of each before taking the mean. Write it as one line in front of `mean_of_frames`.
# 3. Put `FOLDS = 2` and `FOLDS = 6`. What happens to the out-of-fold accuracy, and which is nearer to that on the test clips?

# %%
figures = {
    "sources": (
        sources_figure,
        "Accuracy by source of frames and protocol, with intervals and published values",
    ),
    "confusion": (confusion_figure, "Confusion matrices by clip, here and published (figure 13)"),
    "clip_right": (strips[0], "A clip, frame by frame, and the mean of its frames"),
    "clip_unsure": (strips[-1], "The clip that the network is least sure of"),
}
if disagreement_figure:
    figures["disagreements"] = (disagreement_figure, "Stills labelled otherwise than their clip")
tables = {
    "Sources of frames (held out)": source_table.round(3),
    "Ways to combine frames (held out)": methods.round(3),
    "The same clips: first source against the others": paired.round(3),
    "Can scores of training clips be trusted?": trust.reset_index().round(3),
}
held_out = experiments[1]["metrics"]
finding = (
    f"The mean over the stills of a clip is right for {held_out['accuracy']:.0%} of {experiments[1]['n']} clips of new films; "
    f"in sample it would have seemed {trust.loc['in_sample', 'accuracy']:.0%}. On the same clips, {clear}."
)

chosen_settings = {"settings": SETTINGS, "seed": SEED, "folds": FOLDS, "size": size}
chosen_settings |= {"weights_are": describe_weights(WEIGHTS), **recipe.settings()}

# %% tags=["results"]
folder = runs.save_run(
    "04_video_late_fusion",
    corpus=CORPUS,
    settings=chosen_settings,
    experiments=experiments,
    predictions=predictions,
    figures=figures,
    manifests=[clips, stills.manifest],
    started=started,
    root=RESULTS_ROOT,
    extra={
        "finding": finding,
        "majority_class_accuracy": majority,
        "batched_against_single_calls": speed_up,
        "ids_in_both_splits": ids_in_both_splits(clips),
        "tables": tables,
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
# - A join shows its quality in what does not fit: clips without stills, labels that differ, ids that stand for two clips. Look at those first.
# - The mean of frame scores is simple and hard to beat when there are few frames.
# - Which frames are asked seems to matter more than how their answers are combined: ask those that look like what the network learned. Whether a difference is clear, the corrected p says, not the distance of two bars.
# - Scores of training clips by a network that learned them are worthless as evidence. Out of fold they can be used.
#
# **Limits.** Frames are judged alone; how an expression moves is lost. A clip has one label for all its frames. The test clips of one film are alike, so the intervals are too narrow if anything.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), section III-B.
# A. Dhall, R. Goecke, S. Lucey, T. Gedeon, *Collecting large, richly annotated facial-expression databases from movies*, IEEE MultiMedia 19 (2012).
# D. King, *Dlib-ml: a machine learning toolkit*, JMLR 10 (2009).
# D. Wolpert, *Stacked generalization*, Neural Networks 5 (1992).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [05 · Sound: log-mel spectrograms](05_audio_logmel.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/05_audio_logmel.ipynb).
