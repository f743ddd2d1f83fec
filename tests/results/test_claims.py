"""A claim is held against what was written down before: by hand-made answers."""

import copy
import json

import numpy as np
import pytest

from helpers.evaluation.statistics import mcnemar_exact, paired_interval
from helpers.results import claims
from helpers.results.claims import ClaimError

STATED = {
    "01_faces_baseline": {
        "sentence": "One is better.",
        "figure": "accuracy",
        "parts": {
            "gain": {
                "name": "ours", "control": "theirs", "test": "better",
                "p_below": 0.01, "samples": 40,
            },
            "line": {
                "name": "posed", "control": "the line", "test": "within",
                "distance": 0.05, "samples": 40,
            },
            "leak": {
                "name": "too good by", "control": "out of fold", "test": "at_least",
                "value": 0.15, "samples": 40,
            },
        },
    }
}  # fmt: skip


def right(count, n=40):
    return np.arange(n) < count


def judge(**answers):
    usual = {"gain": (right(10), right(30)), "line": (right(10), right(11)), "leak": 0.2}
    return claims.judge("01_faces_baseline", 3, usual | answers, STATED)


def test_a_claim_that_is_borne_out():
    claim = judge()
    gain, line, leak = claim["parts"]
    assert claim["holds"] and gain["holds"] and line["holds"] and leak["holds"]
    assert gain["value"] == 0.75 and gain["control_value"] == 0.25 and gain["effect"] == 0.5
    assert gain["p_value"] == pytest.approx(2 * 0.5**20)  # all 20 that differ are for it
    assert gain["low"] < 0.5 <= gain["high"] == 0.5
    assert claim["seeds"] == {
        "3": {"effect": 0.5, "p_value": gain["p_value"], "holds": True, "failed": []}
    }
    assert (claim["effect"], claim["n"], claim["control"]) == (0.5, 40, "theirs")
    assert leak["value"] == 0.2 and leak["low"] is None
    json.dumps(claim, allow_nan=False)
    assert "It holds:" in claims.sentence(claim) and "+50 points" in claims.sentence(claim)
    assert list(claims.table(claim)["holds"]) == ["yes"] * 3


@pytest.mark.parametrize(
    "answers",
    [
        {"gain": (right(30), right(10))},  # as clear, and the wrong way round
        {"gain": (right(10), right(16))},  # p = .03
        {"gain": (right(10), right(10))},
        {"line": (right(10), right(13))},  # 7.5 points
        {"line": (right(13), right(10))},
        {"leak": 0.149},
    ],
)
def test_one_part_that_does_not_hold_is_enough(answers):
    claim = judge(**answers)
    assert not claim["holds"] and sum(not part["holds"] for part in claim["parts"]) == 1
    assert "does not hold" in claims.sentence(claim)
    assert len(claim["seeds"]["3"]["failed"]) == 1


def test_a_part_that_is_open_is_judged_and_fails_nothing():
    stated = copy.deepcopy(STATED)
    stated["01_faces_baseline"]["parts"]["leak"]["open"] = "too few clips"
    answers = {"gain": (right(10), right(30)), "line": (right(10), right(11)), "leak": 0.1}
    claim = claims.judge("01_faces_baseline", 0, answers, stated)
    assert not claim["holds"] and claim["seeds"]["0"]["failed"] == []
    assert claim["parts"][2]["open"] == "too few clips"


def test_several_tests_are_corrected():
    stated = {"01_faces_baseline": {**STATED["01_faces_baseline"]}}
    gain = STATED["01_faces_baseline"]["parts"]["gain"]
    stated["01_faces_baseline"]["parts"] = {"one": gain, "two": gain}
    pair = right(10), right(18)  # p = 2 / 2**8 = .0078
    claim = claims.judge("01_faces_baseline", 0, {"one": pair, "two": pair}, stated)
    assert claim["p_value"] == pytest.approx(4 / 2**8) and not claim["holds"]


def test_answers_have_to_be_those_that_were_stated():
    with pytest.raises(ClaimError, match="answers of .*'gain'.*stated are"):
        claims.judge("01_faces_baseline", 0, {"gain": (right(1), right(2))}, STATED)
    with pytest.raises(ClaimError, match="Nothing is claimed by '09_x'"):
        claims.judge("09_x", 0, {}, STATED)


def test_what_is_stated_is_whole(tmp_path):
    assert all(name[:2].isdigit() for name in claims.load_claims())
    path = tmp_path / "claims.toml"
    path.write_text('[01_a]\nsentence = "s"\nfigure = "f"\n[01_a.parts.x]\ntest = "bigger"\n')
    with pytest.raises(ClaimError, match="01_a, x: test 'bigger'; expected one of"):
        claims.load_claims(path)
    path.write_text('[01_a]\nsentence = "s"\nfigure = "f"\n[01_a.parts.x]\ntest = "better"\n')
    with pytest.raises(ClaimError, match="lacks name, control, samples, p_below"):
        claims.load_claims(path)
    path.write_text('[01_a]\nsentence = "s"\n')
    with pytest.raises(ClaimError, match="lacks figure, parts"):
        claims.load_claims(path)


def test_seeds_are_put_together_in_order():
    claim = claims.with_seeds(judge(), [{"seeds": {"10": {"holds": False}, "0": {"holds": True}}}])
    assert list(claim["seeds"]) == ["0", "3", "10"] and not claim["seeds"]["10"]["holds"]
    assert "It holds with 2 of 3 seeds; with 3: ours 75%" in claims.sentence(claim)


def test_every_seed_with_which_a_part_failed_is_named():
    seeds = {str(seed): {"failed": ["ours"] * (seed == 4)} for seed in range(1, 6)}
    assert claims.failed_seeds({"seed": 3, "seeds": seeds}) == ["4"]
    assert claims.failed_seeds(judge()) == []


@pytest.mark.parametrize("gained", range(12))
def test_the_interval_leaves_out_zero_where_the_test_is_below_five_percent(gained):
    first, second = (
        np.arange(40) < 11 - gained,
        (np.arange(40) >= 11 - gained) & (np.arange(40) < 11),
    )
    low, high = paired_interval(first, second)
    p_value = mcnemar_exact(first, second)["p_value"]
    assert low <= (2 * gained - 11) / 40 <= high
    assert (low > 0 or high < 0) == (p_value < 0.05)


def test_no_sample_that_differs_is_no_difference():
    assert paired_interval(right(10), right(10)) == (0.0, 0.0)
