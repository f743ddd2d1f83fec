"""The parameters of a notebook, checked in its set-up cell."""

from collections.abc import Mapping

VALUES = {
    "CORPUS": ("demo", "open", "thesis"),
    "SETTINGS": ("default", "published"),
    "EMBEDDINGS": ("bundled", "downloaded", "none"),
}
"""Parameters that are one of a few words."""

_KINDS = {"str": str, "int": int, "float": float, "bool": bool}


def check_parameters(namespace: Mapping[str, object]) -> None:
    """Refuse parameters that are not of the type that the notebook's parameters cell says.

    An ``int`` may stand for a ``float``, a ``bool`` for nothing else. Whole numbers (epochs, folds,
    a seed) are not negative.

    ``namespace`` is the notebook's ``globals()`` after the parameters cell.

    Raises
    ------
    ValueError
        Of each parameter that is wrong it says the value, the type and what is expected.

    Examples
    --------
    >>> check_parameters({"__annotations__": {"EPOCHS": int}, "EPOCHS": 3})
    """
    problems = []
    for name, annotation in namespace.get("__annotations__", {}).items():
        kind = _KINDS.get(getattr(annotation, "__name__", annotation))
        if kind and name.isupper() and name in namespace:
            wanted = expected(name, kind, namespace[name])
            if wanted:
                value = namespace[name]
                problems.append(f"{name} is {value!r} ({type(value).__name__}), expected {wanted}.")
    if problems:
        hint = "With papermill, -p NAME VALUE passes a number as a number; -r passes it as text."
        raise ValueError("\n".join([*problems, hint]))


def expected(name: str, kind: type, value: object) -> str:
    """Return what is expected in a value's place, "" if it is right."""
    fits = (int, float) if kind is float else kind
    if not isinstance(value, fits) or (isinstance(value, bool) and kind is not bool):
        return kind.__name__
    if name in VALUES and value not in VALUES[name]:
        wanted = "one of " + ", ".join(map(repr, VALUES[name]))
        renamed = (name, value) == ("SETTINGS", "thesis")
        return wanted + '; as published is now SETTINGS = "published"' * renamed
    return "0 or more" if kind is int and value < 0 else ""
