"""Several GPUs share every batch; two halves of a CPU stand in for them here."""

import subprocess
import sys

from helpers.paths import repository_root

SCRIPT = """
import numpy as np
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
from helpers import runtime
runtime.share_batches(["CPU:0", "CPU:1"])
from helpers.models import training
from helpers.models.grad_cam import grad_cam
from helpers.models.recipes import Recipe

pixels = np.random.default_rng(0).integers(0, 60, (24, 32, 32, 3), dtype=np.uint8)
labels = np.arange(24) % 2
pixels[labels == 1, :16] += 190
parts = {"train": np.arange(16), "validation": np.arange(16, 24)}
recipe = Recipe(
    "vgg16_classifier", weights="none", blocks=1, unfrozen_blocks=1, dense_units=4, batch_size=4,
    epochs=6
)
network, history = training.train_network(pixels, labels, parts, 2, recipe, 0)
probabilities = training.predict(network, pixels, parts["validation"])
copies = network.get_layer("dense").kernel.value.values
equal = np.array_equal(copies[0].numpy(), copies[1].numpy())
heat = grad_cam(network, pixels[:2] / 255, labels[:2], layer="block1_conv2")
training.discard(network)
print("replicas", tf.distribute.get_strategy().num_replicas_in_sync, len(copies))
print("equal", equal, heat.shape)
print("right", (probabilities.argmax(axis=1) == labels[16:]).sum(), len(history))
"""


def test_batches_are_shared_and_the_copies_stay_equal():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=repository_root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["replicas 2 2", "equal True (2, 32, 32)", "right 8 6"]
