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
    from helpers.models.faces import static_cnn

    def layer_settings(model):
        settings = [layer.get_config() for layer in model.layers]
        return [{k: v for k, v in layer.items() if k != "name"} for layer in settings]

    taught = defined_in("01_faces_baseline", "static_cnn")["static_cnn"](shape, classes)
    ours = static_cnn(shape, classes)
    assert layer_settings(taught) == layer_settings(ours)
    assert taught.count_params() == ours.count_params()


def test_the_network_of_07_is_the_helpers_network():
    from helpers.models.fusion import fusion_dense

    taught, ours = defined_in("07_fusion", "fusion_dense")["fusion_dense"](), fusion_dense()
    settings = [
        [{k: v for k, v in layer.get_config().items() if k != "name"} for layer in model.layers]
        for model in (taught, ours)
    ]
    assert settings[0] == settings[1]
    assert taught.count_params() == ours.count_params() == 623


@pytest.mark.parametrize("blocks", [0, 2])
def test_the_network_of_03_is_the_helpers_network(blocks):
    from helpers.models.vgg16 import vgg16_classifier

    taught = defined_in("03_vgg16_transfer", "vgg16_classifier")["vgg16_classifier"]
    ours = vgg16_classifier((64, 64, 3), 7, weights="none", unfrozen_blocks=blocks)
    found, expected = (
        [(layer.name, layer.output.shape, len(layer.trainable_weights)) for layer in model.layers]
        for model in (taught((64, 64, 3), 7, blocks), ours)
    )
    assert found == expected


def test_the_mean_of_04_is_the_helpers_mean():
    import numpy as np

    from helpers.video import aggregate_clips

    rng = np.random.default_rng(0)
    scores, clips = rng.dirichlet(np.ones(7), 100), rng.integers(0, 30, 100)
    taught = defined_in("04_video_late_fusion", "mean_of_frames")["mean_of_frames"]
    found, values = taught(scores, clips)
    ours = aggregate_clips(scores, clips)
    assert found.tolist() == ours.index.tolist()
    np.testing.assert_allclose(values, ours)
