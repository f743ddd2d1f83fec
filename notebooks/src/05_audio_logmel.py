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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/05_audio_logmel.ipynb)

# %% [markdown]
# # 05 · Sound: log-mel spectrograms
#
# **How much of an emotion is in the sound of a film scene, and can a network find it there?**
#
# After this notebook you will be able to
#
# - take a sound apart into the loudness of forty bands over time, and say what each step is for,
# - normalise features without letting the test clips into the statistics,
# - recognise overfitting by two curves, and by its predictions a classifier that has given up,
# - check a network on a task that it is known to solve before blaming it for another.
#
# About 1.5 minutes on the demo corpus with two CPU cores; on AFEW with a GPU, some ten minutes more.
# Nothing needs to be run before it; notebook 06 goes on with the same sounds as pictures.
#
# The published numbers, of 381 clips and seven emotions: 22 % with Model 0, 25 % with Model 1, 15.4 % with a support vector machine; about 70 % of city sounds with Model 0 (Muntaner González 2021, chapter IV, table I).

# %% tags=["parameters"]
CORPUS: str = "demo"  # demo (synthetic voices) or thesis (your own copy of AFEW 2018)
DATA_ROOT: str = ""  # folder that holds EmotiW_2018/ and UrbanSound8K/; "" is the corpus's own
RESULTS_ROOT: str = ""  # folder for results; "" is results/ in the checkout
SEED: int = 0  # gives the same result again on the same machine
SETTINGS: str = "default"  # default, or published: clips of 6.2 s, 50 epochs, small steps
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

# %% tags=["nbval-ignore-output"]
runtime.import_tensorflow()  # before Keras does it, less quietly

import time
from itertools import product

import keras
import librosa
import numpy as np
import pandas as pd
from keras import layers

from helpers.corpora.clips import load_own_clips
from helpers.corpora.demo import instrument
from helpers.corpora.manifest import usable
from helpers.emotions import EMOTIONS, class_indices
from helpers.features import media, spectrograms
from helpers.models import training
from helpers.plots import audio as audio_plots, scores as score_plots
from helpers.plots.players import players

started = time.time()
print(runtime.describe())

# %% tags=["lab"]
from helpers.series.labs import audio_logmel as checks

# %% [markdown]
# ## Data: voices from films (about 10 s)
#
# AFEW (Dhall and colleagues, 2012) is made of film clips of up to six seconds with the emotion of the person on screen. Here only the sound track counts: a voice, and whatever else there is, music, wind, other people.
# The demo corpus has the same layout, and its voices are **synthetic**: nonsense syllables whose melody, loudness and tempo follow what the literature ascribes to each emotion, more in some clips than in others. It shows how things work and proves nothing about people.

# %%
clips = load_own_clips(CORPUS, DATA_ROOT)
RATE = spectrograms.THESIS_SAMPLE_RATE  # 22,050 samples a second
waveforms, clips = media.read_waveforms(clips, RATE)
labels = class_indices(clips["emotion"], EMOTIONS)  # (clips,)
train_rows, test_rows = (usable(clips, split) for split in ("train", "val"))
print(f"{len(train_rows)} clips to train on, {len(test_rows)} to test on, of other films")
counts = clips.pivot_table(index="emotion", columns="split", values="sample_id", aggfunc="count")
counts.reindex(EMOTIONS)

# %% [markdown]
# ## One sentence, seven emotions (about 10 s)
#
# The voices of the demo corpus come from an instrument, and here you may play it: one speaker says one sentence seven times, and only the emotion differs. Turn the controls and run the cell again. At an intensity of 0 all seven are the same sound.

# %% tags=["nbval-ignore-output"]
SPEAKER = 2  # @param {type: "slider", min: 0, max: 11, step: 1}
SENTENCE = 3  # @param {type: "slider", min: 0, max: 20, step: 1}
INTENSITY = 1.0  # @param {type: "slider", min: 0, max: 1, step: 0.1}
NOISE = 0.0  # @param {type: "slider", min: 0, max: 1, step: 0.1}
play = {"intensity": INTENSITY, "sentence": SENTENCE, "noise": NOISE, "seconds": 2.0}
players([instrument.voice(SPEAKER, name, **play) for name in EMOTIONS], EMOTIONS, RATE)

