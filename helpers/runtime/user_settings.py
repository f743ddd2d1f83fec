"""A user's settings for other work, set aside: they would change results or break figures."""

import os
import sys

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
    """
    for name in _SET_ASIDE:
        os.environ.pop(name, None)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["MATPLOTLIBRC"] = os.devnull  # an empty file in place of the user's own
    # A kernel draws into its notebook, anything else into files. Colab has a backend of its own.
    if "google.colab" not in sys.modules:
        os.environ["MPLBACKEND"] = _INLINE if "ipykernel.kernelapp" in sys.modules else "agg"
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcdefaults()


def restore_keras_defaults() -> None:
    """Undo what a user's ``keras.json`` says: number format, order of axes, epsilon.

    Raises
    ------
    ImportError
        If ``keras.json`` keeps Keras from being imported.
    RuntimeError
        If Keras was imported before :func:`set_aside`, with another backend.
    """
    try:
        import keras
    except (ValueError, AttributeError, OSError) as error:
        raise ImportError(
            "Keras cannot be imported, probably because of its settings in keras.json: "
            f"{error} Move that file away (it is in ~/.keras, or in KERAS_HOME), then try again."
        ) from error
    if keras.config.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras was imported before with the backend {keras.config.backend()}; expected "
            "tensorflow. Restart Python (the kernel), then run the cells from the first one on."
        )
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
