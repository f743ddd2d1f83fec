"""Reading arrays from a pickle without executing it.

A pickle is a program: it can name any function and call it, which is why an unknown one must not be
loaded. Here the program is followed instruction by instruction; only those exist that dictionaries,
strings and plain arrays of floats need, and where it names numpy's functions it gets stand-ins that
write down what an array would be made of. numpy is called afterwards, with checked values.
"""

import math
import pickletools
from collections.abc import Iterator

import numpy as np

MAXIMUM_BYTES = 1 << 20
"""Larger pickles are refused unread."""

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_VALUES = ("BINUNICODE", "SHORT_BINBYTES", "BINBYTES", "BININT", "BININT1", "BININT2")
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class UnsafePickle(ValueError):
    """A pickle that holds something else than strings and plain arrays of floats."""


class _Type:
    """Stands in for ``numpy.dtype``."""

    def __init__(self, code: str, align: bool, copy: bool):
        if code not in ("f4", "f8"):
            raise UnsafePickle("an array of something else than floats")
        self.code = code

    def complete(self, version: int, order: str, *fields: object) -> None:
        if order not in ("<", ">") or fields[:3] != (None, None, None):
            raise UnsafePickle("an array of records")
        self.code = order + self.code


class _Array:
    """Stands in for ``numpy.core.multiarray._reconstruct`` and for the array that it returns."""

    def __init__(self, kind: object, shape: tuple, code: bytes):
        self.values: np.ndarray | None = None

    def complete(
        self, version: int, shape: tuple, kind: _Type, column_major: bool, content: bytes
    ) -> None:
        plain = type(kind) is _Type and type(content) is bytes and type(shape) is tuple
        if not plain or column_major or any(type(length) is not int for length in shape):
            raise UnsafePickle("an array that is not plain")
        numbers = np.frombuffer(content, kind.code)
        if min(shape, default=0) < 0 or math.prod(shape) != numbers.size:
            raise UnsafePickle(f"{numbers.size} numbers for an array of another shape")
        self.values = numbers.reshape(shape).astype(float)


_STAND_INS = {
    "numpy.core.multiarray _reconstruct": _Array,
    "numpy._core.multiarray _reconstruct": _Array,
    "numpy dtype": _Type,
    "numpy ndarray": None,  # only ever named as an argument
}


def load_arrays(content: bytes) -> dict[str, np.ndarray | str]:
    """Return a pickled dictionary of strings to strings or arrays of floats; nothing is executed.

    Parameters
    ----------
    content : bytes
        A pickle of protocol 2 or 3, at most ``MAXIMUM_BYTES`` long. Arrays are of float32 or
        float64 there, and of float64 in what is returned.

    Raises
    ------
    UnsafePickle
        If it is anything else, broken or hostile; the message says what was met.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UnsafePickle(f"refused: {len(content):,} bytes, more than {MAXIMUM_BYTES:,}")
    try:
        return _follow(pickletools.genops(content))
    except UnsafePickle as error:
        raise UnsafePickle(
            f"refused: the pickle holds {error}; expected a dictionary of strings to strings or "
            "to arrays of floats"
        ) from None
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise UnsafePickle(f"refused: the pickle is broken ({type(error).__name__})") from None


def _follow(program: Iterator[tuple]) -> dict[str, np.ndarray | str]:
    stack: list = []
    marks: list[int] = []
    memory: dict[int, object] = {}

    def pop(count: int) -> list:
        if count > len(stack):
            raise IndexError("the stack is empty")
        taken = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        return taken

    for instruction, argument, _ in program:
        match instruction.name:
            case "PROTO":
                pass
            case name if name in _CONSTANTS:
                stack.append(_CONSTANTS[name])
            case name if name in _VALUES:
                stack.append(argument)
            case name if name in _TUPLES:
                stack.append(tuple(pop(_TUPLES[name])))
            case "TUPLE":
                stack.append(tuple(pop(len(stack) - marks.pop())))
            case "MARK":
                marks.append(len(stack))
            case "BINPUT" | "LONG_BINPUT":
                memory[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memory[argument])
            case "GLOBAL":
                if argument not in _STAND_INS:
                    raise UnsafePickle(f"a call of {argument.replace(' ', '.')[:80]}")
                stack.append(_STAND_INS[argument])
            case "REDUCE":
                function, arguments = pop(2)
                if function is not _Array and function is not _Type:
                    raise UnsafePickle("a call of something else than an array")
                stack.append(function(*arguments))
            case "BUILD":
                started, state = pop(2)
                if type(started) is not _Array and type(started) is not _Type:
                    raise UnsafePickle("a state for something else than an array")
                started.complete(*state)
                stack.append(started)
            case "EMPTY_DICT":
                stack.append({})
            case "SETITEM":
                _set_items(stack, pop(2))
            case "SETITEMS":
                _set_items(stack, pop(len(stack) - marks.pop()))
            case "STOP":
                (result,) = stack
                if type(result) is not dict:
                    raise UnsafePickle("no dictionary")
                return result
            case name:
                raise UnsafePickle(f"the instruction {name}")
    raise ValueError("no end")


def _set_items(stack: list, items: list) -> None:
    target = stack[-1]
    if type(target) is not dict:
        raise UnsafePickle("items for something else than a dictionary")
    for key, value in zip(items[::2], items[1::2], strict=True):
        if type(value) is _Array and value.values is not None:
            value = value.values
        if type(key) is not str or not isinstance(value, (str, np.ndarray)):
            raise UnsafePickle(f"{type(value).__name__} under a key of {type(key).__name__}")
        target[key] = value