# %% [markdown]
# Now the same as pictures: time runs to the right, pitch upwards, and what is loud is bright. How such a picture is made comes next; look at it first. Above, the voices alone; below, the same voices in a film, with music and traffic.

# %% tags=["nbval-ignore-output"]
pictured = {"the voice alone": 0.0, "in a film": 0.5}  # how loud the rest is
emotions_figure = audio_plots.spectrogram_rows(
    {
        name: [
            spectrograms.log_mel_spectrogram(
                instrument.voice(SPEAKER, emotion, **play | {"noise": noise}), length=2 * RATE
            )
            for emotion in EMOTIONS
        ]
        for name, noise in pictured.items()
    },
    EMOTIONS,
    title="One speaker, one sentence: only the emotion differs",
)
emotions_figure

# %% [markdown]
# The comb of stripes is the voice: the distance between them is its pitch, their slope its melody. Anger is bright up to the highest bands, sadness ends low; fear is quick and breathy, sadness slow. In the film the fine structure drowns first.

# %% [markdown] tags=["lab"]
# ### Task 1 · Your guess
#
# Before a network is trained, say what you expect. In the thesis, with real films, the best network named 25 % of the clips rightly; people who listened to actors named 41 % as intended (CREMA-D). Put in your own guess: `accuracy` of the better of two networks on the test clips, between 0 and 1, and the two emotions that it will confuse most. There is no wrong answer; at the end it is shown beside the result.

# %% tags=["lab"]
### BEGIN SOLUTION: guess, an accuracy and two emotions
guess = {"accuracy": 0.39, "confused": ("Angry", "Happy")}  # as people; both loud and high
### END SOLUTION

# %% tags=["lab"]
checks.guess(guess)

# %% [markdown]
# ## Idea: what is loud, when (about 10 s)
#
# A network could be given the samples themselves, but two recordings of one word have hardly a sample in common. What they share is *which pitches are loud at which time*.
#
# First the high frequencies are lifted, since voices have little power there and much to tell. **Pre-emphasis** subtracts from each sample most of the one before (equation 2 of the thesis):
# $y(t) = x(t) - 0.97\, x(t - 1)$
#
# Then the sound is cut into **windows** of 25 ms, one every 10 ms, each faded at its ends (Hamming), and the power of every frequency in it is computed.
# Forty overlapping filters gather the frequencies into bands that are narrow below and wide above, as hearing does: the **mel** scale. The logarithm turns power into **decibels**, since hearing works by ratios.

#
# All spectrograms must have one size: silence follows a short clip, a long one is cut.


# %%
def log_mel_spectrogram(samples: np.ndarray, length: int, coefficient: float = 0.97) -> np.ndarray:
    """Return 40 mel bands in decibels every 10 ms, of sound at 22050 Hz: (40, frames)."""
    samples = np.pad(samples[:length], (0, max(0, length - len(samples))))  # all of one size
    samples = np.append(samples[0], samples[1:] - np.float32(coefficient) * samples[:-1])
    power = librosa.feature.melspectrogram(
        y=samples, sr=22050, n_fft=1024, win_length=551, hop_length=220, window="hamming", n_mels=40
    )
    return librosa.power_to_db(power)


# %% [markdown] tags=["lab"]
# ### Task 2 · Whose length?
#
# Which length should all clips get? The thesis took that of the longest clip, so that none is cut. But which clips may have a say in it? `lengths` has the number of samples of every clip, `train_rows` and `test_rows` say which clips are which. Return the length, a number of samples, for which no clip loses anything that training may know of.


# %%
def common_length(lengths: np.ndarray, train_rows: np.ndarray, test_rows: np.ndarray) -> int:
    """Return the number of samples that every clip gets."""
    ### BEGIN SOLUTION: the length that is to be returned
    return int(lengths[train_rows].max())
    ### END SOLUTION


# %% tags=["lab"]
checks.common_length(common_length)

