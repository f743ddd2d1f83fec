"""Comparing a notebook's new outputs with the saved ones: decimals closely, all else exactly.

What a trained network gives differs between processors, so cells that show it are not compared
(``nbval-ignore-output``). In every other cell a decimal may differ by its last digit, where
rounding went the other way.
"""

import math
import re

# Not part of a word, a version (2.21.0) or a hash; a sign belongs to it.
_DECIMAL = re.compile(
    r"(?<![\w.])[-+−]?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)(?!\w|\.\d)(?P<percent>\s*%)?"
)


def are_close(new: str, saved: str) -> bool:
    """Return whether two outputs of a cell say the same.

    Words, integers and the number of decimals must be equal; the width of the space between them
    (which follows the numbers in a table) need not.
    """
    if _skeleton(new) != _skeleton(saved):
        return False
    pairs = zip(_DECIMAL.finditer(new), _DECIMAL.finditer(saved), strict=True)
    return all(_close(one, other) for one, other in pairs)


def _skeleton(text: str) -> str:
    return " ".join(_DECIMAL.sub(lambda match: f"# {match['percent'] or ''}", text).split())


def _close(new: re.Match, saved: re.Match) -> bool:
    (one, last), (other, other_last) = _number(new), _number(saved)
    difference = abs(one - other)
    size = max(abs(one), abs(other))
    if math.isclose(one, other, rel_tol=1e-5):
        return True
    # One unit of the last digit, where that is little: 0.1234 and 0.1235, not 0.001 and 0.002.
    return difference <= 1.001 * max(last, other_last) and difference <= 0.01 * size


def _number(match: re.Match) -> tuple[float, float]:
    """Return a decimal and the size of its last digit."""
    text = match.group().replace("−", "-").rstrip("% \n\t")
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    return float(text), 10.0 ** (int(exponent or 0) - digits)
