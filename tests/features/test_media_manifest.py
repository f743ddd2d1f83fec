"""Whole manifests: alignment, reasons, the cache."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from helpers.features.media import read_frames, read_waveforms

RATE = 16000


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path_factory.mktemp("cache")))


def manifest_of(paths, problems=None):
    return pd.DataFrame(
        {
            "sample_id": [path.stem for path in paths],
            "path": [str(path) for path in paths],
            "problem": problems or [""] * len(paths),
        }
    )


@pytest.fixture
def waves(tmp_path):
    paths = [tmp_path / f"{index}.wav" for index in range(4)]
    for index, path in enumerate(paths):
        samples = np.full(100 * (index + 1), 0.1 * max(index, 0.5))
        samples[::2] *= -1
        soundfile.write(path, samples, RATE)
    return paths


def test_rows_stay_aligned_when_some_cannot_be_read(waves, tmp_path):
    waves[1].write_bytes(b"")
    manifest = manifest_of([*waves, tmp_path / "absent.wav"], ["", "", "left out", "", ""])
    results, checked = read_waveforms(manifest, RATE)
    assert checked["problem"].tolist() == [
        "",
        "an empty file",
        "left out",
        "",
        "the file is missing",
    ]
    assert manifest["problem"].tolist() == ["", "", "left out", "", ""]
    assert [r.load().shape for r in results if not r.problem] == [(100,), (400,)]
    assert np.abs(results[3].load()) == pytest.approx(0.3, abs=1e-4)


def test_removing_one_file_changes_no_other(waves):
    before, _ = read_waveforms(manifest_of(waves), RATE)
    kept = [before[index].load().copy() for index in (0, 2, 3)]
    waves[1].unlink()
    after, checked = read_waveforms(manifest_of(waves), RATE)
    assert checked["problem"].ne("").tolist() == [False, True, False, False]
    for index, samples in zip((0, 2, 3), kept, strict=True):
        assert np.array_equal(after[index].load(), samples)


def test_every_setting_has_its_own_entry(waves):
    low, _ = read_waveforms(manifest_of(waves), RATE // 2)
    high, _ = read_waveforms(manifest_of(waves), RATE)
    assert len(low[3].load()) == 200 and len(high[3].load()) == 400


def test_a_second_pass_reads_no_clip(shared_data, monkeypatch):
    manifest = manifest_of(sorted((shared_data / "real_mini").rglob("Val_AFEW/*/*.avi"))[:4])
    first, checked = read_waveforms(manifest, RATE)

    def read_again(*_, **__):
        raise AssertionError("a clip was read again")

    monkeypatch.setattr("helpers.features.media.read_audio", read_again)
    second, _ = read_waveforms(manifest, RATE)
    assert (checked["problem"] == "").all()
    assert [r.path for r in first] == [r.path for r in second]


def test_frames_of_a_manifest(shared_data):
    clips = sorted((shared_data / "real_mini").rglob("Val_AFEW/*/*.avi"))[:3]
    results, checked = read_frames(manifest_of(clips), frames_per_clip=4, size=(32, 24))
    assert [r.load().shape for r in results] == [(4, 32, 24, 3)] * 3
    assert (checked["problem"] == "").all()