# %%
lengths = np.array([0 if wave.problem else len(wave.load()) for wave in waveforms])  # (clips,)
length = common_length(lengths, train_rows, test_rows)
if SETTINGS == "published":
    length = spectrograms.THESIS_SAMPLES
log_mel = spectrograms.log_mel_spectrograms(waveforms, length=length)  # (clips, 40, frames)
one = train_rows[labels[train_rows] == EMOTIONS.index("Angry")][0]
same = np.abs(log_mel_spectrogram(waveforms[one].load(), length) - log_mel[one]).max() < 1e-4
print(f"{log_mel.shape}: clips, bands, frames of 10 ms; as the function above: {same}")
print(f"longest clip: {lengths[train_rows].max()} samples in training, {length} for all")

# %% [markdown]
# The length is that of the longest *training* clip. A test clip that is longer is cut: it has no say in how training data are prepared. For all clips at once, `helpers.features.spectrograms` does the same as the function above in a fraction of the time.
#
# Decibels from -100 to 30 are none to start a network with, so they are **normalised**: less the mean, divided by the deviation. These two numbers are *fitted*, on the training clips alone, and are part of the model.

# %% tags=["nbval-ignore-output"]
normalise = spectrograms.fit_normaliser("global", log_mel, train_rows)
wave = spectrograms.fit_length(np.array(waveforms[one].load()), length)
steps_figure = audio_plots.processing_steps(
    wave,
    spectrograms.pre_emphasis(wave),
    log_mel[one],
    normalise(log_mel[[one]])[0],
    title="One angry clip on its way to the network",
)
steps_figure

# %% [markdown]
# Top right: the grey curve falls with frequency, the blue one less so; that is what pre-emphasis is for. The flat part at the end of the spectrogram is the silence that was added. Normalisation changes nothing that the eye sees; look at the scale beside it.

# %% [markdown]
# ## Two networks
#
# **Model 0** comes from a tutorial on city sounds. The thesis's text describes three convolutions; its code has six. Below is the text's network; the code's is `doubled`.
#
# **Model 1**, in `helpers.models.audio`, follows Fayek, Lech and Cavedon (2017), who recognise emotions from speech: two convolutions with filters of 10 x 10, then three wide layers. The third ends in a *softmax* over its 716 units, as published: its values are about a seven-hundredth each, little for the last layer to work with.


