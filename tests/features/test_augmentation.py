"""Each published change does what it says, is seeded, and never reaches validation pictures."""

import keras
import numpy as np
import pytest

from helpers.features.augmentation import (
    AUGMENTATIONS,
    RandomAffine,
    RandomDimming,
    RandomLevel,
    RandomMasking,
    RandomNoise,
    published_augmentation,
)
from helpers.features.pictures import make_dataset


def grid(copies: int, size: int = 64) -> np.ndarray:
    """Pictures whose first channel is the column and second the row, so changes can be read off."""
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    return np.tile(np.stack([columns, rows, np.full_like(rows, 100)], -1), (copies, 1, 1, 1))


def affine(mirror: bool = False, shear_degrees: float = 0, zoom: float = 0) -> RandomAffine:
    return RandomAffine(mirror, shear_degrees, zoom, seed=0)


def test_what_is_published_is_what_is_done():
    one, dimming = published_augmentation(0).layers
    assert (one.mirror, one.shear, one.zoom) == (True, np.tan(np.radians(0.2)), 0.1)
    assert (dimming.lowest, dimming.highest) == (0.5, 1)


def test_the_flip_mirrors_about_half_of_the_pictures():
    pictures = grid(200)
    flipped = np.asarray(affine(mirror=True)(pictures))
    mirrored = (flipped == pictures[:, :, ::-1]).all(axis=(1, 2, 3))
    same = (flipped == pictures).all(axis=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert 70 <= mirrored.sum() <= 130  # 200 tosses of a coin: 4 standard deviations


def test_the_shear_moves_columns_by_at_most_a_fifth_of_a_degree():
    pictures = grid(64)
    sheared = np.asarray(affine(shear_degrees=0.2)(pictures))
    inside = np.s_[:, 2:-2, 2:-2]
    shift = (sheared - pictures)[inside][..., 0]  # in pixels, of what is seen in each place
    assert 0.09 < np.abs(shift).max() <= 32 * np.tan(np.radians(0.2)) + 1e-3
    slopes = shift[:, -1].mean(axis=1) - shift[:, 0].mean(axis=1)  # over 59 rows
    assert slopes.min() < 0 < slopes.max(), "sheared one way only"
    assert np.abs(shift[:, 29:31]).max() < 0.003, "the middle moved"
    assert np.abs(sheared - pictures)[inside][..., 1].max() < 1e-3, "rows moved too"


def test_the_zoom_is_up_to_a_tenth_each_way_and_independent():
    pictures = grid(200)
    zoomed = np.asarray(affine(zoom=0.1)(pictures))
    across = np.diff(zoomed[:, 32, 24:40, 0], axis=1).mean(axis=1)  # 1 without a zoom
    down = np.diff(zoomed[:, 24:40, 32, 1], axis=1).mean(axis=1)
    for factors in (across, down):
        assert 0.899 <= factors.min() < 0.92 and 1.08 < factors.max() <= 1.101
    assert abs(np.corrcoef(across, down)[0, 1]) < 0.3
    np.testing.assert_allclose(zoomed[:, 31:33, 31:33].mean(axis=(1, 2))[:, :2], 31.5, atol=1e-3)
    np.testing.assert_allclose(zoomed[..., 2], 100, atol=1e-3), "borders were filled with black"


def test_all_of_it_together_is_the_one_affine_map_in_pictures_that_are_not_square():
    rows, columns = np.mgrid[:40, :72].astype(np.float32)
    pictures = np.tile(np.stack([columns, rows], -1), (50, 1, 1, 1))
    changed = np.asarray(affine(mirror=True, shear_degrees=10, zoom=0.1)(pictures))
    for picture in changed:
        middle = picture[12:28, 24:48]  # sees no border
        across, lean = (np.diff(middle[..., 0], axis=axis) for axis in (1, 0))
        assert np.ptp(across) < 1e-3 and np.ptp(lean) < 1e-3, "not affine"
        assert 0.899 < abs(across.mean()) < 1.101
        assert abs(lean.mean()) <= 1.101 * np.tan(np.radians(10)) + 1e-3
        np.testing.assert_allclose(picture[19:21, 35:37].mean(axis=(0, 1)), [35.5, 19.5], atol=1e-3)
    assert {-1.0, 1.0} == set(np.sign(changed[:, 20, 37, 0] - changed[:, 20, 36, 0]))


def test_the_brightness_is_one_factor_a_picture_from_a_half_to_one():
    pictures = grid(200) + 1
    factors = np.asarray(RandomDimming(0.5, 1, seed=0)(pictures)) / pictures
    assert np.ptp(factors, axis=(1, 2, 3)).max() < 1e-5
    factors = factors.mean(axis=(1, 2, 3))
    assert 0.5 <= factors.min() < 0.53 and 0.97 < factors.max() <= 1
    assert abs(factors.mean() - 0.75) < 0.04


def test_nothing_changes_outside_training():
    pictures = grid(8)
    assert np.array_equal(published_augmentation(0)(pictures, training=False), pictures)
    assert np.array_equal(affine(zoom=0.1)(pictures, training=False), pictures)
    assert np.array_equal(RandomDimming(0.5, 1, seed=0)(pictures, training=False), pictures)


def batches(seed: int, augment: bool, epochs: int = 2) -> list[np.ndarray]:
    pixels = grid(40).astype(np.uint8)
    dataset = make_dataset(
        pixels, np.zeros(40), range(40), batch_size=4,
        augment=published_augmentation(seed) if augment else None,
    )  # fmt: skip
    return [np.concatenate([x.numpy() for x, _ in dataset]) for _ in range(epochs)]


def test_batches_are_seeded_new_every_epoch_and_in_range():
    first, second = batches(5, augment=True)
    again, again_second = batches(5, augment=True)
    assert np.array_equal(first, again) and np.array_equal(second, again_second)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, batches(6, augment=True)[0])
    assert first.min() >= 0 and first.max() <= 1
    pictures = first.reshape(40, -1)
    assert len(np.unique(pictures, axis=0)) == 40, "copies of one picture were changed alike"


