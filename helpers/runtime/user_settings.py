"""A user's settings for other work, set aside: they would change results or break figures."""

import json
import os
import sys
from pathlib import Path

_SET_ASIDE = (
    "TF_USE_LEGACY_KERAS",  # Keras 2 in place of 3
    "TF_XLA_FLAGS",  # compiles by other rules; an unknown flag ends Python without a word
    "KERAS_MAX_EPOCHS",  # ends every training early and says nothing
    "KERAS_MAX_STEPS_PER_EPOCH",
)
_INLINE = "module://matplotlib_inline.backend_inline"


def set_aside() -> None:
    """Set the environment so that TensorFlow, Keras and Matplotlib start with their defaults.

    For this process and those that it starts. Call it before they are imported.

    Raises
    ------
    ImportError
        If a user's ``keras.json`` would keep Keras from being imported.
    """
    _check_keras_json()
    for name in _SET_ASIDE:
        os.environ.pop(name, None)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["MATPLOTLIBRC"] = os.devnull  # an empty file in place of the user's own
    # A kernel draws into its notebook, anything else into files. Colab has a backend of its own.
    if "google.colab" not in sys.modules:
        os.environ["MPLBACKEND"] = _INLINE if "ipykernel.kernelapp" in sys.modules else "agg"
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcdefaults()


def _check_keras_json() -> None:
    """Say what is wrong with settings at which TensorFlow's import fails without a word."""
    home = Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")
    path = Path(os.environ.get("KERAS_HOME", home / ".keras")) / "keras.json"
    try:
        settings = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return  # Keras passes over a file that is not JSON
    except OSError as error:
        settings = f"nothing that can be read ({error.strerror})"
    if isinstance(settings, dict):
        known = (
            settings.get("floatx", "float32") in ("float16", "float32", "float64")
            and isinstance(settings.get("epsilon", 1e-7), float)
            and settings.get("image_data_format", "channels_last")
            in ("channels_first", "channels_last")
        )
        if known:
            return
    raise ImportError(
        f"Keras cannot start with {path}, which holds {settings}; expected known values of floatx, "
        "epsilon and image_data_format. Move that file away, then try again."
    )


def restore_keras_defaults() -> None:
    """Undo what a user's ``keras.json`` says: number format, order of axes, epsilon.

    Raises
    ------
    RuntimeError
        If Keras was imported before :func:`set_aside`, with another backend.
    """
    import keras

    if keras.config.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras was imported before with the backend {keras.config.backend()}; expected "
            "tensorflow. Restart Python (the kernel), then run the cells from the first one on."
        )
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