# %%
def urbansound_cnn(
    input_shape: tuple[int, int, int], classes: int = 7, *, doubled: bool = False
) -> keras.Model:
    """Build Model 0, uncompiled (figure 14): three blocks of convolution, pooling and dropout."""
    spectrogram = keras.Input(input_shape, name="spectrograms")
    x = spectrogram
    for filters, second_filters, dropout in ((32, 64, 0.25), (64, 64, 0.5), (128, 128, 0.5)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        if doubled:
            x = layers.Conv2D(second_filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(spectrogram, probabilities, name="urbansound_cnn")


# %%
from helpers.models.recipes import recipes_for

weights = urbansound_cnn((*log_mel.shape[1:], 1)).count_params()
print(f"Model 0 has {weights:,} weights to set, and {len(train_rows)} clips to learn from")
recipes = recipes_for("log-mel", SETTINGS, EPOCHS)
pd.DataFrame({name: recipe.settings() for name, recipe in recipes.items()}).fillna("")

# %% [markdown]
# ## A check first: city sounds (about 30 s)
#
# Before a network is blamed for not finding emotions it should be seen to find *something*. The thesis tried Model 0 on UrbanSound8K, ten kinds of city sounds (Salamon, Jacoby and Bello, 2014).
# The corpus comes in **folds**: each is tested by a network trained on the others. The loop over folds is short:


# %%
def answers_by_fold(mel: np.ndarray, labels: np.ndarray, fold_of: np.ndarray, recipe) -> np.ndarray:
    """Return for each sound the answer of a network that was trained on the other folds: (n,)."""
    answers = np.full(len(labels), -1)
    for fold in np.unique(fold_of):
        held_out, train = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        normalise = spectrograms.fit_normaliser("global", mel, train)
        parts = {"train": train, "validation": train[:0]}  # no epoch is chosen: the last counts
        network, _ = training.train_network(
            normalise(mel)[..., None], labels, parts, labels.max() + 1, recipe, SEED
        )
        answers[held_out] = training.predict(network, normalise(mel)[..., None], held_out).argmax(1)
        training.discard(network)
    return answers


# %%
from helpers.corpora import load_role
from helpers.corpora.manifest import CorpusError
from helpers.evaluation import scores
from helpers.published import load_published
from helpers.results import runs

published, experiments, city = load_published("05_audio_logmel"), [], None
try:
    city_waves, city = media.read_waveforms(load_role("city_sounds", CORPUS, DATA_ROOT), RATE)
except CorpusError as missing:
    print(f"Left out: {missing}")

# %% tags=["nbval-ignore-output"]
if city is not None:
    rows, kinds = usable(city), sorted(city["sound_class"].unique())
    sounds = [city_waves[row] for row in rows]
    city_length = max(len(sound.load()) for sound in sounds)
    city_mel = spectrograms.log_mel_spectrograms(sounds, length=city_length)
    city_labels = class_indices(city["sound_class"], kinds)[rows]
    answers = answers_by_fold(city_mel, city_labels, city["fold"][rows], recipes["city sounds"])
    score, about = scores.score(city_labels, answers, kinds), published["urbansound_check_model0"]
    experiments += [
        runs.experiment("Model 0 on city sounds", "held_out", "all folds", score, about)
    ]
    low, high = score["interval"]
    print(
        f"Model 0: {score['accuracy']:.0%} of {score['n']} sounds ({low:.0%} to {high:.0%}); 10 kinds"
    )

# %% [markdown]
# A network that passes this check can learn from spectrograms; what it does with emotions is then a matter of emotions, and of how many clips there are.
#
# All pieces of one recording are in one fold, and that matters. Below, the plainest method there is, which gives each sound the label of the most similar one, is tested twice: once the unit that is divided into folds is the file, once the recording.

# %% [markdown] tags=["lab"]
# ### Task 3 · The unit of the fold
#
# `city` has a row for each piece of sound: its file (`path`), its recording (`group`), its kind (`sound_class`) and how near it was (`salience`). Put the name of the column whose values must stay together into `unit`. The cell after the check divides by two of them: watch the number.

# %% tags=["lab"]
### BEGIN SOLUTION: unit, a column of the table
unit = "group"
### END SOLUTION

# %% tags=["lab"]
checks.unit(unit)

# %%
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

if city is not None:
    flat = city_mel.reshape(len(rows), -1)
    for unit, column in (("file", "path"), ("recording", "group")):
        folds = GroupKFold(3).split(flat, groups=city[column].astype(str).iloc[rows])
        found = cross_val_score(KNeighborsClassifier(1), flat, city_labels, cv=list(folds))
        print(
            f"divided by {unit}: the most similar sound has the right label in {found.mean():.0%}"
        )

# %% [markdown]
# The first number is higher, and it is the wrong one: a piece of the same recording lies on the other side, and to know it again is not to know what a siren is. The thesis does not say how it split these sounds.

# %% [markdown]
# ## Emotions (about 60 s)
#
# **held_out**: trained on `train`, less the two clips that are in both splits; the number of epochs was fixed beforehand, since a fifth of the training films has fewer than 100 clips to choose it by. **thesis**: the epoch with the lowest loss *on the test clips*, as published.

# %%
from helpers.corpora.splits import FEWEST_STILLS, protocol_parts

protocols = protocol_parts(
    clips, labels, SEED, group="film", clip_id="sample_id", fewest_validation=FEWEST_STILLS
)
majority = scores.majority_class_accuracy(labels[train_rows], labels[test_rows])
for protocol, parts in protocols.items():
    print(protocol, {use: len(rows) for use, rows in parts.items()})
print(f"always predicting the commonest class: {majority:.1%} of {len(test_rows)} test clips")

# %% tags=["nbval-ignore-output"]
networks, histories, probabilities = {}, {}, {}
for protocol, parts in protocols.items():
    normalise = spectrograms.fit_normaliser("global", log_mel, parts["train"])
    features = normalise(log_mel)[..., None]  # (clips, 40, frames, 1)
    for name in ("Model 0", "Model 1"):
        networks[name, protocol], histories[name, protocol] = training.train_network(
            features, labels, parts, len(EMOTIONS), recipes[name], SEED, report=print
        )
        probabilities[name, protocol] = training.predict(
            networks[name, protocol], features, np.arange(len(clips))
        )  # (clips, 7), dropout off

# %% tags=["nbval-ignore-output"]
own, by_heart = protocols["held_out"]["train"], {}
for name in ("Model 0", "Model 1"):
    by_heart[name] = np.mean(probabilities[name, "held_out"][own].argmax(axis=1) == labels[own])
curves_figure = score_plots.learning_curves(
    {f"{name} ({protocol})": history for (name, protocol), history in histories.items()},
    f"With dropout off, Model 0 knows {by_heart['Model 0']:.0%} of its training clips",
    chance=majority,
)
curves_figure

# %% [markdown]
# Grey is measured *while* training, with dropout hiding half of the network; blue are the test clips. Where grey climbs and blue does not follow, that is **overfitting**: what is learned late are the clips themselves, by heart. The thesis says so of both models, and no combination of settings took them further than about 25 %.
#
# ### Something simpler
#
# Is a network needed at all? A linear support vector machine on the same numbers, and the machine of the thesis, with a Gaussian (RBF) kernel on raw decibels, of which it reports that it predicted one class for every clip:

# %% tags=["nbval-ignore-output"]
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

machines = {
    "SVM, linear": make_pipeline(StandardScaler(), SVC(kernel="linear")),
    "SVM, rbf, raw decibels": SVC(kernel="rbf", gamma="auto"),
}
flat = log_mel.reshape(len(log_mel), -1)  # (clips, 40 * frames)
for name, machine in machines.items():
    predicted = machine.fit(flat[own], labels[own]).predict(flat)
    probabilities[name, "held_out"] = np.eye(len(EMOTIONS))[predicted]
    print(f"{name}: {len(set(predicted[test_rows]))} classes predicted for the test clips")

# %% [markdown]
# An RBF kernel compares two clips by their distance, measured in units of a width. Raw decibels in thousands of dimensions are hundreds of such units apart: every clip is alone, and what is left is the commonest class. A classifier that predicts one class has the wrong scale, and its accuracy is the fraction of that class.
#
# ## Evaluate

# %% tags=["nbval-ignore-output"]
sources = {"Model 0": "model0", "Model 1": "model1_fayek", "SVM, rbf, raw decibels": "svm"}
for (name, protocol), scored in probabilities.items():
    score = scores.score(labels[test_rows], scored[test_rows].argmax(axis=1), EMOTIONS)
    as_published = protocol == "thesis" or name.startswith("SVM")
    value = published[sources[name]] if as_published and name in sources else None
    experiments.append(runs.experiment(name, protocol, "val", score, value))
of_emotions = [entry for entry in experiments if entry["split"] == "val"]
accuracy_figure = score_plots.accuracy_intervals(
    of_emotions, "What each system recognises of the test clips, by sound alone", majority
)
accuracy_figure

# %% [markdown]
# Which differences are real? Two systems are compared on the same clips: those that only one of them has right decide (McNemar's exact test, notebook 01; several questions asked at once need a stricter threshold, Holm). Model 0 was chosen to be tested before any of it was run.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation.comparison import paired_table

held_out = {
    name: scored for (name, protocol), scored in probabilities.items() if protocol == "held_out"
}
right = {n: scored[test_rows].argmax(axis=1) == labels[test_rows] for n, scored in held_out.items()}
right["commonest class"] = labels[test_rows] == np.bincount(labels[train_rows]).argmax()
questions = [("commonest class", "Model 0"), ("commonest class", "SVM, linear")]
questions += [("SVM, linear", "Model 0"), ("Model 1", "Model 0")]
comparison = paired_table(
    {f"{second}, or {first}?": (right[first], right[second]) for first, second in questions},
    ("second", "first"),
)
comparison.round(4)

# %% tags=["nbval-ignore-output"]
from helpers.results import claims

claim = claims.judge(
    "05_audio_logmel",
    SEED,
    {"majority": (right["commonest class"], right["Model 0"]), "by heart": by_heart["Model 0"]},
)
print(claims.sentence(claim))
claims.table(claim).round(3)

# %% tags=["lab", "nbval-ignore-output"]
print(f"You guessed {guess['accuracy']:.0%}; it is {right['Model 0'].mean():.0%}.")
print(f"And you guessed {' and '.join(guess['confused'])}; see the matrix further down.")

# %% [markdown]
# ## How much emotion does it take? (about 15 s)
#
# Back to the instrument. Six people who are in no clip say a sentence in each emotion, with an intensity that rises from 0 to 1, and Model 0 says how probable it holds the emotion that is played. Person, sentence and noise stay: whatever moves a curve is the emotion.

# %% tags=["nbval-ignore-output"]
from helpers.plots.psychometric import psychometric_curves

NOISE_OF_CURVES = 0.3  # @param {type: "slider", min: 0, max: 1, step: 0.1}
steps, people = np.linspace(0, 1, 6), range(6)
played = [emotion for emotion in EMOTIONS if emotion != "Neutral"]  # the same at all intensities
mel = [
    spectrograms.log_mel_spectrogram(
        instrument.voice(who, emotion, step, sentence=who, noise=NOISE_OF_CURVES, seconds=1.2),
        length=length,
    )
    for emotion, step, who in product(played, steps, people)
]
heard = networks["Model 0", "held_out"].predict(normalise(np.stack(mel))[..., None], verbose=0)
heard = heard.reshape(len(played), len(steps), len(people), len(EMOTIONS)).mean(axis=2)

curves = {emotion: heard[k, :, EMOTIONS.index(emotion)] for k, emotion in enumerate(played)}
clearest = max(curves, key=lambda emotion: curves[emotion][-1])
curve_figure = psychometric_curves(
    steps, curves, f"Heard best at full intensity: {clearest} ({curves[clearest][-1]:.0%})"
)
curve_figure

# %% [markdown]
# A curve that rises shows that the network hears *that* emotion, and from which intensity on; one that stays on the dotted line shows that what it has right elsewhere it has by something else. In the corpus intensities lie between 0.2 and 1: half of the clips are hard for anybody.

# %% [markdown] tags=["lab"]
# ### Task 4 · Explain a wrong answer
#
# A clip is labelled Sad, the network says Neutral, and the voice has an intensity of 0.2. Which of these explains it best? Use the curves. Put `"a"`, `"b"` or `"c"` into `explanation`.
#
# - a: The network has learned its training clips by heart and knows nothing else.
# - b: So little sadness is in the voice that it sounds like neutral speech, and the label tells more than the sound does.
# - c: Sad has fewer training clips than the other emotions.

# %% tags=["lab"]
### BEGIN SOLUTION: explanation, a letter
explanation = "b"
### END SOLUTION

# %% tags=["lab"]
checks.explanation(explanation)

# %% tags=["nbval-ignore-output"]
matrix = next(e for e in of_emotions if e["name"] == "Model 0" and e["protocol"] == "held_out")
counts = np.array(matrix["metrics"]["confusion"])
pairs = np.triu(counts + counts.T, 1)
confused = [EMOTIONS[k] for k in np.unravel_index(pairs.argmax(), pairs.shape)]
confusion_figure = score_plots.confusion(
    {"Model 0": counts}, EMOTIONS, f"Confused most often: {' and '.join(confused)}"
)
confusion_figure

# %% [markdown]
# In the literature emotions of equal *arousal* are confused: anger and happiness, both loud and high; sadness and neutral speech, both soft and slow. How pleasant something is can be heard less well than how excited it is.
#
# ## Listen: right and wrong
#
# Four test clips that Model 0 predicts wrongly (first the prediction, then the truth) and four that it predicts correctly.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation.comparison import wrong_and_right

predicted = held_out["Model 0"][test_rows].argmax(axis=1)
order = wrong_and_right(right["Model 0"], 4)
captions, _ = score_plots.answer_captions(
    labels[test_rows[order]], predicted[order], EMOTIONS, between=", "
)
players([waveforms[row].load() for row in test_rows[order]], captions, RATE)

# %% [markdown]
# ## Exercises
#
# 1. Turn the sign round: what does `y(t) = x(t) + 0.97 x(t - 1)` do to the curve at the top right of the figure of steps?
# 2. Train Model 0 with `doubled=True`: does a network with twice the layers know its clips sooner, and others better?
# 3. Turn `NOISE_OF_CURVES` up. Which emotion drowns first, and why that one?
# 4. Fit the normaliser on all clips, test clips included. By how much do the accuracies change, and would you have noticed the leak from the numbers alone?
# 5. Train with half of the training clips. Is the distance between grey and blue larger, and which of them moved?

# %% tags=["results"]
finding = claims.sentence(claim)
figures = {
    "accuracy": (accuracy_figure, "Accuracy of every system on the test clips, 95 % intervals"),
    "curves": (curves_figure, "Accuracy while training"),
    "steps": (steps_figure, "One clip on its way from wave to normalised spectrogram"),
    "emotions": (emotions_figure, "One speaker, one sentence, seven emotions"),
    "intensity": (curve_figure, "What Model 0 hears, by the intensity of the emotion"),
    "confusion": (confusion_figure, "Confusion matrix of Model 0"),
}

# %% tags=["results"]
folder = runs.save_run(
    "05_audio_logmel",
    corpus=CORPUS,
    settings={
        "settings": SETTINGS, "seed": SEED, "length": length,
        "recipes": {name: recipe.settings() for name, recipe in recipes.items()},
    },
    experiments=experiments,
    figures=figures,
    manifests=[clips] if city is None else [clips, city],
    started=started,
    root=RESULTS_ROOT,
    claim=claim,
    extra={"finding": finding, "tables": {"Paired comparisons": comparison.round(4)},
           "majority_class_accuracy": majority, "training_accuracy": by_heart},
)  # fmt: skip
normalise.save(folder / "normaliser.json")

# %% [markdown]
# ## Summary
#
# - A log-mel spectrogram keeps what is loud when, in forty bands spaced as hearing spaces them, and enough of it to tell some emotions apart.
# - Whatever is measured on clips, a length, a mean, a deviation, comes from training clips, or the test is no longer one.
# - The unit of a fold is what must not be known again: the recording, the film, the person.
# - A large network learns a few hundred clips by heart. That says nothing about others; and with dropout on, the training accuracy says little even about that.
# - Compare with something simple on the same clips, in a paired test.
#
# **Limits.** Acted emotions, one label a clip, music under the voice; synthetic voices on the demo corpus. Human listeners name about two in five acted voices as intended (CREMA-D), so no number near 100 % is to be had from sound.
#
# **References.** C. E. Muntaner González, *Reconocimiento automático de emociones en condiciones reales a partir de imágenes y audio* (2021), chapter IV.
# A. Dhall, R. Goecke, S. Lucey, T. Gedeon, *Collecting large, richly annotated facial-expression databases from movies*, IEEE MultiMedia 19 (2012).
# H. M. Fayek, M. Lech, L. Cavedon, *Evaluating deep learning architectures for speech emotion recognition*, Neural Networks 92 (2017).
# J. Salamon, C. Jacoby, J. P. Bello, *A dataset and taxonomy for urban sound research*, ACM Multimedia (2014).
# H. Cao and colleagues, *CREMA-D: crowd-sourced emotional multimodal actors dataset*, IEEE Transactions on Affective Computing 5 (2014).

# %% cellView="form"
# @title Download the results: tick, then run
DOWNLOAD = False  # @param {type: "boolean"}
runs.offer_download(folder, wanted=DOWNLOAD)

# %% [markdown]
# **Next:** [06 · Sound as pictures](06_audio_spectrogram_images.ipynb), or [in Colab](https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/notebooks/06_audio_spectrogram_images.ipynb).
