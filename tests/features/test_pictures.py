import gc
import weakref

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from helpers.corpora.demo.clips import NOT_FACES
from helpers.corpora.exclusions import REASON
from helpers.corpora.manifest import COLUMNS, usable
from helpers.features.pictures import decode, load_stills, make_dataset, picture_size, resize


@pytest.fixture
def pictures(tmp_path):
    """Five samples: grey, colour, cut short, a text called .jpg, an absent one."""
    gradient = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (32, 1))
    Image.fromarray(gradient).save(tmp_path / "grey.png")
    Image.fromarray(np.full((10, 20, 3), (200, 100, 50), np.uint8)).save(tmp_path / "colour.png")
    whole = (tmp_path / "grey.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("no picture")
    names = ["grey.png", "colour.png", "cut.png", "text.jpg", "absent.png"]
    rows = [(n, str(tmp_path / n), "Happy", "train", n, "") for n in names]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_damaged_pictures_stay_in_their_row_with_a_reason(pictures):
    pixels, manifest = decode(pictures, (16, 16), 1)
    assert pixels.shape == (5, 16, 16, 1)
    assert manifest["problem"].tolist()[:2] == ["", ""]
    assert manifest["problem"].iloc[2].startswith("the picture is damaged")
    assert manifest["problem"].tolist()[3:] == ["not a picture", "the file is missing"]
    assert not pixels[2:].any()
    assert usable(manifest).tolist() == [0, 1]
    assert usable(manifest, "val").tolist() == []
    assert (pictures["problem"] == "").all(), "the given manifest was changed"


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_in_memory_are_resized_as_those_of_files(pictures, channels):
    decoded, _ = decode(pictures, (16, 12), channels)
    loaded = [
        np.asarray(Image.open(path).convert("RGB")) for path in pictures["path"].iloc[:2].tolist()
    ]
    assert (resize(loaded, (16, 12), channels) == decoded[:2]).all()


def test_removing_a_picture_moves_no_other(pictures):
    pixels, _ = decode(pictures, (16, 16), 3)
    fewer, _ = decode(pictures.drop(index=2), (16, 16), 3)
    assert (np.delete(pixels, 2, axis=0) == fewer).all()


def test_damage_of_everything_is_an_error(pictures):
    with pytest.raises(ValueError, match=r"None of the 2 pictures.*not a picture|damaged"):
        decode(pictures.iloc[2:4], (16, 16), 1)


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(st.integers(0, 9), min_size=1, max_size=25),
    batch_size=st.integers(1, 8),
)
def test_batches_hold_the_rows_asked_for_with_their_labels(rows, batch_size):
    features = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)
    labels = np.arange(10) * 10
    seen = [
        (value, label)
        for batch, batch_labels in make_dataset(features, labels, rows, batch_size=batch_size)
        for value, label in zip(batch.numpy().ravel(), batch_labels.numpy(), strict=True)
    ]
    assert [label for _, label in seen] == [row * 10 for row in rows]
    assert np.allclose([value for value, _ in seen], np.array(rows) / 255, atol=1e-7)


def test_shuffling_is_seeded_and_renewed_every_epoch():
    features = np.arange(40, dtype=np.float32).reshape(40, 1)

    def epochs(seed):
        dataset = make_dataset(
            features, np.zeros(40, int), range(40), batch_size=8, shuffle=True, seed=seed
        )
        return [np.concatenate([x.numpy().ravel() for x, _ in dataset]) for _ in range(2)]

    first, second = epochs(1)
    assert (np.sort(first) == np.arange(40)).all()
    assert (first != second).any()
    assert (first == epochs(1)[0]).all()
    assert (first != epochs(2)[0]).any()


def test_float_features_pass_as_they_are_and_augmentation_comes_before_the_division():
    features = np.full((2, 3), 2.0, dtype=np.float32)
    (batch, _), *_ = make_dataset(features, np.zeros(2), [0, 1], batch_size=2)
    assert (batch.numpy() == 2.0).all()
    (batch,), *_ = make_dataset(features, None, [0, 1], batch_size=2)
    assert (batch.numpy() == 2.0).all()
    (batch, _), *_ = make_dataset(
        features.astype(np.uint8), np.zeros(2), [0, 1], batch_size=2, augment=lambda x: x + 1
    )
    assert np.allclose(batch.numpy(), 3 / 255)


def test_a_dataset_that_is_gone_leaves_no_features_in_memory():
    features = np.zeros((4, 3), dtype=np.float32)
    held = weakref.ref(features)
    batches = iter(make_dataset(features, np.zeros(4), range(4), batch_size=2))
    del features
    gc.collect()
    assert len(list(batches)) == 2, "the features were gone before the dataset"
    del batches
    gc.collect()
    assert held() is None


def test_nothing_is_tuned_by_a_thread_that_the_end_of_an_epoch_waits_for():
    dataset = make_dataset(np.zeros((2, 1), np.float32), np.zeros(2), [0, 1], batch_size=1)
    assert dataset.options().autotune.enabled is False


def test_the_real_stills_can_all_be_read(shared_data):
    from helpers.corpora import load_manifest

    pixels, manifest = decode(load_manifest("sfew", shared_data / "real_mini"), (32, 32), 1)
    assert (manifest["problem"] == "").all()
    assert pixels.reshape(len(pixels), -1).std(axis=1).min() > 1


def test_the_demos_exclusions_are_left_out(demo_root):
    found = load_stills("demo", "", 16)
    assert (found.manifest["problem"] == REASON).sum() == sum(NOT_FACES.values())
    assert found.pixels.shape[1:] == (16, 16, 3)
    assert len(found.pixels) == len(found.manifest) == len(found.labels)


def test_the_real_sample_has_all_its_stills(shared_data):
    found = load_stills("thesis", str(shared_data / "real_mini"), 32)
    assert len(found.manifest) == 188 and (found.manifest["problem"] == "").all()


def test_stills_are_smaller_where_seconds_count():
    assert picture_size("demo", 0) == picture_size("thesis", 1) == 56
    assert picture_size("thesis", 0) == 128
    assert picture_size("open", 0) == picture_size("open", 1) == 48  # FER2013 has no more
