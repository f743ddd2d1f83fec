"""What a notebook teaches is defined in it; the helpers' version of it must be the same."""

import ast

import pytest

from helpers.paths import repository_root

SOURCES = repository_root() / "notebooks" / "src"


def defined_in(notebook: str, name: str) -> dict:
    """Execute a notebook's imports and the definition of ``name``, and return the namespace."""
    tree = ast.parse((SOURCES / f"{notebook}.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    definition = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    assert len(definition) == 1, f"{notebook} should define {name} once"
    namespace: dict = {}
    exec(compile(ast.Module(imports + definition, []), notebook, "exec"), namespace)
    return namespace


@pytest.mark.parametrize(("shape", "classes"), [((128, 128, 1), 6), ((48, 48, 3), 7)])
def test_the_network_of_01_is_the_helpers_network(shape, classes):
    from helpers.models.static_cnn import static_cnn

    def layer_settings(model):
        settings = [layer.get_config() for layer in model.layers]
        return [{k: v for k, v in layer.items() if k != "name"} for layer in settings]

    taught = defined_in("01_faces_baseline", "static_cnn")["static_cnn"](shape, classes)
    ours = static_cnn(shape, classes)
    assert layer_settings(taught) == layer_settings(ours)
    assert taught.count_params() == ours.count_params()


@pytest.mark.parametrize("labels", [[0, 0, 0, 1, 2, 2], [3, 3, 0, 0, 0, 0, 0]])
def test_the_class_weights_of_02_are_the_helpers_weights(labels):
    import numpy as np

    from helpers.models.training import class_weights

    taught = defined_in("02_sfew_in_the_wild", "class_weights")["class_weights"]
    ours = {k: weight for k, weight in class_weights(np.array(labels), 4).items() if weight}
    assert taught(np.array(labels), 4) == pytest.approx(ours)


def test_the_line_of_02_is_the_helpers_line():
    import numpy as np

    from helpers.evaluation.scores import majority_class_accuracy

    taught = defined_in("02_sfew_in_the_wild", "line_to_beat")["line_to_beat"]
    train, test = np.array([0, 1, 1, 2]), np.array([1, 2, 2, 2, 0])
    assert taught(train, test) == majority_class_accuracy(train, test) == 0.2


def test_02_turns_up_one_thing_or_all():
    taught = defined_in("02_sfew_in_the_wild", "settings_for")["settings_for"]
    assert taught("light", 0.5) == {"turn": 0, "light": 0.5, "clutter": 0}
    assert taught("all three", 1) == {"turn": 35, "light": 1, "clutter": 1}


def test_02_counts_how_many_of_the_sure_answers_are_right():
    import numpy as np

    taught = defined_in("02_sfew_in_the_wild", "right_when_sure")["right_when_sure"]
    values = np.array([[0.95, 0.05], [0.1, 0.9], [0.08, 0.92], [0.6, 0.4]])
    assert taught(values, np.array([0, 0, 1, 0])) == 2 / 3
    assert taught(values, np.array([0, 0, 1, 0]), threshold=0.5) == 3 / 4


@pytest.mark.parametrize("cosine_decay", [False, True])
def test_compile_and_fit_of_01_are_the_helpers_training(cosine_decay):
    import numpy as np
    import pandas as pd

    from helpers.models.recipes import Recipe
    from helpers.models.training import train_network

    rng = np.random.default_rng(0)
    recipe = Recipe(
        "static_cnn", epochs=3, patience=2, batch_size=8, batch_norm_momentum=0.9,
        cosine_decay=cosine_decay,
    )  # fmt: skip
    notebook = defined_in("01_faces_baseline", "static_cnn")
    notebook |= {
        "SEED": 1,
        "recipe": recipe,
        "pixels": rng.integers(0, 256, (40, 12, 12, 1), dtype=np.uint8),
        "labels": rng.integers(0, 3, 40),
        "classes": list("abc"),
        "manifest": pd.DataFrame({"split": ["train"] * 24 + ["test"] * 16, "problem": ""}),
    }
    source = (SOURCES / "01_faces_baseline.py").read_text(encoding="utf-8")
    cells = [cell.partition("\n")[2] for cell in source.split("\n# %%")]
    (building,) = (cell for cell in cells if "\nmodel = static_cnn(" in cell)
    exec(building.split("table = ")[0], notebook)
    for call in ("test_batches = ", "model.compile(", "model.fit("):
        (cell,) = (cell for cell in cells if call in cell)
        exec(cell, notebook)
    parts = {"train": np.arange(24), "validation": np.arange(24, 40)}
    ours, history = train_network(notebook["pixels"], notebook["labels"], parts, 3, recipe, 1)
    for name, values in notebook["fitted"].history.items():
        np.testing.assert_allclose(values, history[name], rtol=1e-3, err_msg=name)
    # Some weights have hardly a gradient, and Adam makes equal steps of rounding errors in it.
    found, wanted = (
        network.predict(notebook["pixels"] / 255, verbose=0)
        for network in (notebook["model"], ours)
    )
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_the_mean_of_07_favours_the_largest_mean():
    import numpy as np

    video, audio = np.random.default_rng(0).dirichlet(np.ones(7), (2, 40))
    taught = defined_in("07_fusion", "name_by_mean")["name_by_mean"](video, audio)
    np.testing.assert_array_equal(taught, (video + audio).argmax(axis=1))


def test_the_stacking_of_07_is_the_helpers():
    import numpy as np

    from helpers.fusion import combiners
    from tests.fusion.made_up import leaky_scores, pairs_from

    parts = [
        pairs_from(labels, video, audio["unseen"])
        for labels, video, audio in (leaky_scores(seed, n) for seed, n in ((0, 140), (1, 30)))
    ]
    names = defined_in("07_fusion", "stack")
    names["rows_of"] = defined_in("07_fusion", "rows_of")["rows_of"]
    np.testing.assert_allclose(names["stack"](*parts), combiners.stacking(*parts))


def test_the_clips_that_decide_in_07_are_the_discordant_ones():
    import numpy as np

    taught = defined_in("07_fusion", "clips_that_decide")["clips_that_decide"]
    first, second = np.array([True, True, False, False]), np.array([True, False, True, False])
    assert taught(first, second).tolist() == [False, True, True, False]


@pytest.mark.parametrize(("unfrozen", "blocks"), [(0, 5), (2, 5), (2, 4)])
def test_the_network_of_03_is_the_helpers_network(unfrozen, blocks):
    from helpers.models.vgg16 import vgg16_classifier

    taught = defined_in("03_vgg16_transfer", "vgg16_classifier")["vgg16_classifier"]
    ours = vgg16_classifier((64, 64, 3), 7, weights="none", blocks=blocks, unfrozen_blocks=unfrozen)
    found, expected = (
        [(layer.name, layer.output.shape, len(layer.trainable_weights)) for layer in model.layers]
        for model in (taught((64, 64, 3), 7, unfrozen, blocks), ours)
    )
    assert found == expected


def stills_to_learn():
    """Pictures of seven colours, and a small recipe for them that trains nothing but the head."""
    from dataclasses import replace

    import numpy as np

    from helpers.models.recipes import recipes_for

    rng = np.random.default_rng(0)
    labels = np.arange(42) % 7
    pixels = rng.integers(0, 60, (42, 32, 32, 3)) + 25 * labels[:, None, None, None]
    options = {"weights": "hed", "blocks": 1, "unfrozen_blocks": 0, "dense_units": 8}
    recipe = recipes_for("stills", "default", 2, **options)["VGG16"]
    recipe = replace(recipe, augment=None, copies=0)  # the page does without at first
    return pixels.astype(np.uint8), labels, recipe


def test_feature_extraction_in_03_is_the_helpers_training():
    import numpy as np

    from helpers.models.training import predict, train_network

    pixels, labels, recipe = stills_to_learn()
    rows = np.arange(2, 40)
    taught = defined_in("03_vgg16_transfer", "train_frozen")["train_frozen"]
    parts = {"train": rows, "validation": rows[:0]}
    ours, _ = train_network(pixels, labels, parts, 7, recipe, 3)
    found, expected = (
        predict(network, pixels, np.arange(42))
        for network in (taught(pixels, labels, rows, recipe, 3), ours)
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not np.allclose(found, 1 / 7, atol=0.01)


def test_the_broken_split_of_03_has_as_many_rows_and_none_twice():
    import numpy as np

    train, test = np.arange(50), np.arange(60, 81)
    trained, asked = defined_in("03_vgg16_transfer", "broken_split")["broken_split"](train, test, 0)
    assert len(trained) == len(set(trained)) == 50 and not set(trained) & set(asked)
    assert set(asked) < set(test) <= {*trained, *asked}


def test_the_loop_over_folds_of_04_is_the_helpers():
    import numpy as np

    from helpers.corpora.splits import group_folds
    from helpers.models.training import out_of_fold_scores

    pixels, labels, recipe = stills_to_learn()
    rows = np.setdiff1d(np.arange(42), [5, 11])
    films = np.arange(42)[rows] // 7
    taught = defined_in("04_video_late_fusion", "out_of_fold")["out_of_fold"]
    found = taught(pixels, labels, rows, films, recipe, 1, 2)
    folds = [(rows[a], rows[b]) for a, b in group_folds(labels[rows], films, 2, 1)]
    ours = out_of_fold_scores(pixels, labels, folds, 7, recipe, 1)
    np.testing.assert_allclose(found, ours[rows], atol=1e-5)
    assert np.isnan(ours).any(axis=1).tolist() == [row in (5, 11) for row in range(42)]


def test_the_most_doubtful_labels_of_04_are_the_least_probable():
    import numpy as np

    taught = defined_in("04_video_late_fusion", "most_doubtful")["most_doubtful"]
    values = np.array([[0.5, 0.5], [0.1, 0.9], [0.3, 0.7]])
    assert taught(values, np.array([1, 0, 0]), 2).tolist() == [1, 2]


def test_the_mean_of_04_is_the_helpers_mean():
    import numpy as np

    from helpers.fusion.frames import aggregate_clips

    rng = np.random.default_rng(0)
    scores, clips = rng.dirichlet(np.ones(7), 100), rng.integers(0, 30, 100)
    taught = defined_in("04_video_late_fusion", "mean_of_frames")["mean_of_frames"]
    found, values = taught(scores, clips)
    ours = aggregate_clips(scores, clips)
    assert found.tolist() == ours.index.tolist()
    np.testing.assert_allclose(values, ours)


@pytest.mark.parametrize("length", [2000, 60000, 137063])
def test_the_filter_and_the_spectrogram_of_05_are_the_helpers(length):
    import numpy as np

    from helpers.features import spectrograms

    samples = np.random.default_rng(0).normal(0, 0.1, 60000).astype(np.float32)
    taught = defined_in("05_audio_logmel", "log_mel_spectrogram")
    for coefficient in (0.0, 0.97):
        ours = spectrograms.log_mel_spectrogram(samples, length=length, coefficient=coefficient)
        found = taught["log_mel_spectrogram"](samples, length=length, coefficient=coefficient)
        np.testing.assert_allclose(found, ours, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("urbansound_cnn", {}),
        ("urbansound_cnn", {"doubled": True}),
    ],
)
def test_the_networks_of_05_are_the_helpers_networks(name, options):
    from helpers.models import audio

    taught = defined_in("05_audio_logmel", "urbansound_cnn")[name]
    found, expected = (
        [
            ({k: v for k, v in layer.get_config().items() if k != "name"}, layer.output.shape)
            for layer in build((40, 100, 1), 7, **options).layers
        ]
        for build in (taught, getattr(audio, name))
    )
    for layers in (found, expected):
        layers[0][0].pop("batch_shape", None)
    assert found == expected


def test_the_picture_of_06_is_the_helpers_to_a_level_of_colour():
    import numpy as np

    from helpers.features import spectrogram_images

    name = "spectrogram_to_image"
    taught = defined_in("06_audio_spectrogram_images", "spectrogram_to_image")[name]
    rng = np.random.default_rng(0)
    for frames in (5, 92, 300):
        power = (10 ** rng.uniform(-9, 1, (128, frames))).astype(np.float32)
        ours = spectrogram_images.spectrogram_to_image(power)
        assert np.abs(taught(power).astype(int) - ours).max() <= 1


def test_the_length_of_05_is_that_of_the_longest_training_clip():
    import numpy as np

    taught = defined_in("05_audio_logmel", "common_length")["common_length"]
    lengths = np.array([500, 900, 700, 1200])
    assert taught(lengths, np.array([0, 1, 2]), np.array([3])) == 900
    assert taught(lengths, np.array([0, 3]), np.array([1, 2])) == 1200


def test_the_loop_over_folds_of_05_gives_the_helpers_answers():
    import numpy as np

    from helpers.features.spectrograms import fit_normaliser
    from helpers.models import training
    from helpers.models.recipes import Recipe

    rng = np.random.default_rng(0)
    mel, labels = rng.normal(-40, 10, (18, 8, 8)).astype(np.float32), np.arange(18) % 3
    mel += 8 * labels[:, None, None]
    fold_of, rows = np.repeat([1, 2, 5], 6), np.arange(18)
    recipe = Recipe("urbansound_cnn", epochs=1, batch_size=4)
    taught = defined_in("05_audio_logmel", "answers_by_fold")
    taught["SEED"] = 3  # a parameter of the notebook
    folds = [(rows[fold_of != fold], rows[fold_of == fold]) for fold in (1, 2, 5)]
    ours = training.out_of_fold_scores(
        lambda train: fit_normaliser("global", mel, train)(mel)[..., None],
        labels, folds, 3, recipe, 3,
    )  # fmt: skip
    found = taught["answers_by_fold"](mel, labels, fold_of, recipe)
    assert found.tolist() == ours.argmax(axis=1).tolist()


def test_city_sounds_that_are_not_there_cost_05_the_check_alone(tmp_path, capsys):
    source = (SOURCES / "05_audio_logmel.py").read_text(encoding="utf-8")
    cell = next(c for c in source.split("\n# %%") if 'load_role("city_sounds"' in c)
    namespace = defined_in("05_audio_logmel", "answers_by_fold")
    namespace |= {"CORPUS": "thesis", "DATA_ROOT": str(tmp_path), "RATE": 22050}
    exec(cell.partition("\n")[2], namespace)
    assert namespace["city"] is None and namespace["experiments"] == []
    assert capsys.readouterr().out.startswith("Left out: No ")


def test_the_pattern_of_08_is_that_of_the_helpers():
    import numpy as np

    from helpers.features.lbp_top import pattern_codes

    taught = defined_in("08_then_and_now", "pattern")["pattern"]
    for patch in np.random.default_rng(0).integers(0, 5, (30, 3, 3), dtype=np.uint8):
        assert taught(patch) == pattern_codes(np.stack([patch] * 3))["XY"][0, 0, 0]