def test_batches_for_validation_are_the_pictures_themselves():
    plain = grid(40) / 255
    for epoch in batches(5, augment=False):
        np.testing.assert_allclose(epoch, plain, atol=1e-6)


def test_fitting_augments_the_training_batches_alone(monkeypatch):
    """What reaches the network: changed pictures in training, plain ones in validation."""
    from helpers.models import training

    seen = {True: [], False: []}

    class Spy(keras.layers.Layer):
        def call(self, x, training=False):
            import tensorflow as tf

            def note(values):
                seen[bool(training)].append(values)
                return values

            y = tf.numpy_function(note, [x], tf.float32)
            y.set_shape(x.shape)
            return tf.stop_gradient(y)

    pictures = keras.Input((64, 64, 3))
    x = keras.layers.Flatten()(Spy()(pictures))
    model = keras.Model(pictures, keras.layers.Dense(2, activation="softmax")(x))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    pixels, labels = grid(8).astype(np.uint8), np.zeros(8, int)
    augment = published_augmentation(0)
    train = make_dataset(pixels, labels, range(8), batch_size=8, augment=augment)
    validation = make_dataset(pixels, labels, range(8), batch_size=8)
    training.fit(model, train, validation, epochs=2)
    assert len(seen[True]) == len(seen[False]) == 2
    assert all(np.allclose(batch, grid(8) / 255, atol=1e-6) for batch in seen[False])
    assert not any(np.allclose(batch, grid(8) / 255, atol=1e-2) for batch in seen[True])


def test_masking_hides_one_stretch_of_each_side_and_nothing_else():
    pictures = np.full((200, 20, 30, 3), 100, np.float32)
    masked = np.asarray(RandomMasking(0.3, 0.5, seed=1)(pictures))
    assert set(np.unique(masked)) == {0, 100}
    kept = masked[..., 0] > 0
    rows, columns = kept.any(axis=2), kept.any(axis=1)
    assert np.array_equal(kept, rows[:, :, None] & columns[:, None, :])
    for side, most in ((rows, 6), (columns, 15)):
        hidden = (~side).sum(axis=1)
        assert hidden.max() in (most, most - 1) and hidden.min() <= 1
        starts_and_ends = np.abs(np.diff(side.astype(int), axis=1, prepend=1, append=1)).sum(axis=1)
        assert starts_and_ends.max() == 2  # never more than one stretch
        assert (~side).any(axis=0).all()  # every place can be hidden


