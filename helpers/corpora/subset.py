"""A part of a corpus for a quick look, with its splits, emotions and people in proportion."""

import numpy as np
import pandas as pd


def subset(
    manifest: pd.DataFrame, samples: int, seed: int = 0, *, group: str = "group"
) -> pd.DataFrame:
    """Return about ``samples`` rows of a manifest, in their order; all of it for 0 or for more.

    The rows are sorted by split, emotion and group, and every k-th is taken (systematic sampling,
    Madow and Madow 1944): of each of these there are as many as in proportion, to within one.

    Parameters
    ----------
    manifest : DataFrame
        Of one corpus. Rows with a problem are left out of a subset.
    samples, seed : int
        A notebook's ``SAMPLES`` and ``SEED``.
    group : str
        The column that says what a sample is of: person, film, recording.

    Raises
    ------
    ValueError
        If so few are wanted that an emotion of a split would be left out.
    """
    usable = manifest[manifest["problem"] == ""]
    if not samples or samples >= len(usable):
        return manifest
    generator = np.random.default_rng(seed)
    # People, and what is of one person, in a random order: names tell of age, film or intensity.
    people = pd.Series(usable[group].unique())
    place = pd.Series(generator.permutation(len(people)), index=people)
    keys = pd.DataFrame(
        {
            "split": usable["split"],
            "emotion": usable["emotion"],
            "group": usable[group].map(place),
            "own": generator.random(len(usable)),
        }
    )
    strata = keys.sort_values(list(keys)).index
    positions = (np.arange(samples) + generator.random()) * len(usable) / samples
    chosen = manifest.loc[np.sort(strata[positions.astype(int)])]
    columns = ["split", "emotion"]
    lost = set(usable[columns].itertuples(index=False)) - set(
        chosen[columns].itertuples(index=False)
    )
    if lost:
        missing = ", ".join(sorted(f"{emotion} ({split})" for split, emotion in lost))
        raise ValueError(
            f"SAMPLES is {samples}: too few for {missing} to be among them. "
            f"Take more, or 0 for all {len(usable)}."
        )
    return chosen.reset_index(drop=True)
