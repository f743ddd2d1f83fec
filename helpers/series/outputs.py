"""Comparing a notebook's new outputs with the saved ones: decimals closely, all else exactly.

A cell that shows metrics of a trained network says how far they may be off by a tag such as
``tolerance-0.05`` (a fraction; 5 in numbers followed by %). In every other cell a decimal may
differ by its last digit, where rounding went the other way on another processor.
"""

import math
import re
from collections.abc import Iterable

TAG = re.compile(r"tolerance-(\d*\.?\d+)")
# Not part of a word, a version (2.21.0) or a hash; a sign belongs to it.
_DECIMAL = re.compile(
    r"(?<![\w.])[-+−]?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)(?!\w|\.\d)(?P<percent>\s*%)?"
)


def tolerance_of(tags: Iterable[str]) -> float:
    """Return the tolerance that a cell's tags give, 0 if none does."""
    found = [float(match.group(1)) for tag in tags if (match := TAG.fullmatch(tag))]
    return max(found, default=0.0)


def are_close(new: str, saved: str, tolerance: float = 0.0) -> bool:
    """Return whether two texts say the same.

    Words, integers and the number of decimals must be equal; the width of the space between them
    (which follows the numbers in a table) need not.

    Parameters
    ----------
    new, saved : str
        Two outputs of one cell.
    tolerance : float
        How far decimals may be apart, as a fraction; numbers followed by % may be 100 times that.
    """
    if _skeleton(new) != _skeleton(saved):
        return False
    pairs = zip(_DECIMAL.finditer(new), _DECIMAL.finditer(saved), strict=True)
    return all(_close(one, other, tolerance) for one, other in pairs)


def _skeleton(text: str) -> str:
    return " ".join(_DECIMAL.sub(lambda match: f"# {match['percent'] or ''}", text).split())


def _close(new: re.Match, saved: re.Match, tolerance: float) -> bool:
    (one, last), (other, other_last) = _number(new), _number(saved)
    difference = abs(one - other)
    size = max(abs(one), abs(other))
    if math.isclose(one, other, rel_tol=1e-5) or difference <= tolerance * (
        100 if saved["percent"] else 1
    ):
        return True
    # One unit of the last digit, where that is little: 0.1234 and 0.1235, not 0.001 and 0.002.
    return difference <= 1.001 * max(last, other_last) and difference <= 0.01 * size


def _number(match: re.Match) -> tuple[float, float]:
    """Return a decimal and the size of its last digit."""
    text = match.group().replace("−", "-").rstrip("% \n\t")
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    return float(text), 10.0 ** (int(exponent or 0) - digits)
