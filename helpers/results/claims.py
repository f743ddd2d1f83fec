"""What a notebook claims, written down beforehand, and whether a run bears it out.

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
        ``effect``, ``n`` and ``p_value``; ``seed``, and ``seeds``, what each came to; and
        ``parts``, each with ``name, control, test, value, control_value, effect, low, high, n,
        p_value, wanted, holds``. Accuracies are fractions; low and high are the 95 % interval of
        the effect; p is corrected for the number of tests (Holm).

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
    pairs = {name: answers[name] for name in stated if stated[name]["test"] == "better"}
    p_values = dict(zip(pairs, holm([_compare(*pair)[0] for pair in pairs.values()]), strict=True))
    parts = [_judge_part(part, answers[key], p_values.get(key)) for key, part in stated.items()]
    first, holds = parts[0], all(part["holds"] for part in parts)
    short = {key: first[key] for key in ("effect", "p_value")} | {"holds": holds}
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


def _compare(control: np.ndarray, claimed: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Return p of two systems on the same samples, and the interval of what the second gains."""
    control, claimed = np.asarray(control), np.asarray(claimed)
    if control.dtype == claimed.dtype == bool:
        return mcnemar_exact(control, claimed)["p_value"], paired_interval(control, claimed)
    found = paired_randomisation(control, claimed)
    return found["p_value"], found["interval"]


def _judge_part(part: Mapping[str, Any], answers: Answers, p_value: float | None) -> dict:
    test = part["test"]
    found = {key: part[key] for key in ("name", "control", "test")}
    found |= {"wanted": part[TESTS[test]], "p_value": p_value}
    if test == "at_least":
        value = float(answers)
        found |= {"value": value, "control_value": None, "effect": value, "low": None}
        return found | {"high": None, "n": part["samples"], "holds": value >= part["value"]}
    control, claimed = (np.asarray(right) for right in answers)
    _, (low, high) = _compare(control, claimed)
    effect = float(claimed.mean() - control.mean())
    found |= {"value": float(claimed.mean()), "control_value": float(control.mean())}
    found |= {"effect": effect, "low": low, "high": high, "n": len(claimed)}
    if test == "better":
        return found | {"holds": bool(effect > 0 and p_value < part["p_below"])}
    return found | {"holds": bool(abs(effect) <= part["distance"])}


def table(claim: Mapping[str, Any]) -> pd.DataFrame:
    """Return the parts of a judged claim for display, accuracies and effects as fractions."""
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
    return pd.DataFrame(rows).set_index("claimed")


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
        f"({100 * part['effect']:+.0f} points, {100 * part['low']:+.0f} to "
        f"{100 * part['high']:+.0f}; n = {part['n']}"
    )
    return text + ("" if part["p_value"] is None else f", p = {part['p_value']:.2g}") + ")"


def with_seeds(claim: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict:
    """Return a judged claim with what it came to with other seeds added to ``seeds``."""
    seeds = dict(claim["seeds"])
    for other in others:
        seeds |= other["seeds"]
    return {**claim, "seeds": dict(sorted(seeds.items(), key=lambda item: int(item[0])))}
