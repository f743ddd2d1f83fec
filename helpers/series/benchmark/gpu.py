"""What a GPU makes of the networks: ``python -m helpers.series benchmark gpu``, 8 minutes at most.

On synthetic pictures and sounds: steps a second with data that lie on the device, and how much of
that is left from the whole input pipeline; single against mixed precision, with and without XLA
(``jit_compile``); larger batches; peak memory; accuracy after the same epochs. Without a GPU the
same is done in small and without XLA, which shows that it runs and says nothing about a GPU.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from helpers.emotions import EMOTIONS
from helpers.runtime import describe, import_tensorflow, set_seeds
from helpers.runtime.mixed_precision import dtype_policy
from helpers.series.console import Status, write_table

LIMIT = 8 * 60
"""Seconds; what has not begun by then is left out."""

FROM_PIPELINE = 0.95
"""Of the steps with data on the device, wanted of the whole pipeline."""

_CLASSES = len(EMOTIONS)
_HEADER = ["network", "precision", "XLA", "batch", "steps/s", "samples/s", "to single"]
_HEADER += ["from pipeline", "peak MB", "accuracy"]


@dataclass(frozen=True)
class Scale:
    """How large everything is: shapes by network, batches, samples to train on, epochs, seconds.

    ``compiled`` is whether with XLA, without, or both.
    """

    shapes: dict[str, tuple[int, int, int]]
    batches: tuple[int, ...]
    samples: int
    epochs: int
    seconds: float
    compiled: tuple[bool, ...] = (False, True)


_LOG_MEL = (40, 542, 1)  # the thesis's: bands, frames of 5.4 s
FULL = Scale(
    {
        "static_cnn": (64, 64, 1),
        "vgg16_classifier": (128, 128, 3),
        "urbansound_cnn": _LOG_MEL,
        "fayek_cnn": _LOG_MEL,
    },
    batches=(16, 64, 256),
    samples=2048,
    epochs=4,
    seconds=1.5,
)
SMALL = Scale(
    {
        "static_cnn": (32, 32, 1),
        "vgg16_classifier": (32, 32, 3),
        "urbansound_cnn": (40, 64, 1),
        "fayek_cnn": (40, 64, 1),
    },
    batches=(4, 8),
    samples=32,
    epochs=1,
    seconds=0.05,
    compiled=(False,),  # XLA takes minutes for a processor
)


@dataclass(frozen=True)
class Found:
    """What a network came to in one way of computing; None is what was not measured."""

    network: str
    mixed: bool
    compiled: bool
    batch: int
    steps: float
    from_pipeline: float | None
    accuracy: float | None
    peak: float | None


def report(console: Console, scale: Scale | None = None, limit: float = LIMIT) -> int:
    """Measure, write a table, and return 1 if a GPU had to wait for its data, else 0."""
    tensorflow = import_tensorflow()
    has_gpu = bool(tensorflow.config.list_physical_devices("GPU"))
    scale = scale or (FULL if has_gpu else SMALL)
    console.print(describe())
    if not has_gpu:
        console.print("No GPU: in small, on the processor. The numbers say nothing about a GPU.")
    found, left_out, began = [], 0, time.monotonic()
    with TemporaryDirectory(prefix="benchmark-") as folder, Status(console) as status:
        for network, mixed, compiled, batch in _plan(scale):
            if time.monotonic() - began > limit:
                left_out += 1
                continue
            precision = "mixed" if mixed else "single"
            status.show([f"measuring: {network}, {precision} precision, batches of {batch} …"])
            found.append(measure(network, scale, Path(folder), mixed, compiled, batch))
    write_table(console, _HEADER, [_line(one, found) for one in found])
    if left_out:
        console.print(f"{left_out} measurements are left out: {limit:.0f} seconds were over.")
    waited = [one for one in found if (one.from_pipeline or 1) < FROM_PIPELINE]
    return int(has_gpu and bool(waited))


def measure(
    network: str, scale: Scale, folder: Path, mixed: bool, compiled: bool, batch: int
) -> Found:
    """Measure one network in one way; the pipeline and accuracy with the smallest batches alone."""
    tensorflow = import_tensorflow()
    from helpers.features.pictures import make_dataset
    from helpers.models.fused_adam import adam
    from helpers.models.recipes import Recipe
    from helpers.models.training import build_network, discard

    shape = scale.shapes[network]
    features, labels, test, test_labels = _samples(shape, max(scale.samples, batch), folder)
    gpus = tensorflow.config.list_physical_devices("GPU")
    if gpus:
        tensorflow.config.experimental.reset_memory_stats("GPU:0")
    set_seeds(0)
    with dtype_policy("mixed_float16" if mixed else "float32"):
        options = {"weights": "none", "unfrozen_blocks": 2, "blocks": 3}
        model = build_network(
            shape, _CLASSES, Recipe(network, **options if network.startswith("vgg16") else {})
        )
        model.compile(
            adam(1e-3),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=compiled,
        )
        rows = np.arange(len(labels))
        batches = make_dataset(features, labels, rows, batch_size=batch, shuffle=True)
        model.fit(batches.take(1), shuffle=False, verbose=0)  # builds and compiles
        pipeline = accuracy = None
        if batch == scale.batches[0]:
            model.fit(batches, shuffle=False, verbose=0)
            started = time.perf_counter()
            model.fit(batches, epochs=scale.epochs, shuffle=False, verbose=0)
            pipeline = scale.epochs * len(batches) / (time.perf_counter() - started)
            asked = make_dataset(test, test_labels, rows[: len(test)], batch_size=batch)
            accuracy = model.evaluate(asked, verbose=0, return_dict=True)["accuracy"]
        steps = _resident_steps(model, next(iter(batches)), scale.seconds)
        discard(model)
    peak = None
    if gpus:
        peak = tensorflow.config.experimental.get_memory_info("GPU:0")["peak"] / 1e6
    part = pipeline / steps if pipeline else None
    return Found(network, mixed, compiled, batch, steps, part, accuracy, peak)


def _plan(scale: Scale) -> Iterator[tuple[str, bool, bool, int]]:
    """Yield (network, mixed, compiled, batch), what matters most first."""
    first, *others = scale.batches
    for compiled in scale.compiled:
        for network in scale.shapes:
            for mixed in (False, True):
                yield network, mixed, compiled, first
    for batch in others:
        for network in scale.shapes:
            for mixed in (False, True):
                yield network, mixed, False, batch


def _resident_steps(model, batch: tuple, seconds: float) -> float:
    """Return training steps a second on one batch that stays on the device."""
    tensorflow = import_tensorflow()
    resident = tuple(tensorflow.identity(part) for part in batch)

    @tensorflow.function(jit_compile=model.jit_compile)
    def step():
        return model.train_step(resident)["loss"]

    float(step())  # traces, and waits for the device
    count, taken = 1, 0.0
    while taken < seconds:
        count *= 2
        started = time.perf_counter()
        for _ in range(count):
            loss = step()
        float(loss)
        taken = time.perf_counter() - started
    return count / taken


def _samples(shape: tuple, count: int, folder: Path) -> tuple[np.ndarray, ...]:
    """Return samples to train on, mapped from disk, their labels, and as many to be asked about.

    Each class is a pattern of its own under noise; pictures are uint8, sounds float32.
    """
    rng = np.random.default_rng(0)
    patterns = rng.normal(0, 1, (_CLASSES, *shape))
    parts = []
    for part in ("train", "test"):
        labels = rng.permutation(np.arange(count) % _CLASSES)
        path = folder / f"{part}-{'x'.join(map(str, shape))}-{count}.npy"
        if not path.exists():
            values = 0.1 * patterns[labels] + rng.normal(0, 1, (count, *shape))
            if shape[0] == shape[1]:
                values = (128 + 40 * values).clip(0, 255).astype(np.uint8)
            np.save(path, values.astype(np.float32) if values.dtype == float else values)
            np.save(path.with_suffix(".labels.npy"), labels)
        parts += [np.load(path, mmap_mode="r"), np.load(path.with_suffix(".labels.npy"))]
    return tuple(parts)


def _line(one: Found, found: list[Found]) -> list[str]:
    single = next(
        (
            other
            for other in found
            if (other.network, other.batch) == (one.network, one.batch)
            and not (other.mixed or other.compiled)
        ),
        one,
    )
    return [
        one.network,
        "mixed" if one.mixed else "single",
        "yes" if one.compiled else "no",
        str(one.batch),
        f"{one.steps:.1f}",
        f"{one.steps * one.batch:.0f}",
        f"{one.steps / single.steps:.2f}",
        "" if one.from_pipeline is None else f"{one.from_pipeline:.0%}",
        "" if one.peak is None else f"{one.peak:.0f}",
        "" if one.accuracy is None else f"{one.accuracy:.0%}",
    ]
