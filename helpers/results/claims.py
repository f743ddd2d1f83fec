"""What a notebook claims, stated in one place, and whether a run bears it out.

``notebooks/src/claims.toml`` states for each notebook a sentence and its parts: what is compared
with which control, by which test, and what would count. :func:`judge` holds a run's answers
against it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.evaluation.comparison import readable
from helpers.evaluation.statistics import (
    holm,
    mcnemar_exact,
    paired_interval,
    paired_randomisation,
)
from helpers.paths import repository_root

TESTS = {"better": "p_below", "within": "distance", "at_least": "value"}
"""How a part is tested, and the key of claims.toml that says what would count."""

Answers = tuple[np.ndarray, np.ndarray] | float


class ClaimError(ValueError):
    """A claim that is not stated as it should be, or answers that do not fit it."""


def load_claims(path: str | Path | None = None) -> dict[str, dict]:
    """Return what is claimed by notebook: ``sentence``, ``figure`` and ``parts`` by name.

    Raises
    ------
    ClaimError
        If a claim lacks something, or a part has an unknown test.
    """
    path = Path(path or repository_root() / "notebooks" / "src" / "claims.toml")
    claims = tomllib.loads(path.read_text(encoding="utf-8"))
    for notebook, claim in claims.items():
        missing = [key for key in ("sentence", "figure", "parts") if not claim.get(key)]
        if missing:
            raise ClaimError(f"{path}, {notebook}: lacks {', '.join(missing)}.")
        for name, part in claim["parts"].items():
            bound = TESTS.get(part.get("test"))
            if bound is None:
                raise ClaimError(
                    f"{path}, {notebook}, {name}: test {part.get('test')!r}; "
                    f"expected one of {list(TESTS)}."
                )
            missing = [key for key in ("name", "control", "samples", bound) if key not in part]
            if missing:
                raise ClaimError(f"{path}, {notebook}, {name}: lacks {', '.join(missing)}.")
    return claims


def judge(
    notebook: str,
    seed: int,
    answers: Mapping[str, Answers],
    claims: Mapping[str, dict] | None = None,
) -> dict:
    """Return what a run says about its notebook's claim, for ``save_run(..., claim=...)``.

    Parameters
    ----------
    notebook : str
        ``NN_topic``.
    seed : int
    answers : mapping of part to answers
        For the tests ``better`` and ``within`` two arrays of n booleans, whether the control and
        whether the claimed system is right on each sample; for ``at_least`` a number. Fractions
        in the place of booleans, such as how many of a clip's frames are right, are compared by
        ``evaluation.statistics.paired_randomisation``.
    claims : mapping, optional
        What :func:`load_claims` returned; read if it is left out.

    Returns
    -------
    dict
        ``sentence``, ``figure``, ``holds`` (all parts do); of the first part ``control``,
        ``effect``, ``n`` and ``p_value``; ``seed``, and ``seeds``, what each came to
        (``failed``: the parts that do not hold, but for those stated as open); and ``parts``,
        each with ``name, control, test, value, control_value, effect, low, high, n, p_value,
        wanted, open, holds``. Accuracies are fractions; low and high are the 95 % interval of the
        effect; p is corrected for the number of tests (Holm). What a lone number (``at_least``)
        does not have is None.

    Raises
    ------
    ClaimError
        If the answers are not of exactly the parts that were stated.
    """
    claims = claims or load_claims()
    if notebook not in claims:
        raise ClaimError(f"Nothing is claimed by {notebook!r}; stated are {list(claims)}.")
    stated = claims[notebook]["parts"]
    if set(answers) != set(stated):
        raise ClaimError(f"{notebook}: answers of {sorted(answers)}; stated are {sorted(stated)}.")
    found = {
        key: _measure(answers[key]) if part["test"] == "at_least" else _compare(*answers[key])
        for key, part in stated.items()
    }
    tested = [key for key, part in stated.items() if part["test"] == "better"]
    corrected = dict(zip(tested, holm([found[key]["p_value"] for key in tested]), strict=True))
    parts = [
        _judge_part(part, found[key] | {"p_value": corrected.get(key)})
        for key, part in stated.items()
    ]
    first, holds = parts[0], all(part["holds"] for part in parts)
    short = {key: first[key] for key in ("effect", "p_value")} | {"holds": holds}
    short["failed"] = [part["name"] for part in parts if not (part["holds"] or part["open"])]
    return {
        "sentence": claims[notebook]["sentence"],
        "figure": claims[notebook]["figure"],
        "control": first["control"],
        "effect": first["effect"],
        "n": first["n"],
        "p_value": first["p_value"],
        "holds": holds,
        "seed": seed,
        "seeds": {str(seed): short},
        "parts": parts,
    }


def _compare(control: np.ndarray, claimed: np.ndarray) -> dict:
    """Return what two systems, right or wrong on the same samples, come to."""
    control, claimed = np.asarray(control), np.asarray(claimed)
    if control.dtype == claimed.dtype == bool:
        p_value = mcnemar_exact(control, claimed)["p_value"]
        low, high = paired_interval(control, claimed)
    else:
        found = paired_randomisation(control, claimed)
        p_value, (low, high) = found["p_value"], found["interval"]
    value, control_value = float(claimed.mean()), float(control.mean())
    return {
        "value": value, "control_value": control_value, "effect": value - control_value,
        "low": low, "high": high, "n": len(claimed), "p_value": p_value,
    }  # fmt: skip


def _measure(value: float) -> dict:
    """Return the same of a number that stands alone: its interval and samples are not known."""
    unknown = dict.fromkeys(("control_value", "low", "high", "n", "p_value"))
    return unknown | {"value": float(value), "effect": float(value)}


def _judge_part(part: Mapping[str, Any], found: Mapping[str, Any]) -> dict:
    bound, effect = part[TESTS[part["test"]]], found["effect"]
    holds = {
        "better": lambda: effect > 0 and found["p_value"] < bound,
        "within": lambda: abs(effect) <= bound,
        "at_least": lambda: effect >= bound,
    }[part["test"]]()
    stated = {key: part[key] for key in ("name", "control", "test")}
    stated |= {"wanted": bound, "open": part.get("open", "")}
    return {**stated, **found, "holds": bool(holds)}


def table(claim: Mapping[str, Any]) -> pd.DataFrame:
    """Return the parts of a judged claim for display: fractions to three decimals, p as text."""
    rows = [
        {
            "claimed": part["name"],
            "control": part["control"],
            "n": part["n"],
            "accuracy": part["value"],
            "control's": part["control_value"],
            "effect": part["effect"],
            "low": part["low"],
            "high": part["high"],
            "p_holm": part["p_value"],
            "wanted": wanted(part),
            "holds": "yes" if part["holds"] else "no",
        }
        for part in claim["parts"]
    ]
    return readable(pd.DataFrame(rows).set_index("claimed"))


def wanted(part: Mapping[str, Any]) -> str:
    """Return in words what would count for a judged part."""
    bound = part["wanted"]
    if part["test"] == "better":
        return f"better, p < {bound:g}"
    if part["test"] == "within":
        return f"at most {100 * bound:.0f} points apart"
    return f"at least {100 * bound:.0f} %"


def sentence(claim: Mapping[str, Any]) -> str:
    """Return the claim, whether it holds, with how many seeds, and the numbers of each part."""
    verdict = "It holds" if claim["holds"] else "It does not hold"
    holding = sum(found["holds"] for found in claim["seeds"].values())
    if len(claim["seeds"]) > 1:
        verdict = f"It holds with {holding} of {len(claim['seeds'])} seeds; with {claim['seed']}"
    parts = "; ".join(_words(part) for part in claim["parts"])
    return f"{claim['sentence']} {verdict}: {parts}."


def _words(part: Mapping[str, Any]) -> str:
    if part["test"] == "at_least":
        return f"{part['name']}: {part['value']:.0%} ({wanted(part)} was wanted)"
    text = (
        f"{part['name']} {part['value']:.0%}, {part['control']} {part['control_value']:.0%} "
        f"({_points(part['effect'])} points, {_points(part['low'])} to {_points(part['high'])}; "
        f"n = {part['n']}"
    )
    return text + ("" if part["p_value"] is None else f", p = {part['p_value']:.2g}") + ")"


def _points(fraction: float) -> str:
    return f"{round(100 * fraction):+d}"  # a whole number has no -0


def failed_seeds(claim: Mapping[str, Any]) -> list[str]:
    """Return the seeds with which a part of a judged claim failed that is not stated as open."""
    return [seed for seed, found in claim["seeds"].items() if found["failed"]]


def with_seeds(claim: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict:
    """Return a judged claim with what it came to with other seeds added to ``seeds``."""
    seeds = dict(claim["seeds"])
    for other in others:
        seeds |= other["seeds"]
    return {**claim, "seeds": dict(sorted(seeds.items(), key=lambda item: int(item[0])))}
