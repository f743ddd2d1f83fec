"""What is a user's own, or can be made again, never gets into a commit."""

import subprocess

import pytest

from helpers.paths import repository_root

LARGEST = 1_000_000  # bytes, a notebook's limit
PAGE = "results/demo/index.html"  # holds the pictures of all notebooks


def git(*arguments, text=""):
    done = subprocess.run(
        ["git", *arguments], cwd=repository_root(), input=text, capture_output=True, text=True
    )
    if done.returncode == 128:
        pytest.skip(f"no git checkout: {done.stderr.strip()}")
    return done.stdout.splitlines()


def ignored(paths):
    return git("check-ignore", "--no-index", "--stdin", text="\n".join(paths) + "\n")


@pytest.mark.parametrize(
    "path",
    [
        "data/FACES/004_o_m_a_a.jpg",
        "data/EmotiW_2018/Train_AFEW/Angry/000046280.avi",
        "corpora/SFEW/Train/Angry/Film_001817054_00000021.png",
        "my films/SFEW/Val/Happy/a.png",
        "FACES/004_o_m_a_a.jpg",
        "EmotiW_2018.zip",
        "UrbanSound8K.tar.gz",
        "notebooks/predictions_dictionaries.zip",
        "notebooks/clip of mine.mp4",
        "notebooks/voice.wav",
        "results/demo/01_faces_baseline/model.keras",
        "results/demo/03_vgg16_transfer/held_out/model.keras",
        "results/demo/03_vgg16_transfer/held_out/model.json",
        "vgg16_weights.h5",
        "results/demo/01_faces_baseline/run.ipynb",
        "results/demo/01_faces_baseline/run.log",
        "results/thesis/04_video_late_fusion/predictions.csv",
        "results/thesis/index.html",
        "results/open/02_sfew_in_the_wild/private/faces.png",
        "results/open/04_video_late_fusion/private/clip.webm",
        "results/open/04_video_late_fusion/clip.mp4",
        "results/open/03_vgg16_transfer/held_out/model.keras",
        "results/open/01_faces_baseline/run.ipynb",
        "results/seeds/1/demo/01_faces_baseline/metrics.json",
        "waveforms/0f3a.npy",
        ".cache/emotion-notebooks/demo.json",
        ".venv/bin/python",
        ".hypothesis/unicode_data/charmap.json.gz",
        "helpers/__pycache__/cache.cpython-311.pyc",
        "notebooks/.ipynb_checkpoints/01_faces_baseline-checkpoint.ipynb",
    ],
)
def test_it_is_ignored(path):
    assert ignored([path])


def test_what_belongs_to_the_series_is_not_ignored():
    ours = [
        "results/demo/04_video_late_fusion/metrics.json",
        "results/demo/04_video_late_fusion/predictions.csv",
        "results/demo/04_video_late_fusion/sources.png",
        "results/demo/04_video_late_fusion/clip.mp4",
        "results/demo/04_video_late_fusion/clip.webm",
        "results/demo/index.html",
        "results/demo/summary.json",
        "results/open/index.html",
        "results/open/summary.json",
        "results/open/05_audio_logmel/metrics.json",
        "results/open/05_audio_logmel/predictions.csv",
        "results/open/05_audio_logmel/confusion.png",
        "notebooks/04_video_late_fusion.ipynb",
        "notebooks/exercises/04_video_late_fusion.ipynb",
        "notebooks/src/04_video_late_fusion.py",
        "helpers/corpora/faces.py",
        "docs/glossary.md",
    ]
    assert ignored(ours) == []


def test_nothing_that_is_ignored_or_large_is_in_the_repository():
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == []
    large = []
    for name in git("ls-files", "-z")[0].split("\0"):
        path = repository_root() / name
        limit = 1.5 * LARGEST if name == PAGE else LARGEST
        if name and path.is_file() and path.stat().st_size > limit:
            large.append(name)
    assert large == []
