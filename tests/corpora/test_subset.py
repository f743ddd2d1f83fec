"""A part of a corpus is like the whole: splits, emotions, people."""

import numpy as np
import pandas as pd
import pytest

from helpers.corpora.subset import subset


@pytest.fixture
def manifest():
    """Of 24 people, the first with as many samples as five others; Sad is rare; one is broken."""
    generator = np.random.default_rng(0)
    people = generator.choice(24, 1200, p=[5 / 28] + [1 / 28] * 23)
    emotions = generator.choice(["Angry", "Happy", "Sad"], 1200, p=[0.5, 0.4, 0.1])
    rows = pd.DataFrame(
        {
            "sample_id": [f"{number:04}" for number in range(1200)],
            "emotion": emotions,
            "split": np.where(people < 18, "train", "val"),
            "group": people.astype(str),
            "problem": "",
        }
    )
    rows.loc[7, "problem"] = "cannot be read"
    return rows


def test_splits_emotions_and_people_are_in_proportion(manifest):
    part, usable = subset(manifest, 300, 1), manifest[manifest["problem"] == ""]
    assert len(part) == 300 and not part.duplicated("sample_id").any()
    for columns, most in ((["split", "emotion"], 1), (["split", "emotion", "group"], 1)):
        wanted = usable.groupby(columns).size() * 300 / len(usable)
        found = part.groupby(columns).size().reindex(wanted.index, fill_value=0)
        assert (found - wanted).abs().max() < most, columns
    assert part["sample_id"].is_monotonic_increasing and list(part.index) == list(range(300))


def test_it_is_seeded_and_all_is_all(manifest):
    assert subset(manifest, 100, 1).equals(subset(manifest, 100, 1))
    assert not subset(manifest, 100, 1).equals(subset(manifest, 100, 2))
    assert subset(manifest, 0).equals(manifest) and subset(manifest, 5000).equals(manifest)


def test_too_few_are_refused_with_what_would_be_lost(manifest):
    with pytest.raises(ValueError, match=r"SAMPLES is 4: too few for .*Sad \(val\).*all 1199"):
        subset(manifest, 4)
