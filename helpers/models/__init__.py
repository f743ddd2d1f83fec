"""Keras builders of every network in the series, each taken from its own module on first use.

All return uncompiled Functional models; optimizer, loss and metrics are the caller's choice.
"""

from importlib import import_module

_MODULES = {
    "static_cnn": "faces",
    "vgg16_classifier": "vgg16",
    "urbansound_cnn": "audio",
    "fayek_cnn": "audio",
    "fusion_dense": "fusion",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