def test_masking_is_seeded_and_for_training_alone():
    pictures = np.random.default_rng(0).random((4, 16, 16, 3)).astype(np.float32)
    first, same, other = (np.asarray(RandomMasking(seed=s)(pictures)) for s in (1, 1, 2))
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    assert np.array_equal(np.asarray(RandomMasking(seed=1)(pictures, training=False)), pictures)
    with pytest.raises(TypeError):
        RandomMasking()


def test_masking_works_inside_the_input_pipeline():
    pictures = np.full((10, 16, 16, 3), 255, np.uint8)
    masking = RandomMasking(0.5, 0.5, seed=0)
    batches = make_dataset(
        pictures, np.zeros(10, int), np.arange(10), batch_size=5, augment=masking
    )
    first, second = (np.concatenate([x for x, _ in batches]) for _ in range(2))
    assert set(np.unique(first)) == {0, 1} and not np.array_equal(first, second)


def test_each_name_of_a_recipe_stands_for_seeded_changes():
    pictures = np.random.default_rng(0).uniform(0, 255, (8, 32, 32, 1)).astype(np.float32)
    for name, make in AUGMENTATIONS.items():
        first, same, other = (np.asarray(make(seed)(pictures)) for seed in (1, 1, 2))
        assert np.array_equal(first, same) and not np.array_equal(first, pictures)
        assert np.array_equal(first, other) == (name == "mirror")
    mirrored = np.asarray(AUGMENTATIONS["mirror"](0)(pictures))
    assert np.array_equal(mirrored, pictures[:, :, ::-1])


def test_a_shift_moves_all_of_a_picture_by_at_most_its_fraction():
    rows, columns = np.mgrid[:40, :80].astype(np.float32)
    pictures = np.tile(np.stack([columns, rows], -1), (200, 1, 1, 1))
    moved = np.asarray(RandomAffine(shift=(0.05, 0.1), seed=0)(pictures)) - pictures
    across, down = moved[:, 10:30, 20:60, 0], moved[:, 10:30, 20:60, 1]
    for by, most in ((across, 8), (down, 2)):
        assert np.ptp(by, axis=(1, 2)).max() < 1e-3, "not moved as one"
        assert -most <= by.min() < -0.9 * most and 0.9 * most < by.max() <= most
    assert abs(np.corrcoef(across[:, 0, 0], down[:, 0, 0])[0, 1]) < 0.3
    still = np.asarray(RandomAffine(shift=(0.0, 0.1), seed=0)(pictures)) - pictures
    assert np.abs(still[..., 1]).max() < 1e-3


def test_moves_of_a_face_leave_its_light_alone_and_cut_off_little():
    """A white square in the middle third stays there, as white, wherever a picture moves."""
    pictures = np.zeros((200, 48, 48, 1), np.float32)
    pictures[:, 16:32, 16:32] = 255
    moved = np.asarray(AUGMENTATIONS["face moves"](0)(pictures))
    assert np.allclose(moved.max(axis=(1, 2, 3)), 255) and not moved[:, :9].any()
    where = moved[..., 0] > 128
    rows, columns = (where.any(axis=axis).argmax(axis=1) for axis in (2, 1))
    for first in (rows, columns):
        assert first.min() >= 10 and first.max() <= 22 and np.ptp(first) > 6


def test_a_level_is_one_number_for_all_of_a_spectrogram():
    spectrograms = np.random.default_rng(0).normal(size=(200, 8, 10, 1)).astype(np.float32)
    added = np.asarray(RandomLevel(-0.5, 0.5, seed=1)(spectrograms)) - spectrograms
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-5
    assert -0.5 <= added.min() < -0.45 and 0.45 < added.max() <= 0.5


def test_noise_is_anothers_everywhere_and_of_up_to_its_deviation():
    spectrograms = np.zeros((200, 20, 30, 1), np.float32)
    noise = np.asarray(RandomNoise(0.5, seed=1)(spectrograms))
    deviations = noise.std(axis=(1, 2, 3))
    assert deviations.min() < 0.03 and 0.45 < deviations.max() < 0.55
    assert (
        abs(noise.mean()) < 0.01
        and abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.15
    )


@pytest.mark.parametrize("layer", [RandomLevel(-0.5, 0.5, seed=1), RandomNoise(0.5, seed=1)])
def test_changes_of_sound_are_for_training_alone(layer):
    spectrograms = np.ones((4, 8, 10, 1), np.float32)
    assert np.array_equal(layer(spectrograms, training=False), spectrograms)
