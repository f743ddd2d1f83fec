"""Sound: spectrograms, their pictures, and the cache of waveforms."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.cache import Result
from helpers.series.benchmark.measure import Row, Way, first_and_again, for_each

_CLIPS = 24
_RATE = 22050


def log_mel(folder: Path) -> tuple[Way, Way]:
    """Take log-mel spectrograms of clips with librosa in a loop, and with features.spectrograms."""
    import librosa

    from helpers.features.spectrograms import THESIS_SAMPLES, log_mel_spectrograms

    waveforms = []
    for index, samples in enumerate(_clips(_RATE)):
        np.save(folder / f"{index}.npy", samples)
        waveforms.append(Result(folder / f"{index}.npy"))

    def plain() -> np.ndarray:
        spectrograms = []
        for waveform in waveforms:
            samples = librosa.util.fix_length(np.load(waveform.path), size=THESIS_SAMPLES)
            power = librosa.feature.melspectrogram(
                y=librosa.effects.preemphasis(samples, coef=0.97, zi=[0.0]),
                sr=_RATE,
                n_fft=1024,
                win_length=551,
                hop_length=220,
                window="hamming",
                n_mels=40,
            )
            spectrograms.append(librosa.power_to_db(power))
        return np.stack(spectrograms)

    return plain, lambda: log_mel_spectrograms(waveforms)


def picture_from_spectrogram(folder: Path) -> tuple[Way, Way]:
    """Make pictures of spectrograms by drawing figures, and with features.spectrogram_images."""
    from helpers.features.spectrogram_images import spectrogram_to_image
    from helpers.features.spectrograms import LIBROSA_DEFAULTS, mel_power

    powers = [mel_power(samples, 2 * _RATE, LIBROSA_DEFAULTS) for samples in _clips(2 * _RATE)]

    return for_each(powers, drawn_picture, spectrogram_to_image)


def picture_from_wave(folder: Path) -> tuple[Way, Way]:
    """Make pictures of waves: librosa and a figure, and helpers alone."""
    import librosa

    from helpers.features.spectrogram_images import spectrogram_to_image
    from helpers.features.spectrograms import LIBROSA_DEFAULTS, mel_power

    return for_each(
        _clips(2 * _RATE),
        lambda clip: drawn_picture(librosa.feature.melspectrogram(y=clip, sr=2 * _RATE)),
        lambda clip: spectrogram_to_image(mel_power(clip, 2 * _RATE, LIBROSA_DEFAULTS)),
    )


def waveforms_again(folder: Path) -> tuple[Way, Way]:
    """Read the sound of clips with an empty cache, and once more."""
    import soundfile

    from helpers.features.media import read_waveforms

    paths = [folder / f"{index}.wav" for index in range(_CLIPS)]
    for path, samples in zip(paths, _clips(2 * _RATE), strict=True):
        soundfile.write(path, samples, 2 * _RATE)
    manifest = pd.DataFrame({"path": list(map(str, paths)), "problem": ""})

    return first_and_again(lambda: read_waveforms(manifest, _RATE))


def drawn_picture(power: np.ndarray) -> np.ndarray:
    """Return a picture in the thesis's way: a 0.72 inch figure at 400 dpi, as JPEG, read back.

    From mel power (bands, frames) to uint8 (64, 64, 3); what ours is compared with, in speed here
    and in looks in the tests.
    """
    import librosa.display
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(0.72, 0.72))
    axis = figure.add_subplot(111)
    axis.set_axis_off()
    librosa.display.specshow(librosa.power_to_db(power, ref=np.max), ax=axis)
    file = io.BytesIO()
    figure.savefig(file, dpi=400, bbox_inches="tight", pad_inches=0, format="jpeg")
    plt.close(figure)
    picture = Image.open(file).convert("RGB")
    return np.asarray(picture.resize((64, 64), Image.Resampling.BOX))


ROWS = [
    Row("log-mel spectrograms: librosa in a loop / helpers", log_mel, 1.7),
    Row("spectrogram to picture: drawn figure / helpers", picture_from_spectrogram, 15),
    Row("wave to picture: librosa and drawn figure / helpers", picture_from_wave, 5),
    Row("sound of clips: read / from the cache", waveforms_again, 20),
]


def _clips(rate: int) -> list[np.ndarray]:
    """Return noise of 1 to 6 seconds, as long as AFEW's clips are."""
    random = np.random.default_rng(0)
    seconds = random.uniform(1, 6, _CLIPS)
    return [random.normal(0, 0.1, int(rate * s)).astype(np.float32) for s in seconds]
