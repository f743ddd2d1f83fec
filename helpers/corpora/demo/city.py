"""UrbanSound8K in miniature: slices of recordings, in three folds, with their table."""

import csv
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from helpers.corpora.demo.seeds import random_for
from helpers.corpora.demo.sounds import CITY_SOUNDS, RATE, city_sound, write_wave

FOLDS, RECORDINGS, SLICES = 3, 3, 2
"""Folds, recordings of each class in a fold, slices of each recording: 180 files."""
_RATES = {8000: 0.03, 11025: 0.06, 16000: 0.15, 22050: 0.36, 44100: 0.30, 48000: 0.09, 96000: 0.01}
# No floats: libsndfile writes the time of day into such files.
_DEPTHS = {"PCM_16": 0.70, "PCM_24": 0.14, "PCM_U8": 0.08, "PCM_32": 0.08}
_SECONDS = (0.8, 1.5)
_COLUMNS = ("slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class")


@dataclass(frozen=True)
class Recording:
    """One field recording, out of which slices are cut."""

    number: int  # fsID
    fold: int
    class_number: int

    @property
    def class_name(self) -> str:
        """The class's name."""
        return list(CITY_SOUNDS)[self.class_number]


def plan_recordings(seed: int) -> list[Recording]:
    """Return all recordings, by fold and class."""
    count = FOLDS * len(CITY_SOUNDS) * RECORDINGS
    numbers = random_for(seed, "UrbanSound8K").choice(np.arange(2000, 200000), count, replace=False)
    kinds = product(range(1, FOLDS + 1), range(len(CITY_SOUNDS)), range(RECORDINGS))
    return [
        Recording(int(n), fold, number) for n, (fold, number, _) in zip(numbers, kinds, strict=True)
    ]


def write_recording(root: Path, seed: int, recording: Recording) -> list[dict]:
    """Write the slices of a recording and return their rows of the table."""
    rng = random_for(seed, "UrbanSound8K", recording.number)
    rate = int(rng.choice(list(_RATES), p=list(_RATES.values())))
    depth = str(rng.choice(list(_DEPTHS), p=list(_DEPTHS.values())))
    stereo, salience = rng.random() < 0.3, int(rng.choice([1, 2], p=[0.7, 0.3]))
    folder = root / "UrbanSound8K" / "audio" / f"fold{recording.fold}"
    folder.mkdir(parents=True, exist_ok=True)
    rows, start = [], rng.uniform(0, 20)
    lengths = rng.uniform(*_SECONDS, SLICES).round(2)
    # One recording, cut: its pieces are of the same siren, and of the same street.
    whole = city_sound(recording.class_name, lengths.sum() + 0.1, salience == 1, rng)
    ends = (np.cumsum(lengths) * RATE).astype(int)
    for number, (seconds, end) in enumerate(zip(lengths, ends, strict=True)):
        sound = whole[end - int(seconds * RATE) : end]
        divisor = np.gcd(rate, RATE)
        sound = np.clip(resample_poly(sound, rate // divisor, RATE // divisor), -0.99, 0.99)
        if stereo:
            late = np.roll(sound, int(0.0004 * rate))
            sound = np.stack([sound, rng.uniform(0.6, 1.0) * late], axis=1)
        name = f"{recording.number}-{recording.class_number}-0-{number}.wav"
        write_wave(folder / name, sound, rate, depth)
        row = (name, recording.number, start, start + seconds, salience, recording.fold)
        row += (recording.class_number, recording.class_name)
        rows.append(dict(zip(_COLUMNS, row, strict=True)))
        start += seconds
    return rows


def write_table(root: Path, rows: list[dict]) -> None:
    """Write ``UrbanSound8K/metadata/UrbanSound8K.csv``."""
    path = root / "UrbanSound8K" / "metadata" / "UrbanSound8K.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            times = {name: f"{row[name]:.6f}" for name in ("start", "end")}
            writer.writerow(row | times)
