"""SAMSEMO (Bujnowski et al. 2024): scenes of films and other videos, AFEW's seven emotions.

``samsemo.tsv`` (one line a scene: its id, emotions, title, author, licence) and, in any folders,
``<id>.mp4`` or ``<id>/<anything>.mp4``. Each scene has a licence of its own: one that does not
allow its use is left out. Of the 3,898 English scenes of the published splits, as others counted
from the table, 142 are from films and 3,240 from speeches, interviews and debates.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePath

import pandas as pd

from helpers.corpora.folders import files_below, find_folder
from helpers.corpora.manifest import CorpusError, make_manifest, problem_of
from helpers.corpora.tables import read_table
from helpers.emotions import EMOTIONS, emotion_of

TABLE = "samsemo.tsv"
"""The file that describes every scene."""
CREDITS = "credits.csv"
"""Written beside the clips that were downloaded: title, author, link and licence of each."""
ID = re.compile(r"[A-Za-z0-9]{4,40}_\d{1,6}")
"""A scene's id: that of its video, and a number."""

_COLUMNS = ("utterance_id", "movie_title", "language", "aggregated_emotions", "license")
_OPTIONAL = ("movie_link", "author", "covered_face", "multiple_faces")
_ALLOWED = re.compile(r"cc0|public domain|\bcc[ -]by\b|creative commons|\blicenses/by\b")
# No derivatives: a face cut out of a frame would be one.
_FORBIDDEN = re.compile(r"\bnd\b|no[ -]?deriv|all rights reserved|standard")
EXPECTED = (
    "Expected samsemo/ with samsemo.tsv and clips named after their id, p1lutabubu_15.mp4. "
    "Download some with `python -m helpers.corpora.download samsemo --clips 600 "
    "--accept-licence`, or choose CORPUS = 'demo'."
)


@dataclass(frozen=True)
class Scene:
    """A line of the table; ``problem`` is "" or why the scene cannot be used."""

    sample_id: str
    emotion: str
    film: str
    author: str
    link: str
    licence: str
    language: str
    is_one_open_face: bool
    problem: str

    @property
    def split(self) -> str:
        """``val`` for about a third of the films, else ``train``; a film keeps it for good.

        A third is AFEW's own fraction (383 of 1156 clips). The published splits are of scenes, and
        do not say whether a film is in two of them.
        """
        return "train" if _number_of(self.film) % 3 else "val"


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of SAMSEMO's clips that are there.

    ``split`` is by film (:class:`Scene`), ``group`` the film. Own columns: author, link, licence,
    language. Lines of the table whose clip was not downloaded are not in the manifest.
    """
    folder = find_folder(root, ["samsemo"], corpus="SAMSEMO", expected=EXPECTED)
    if not (folder / TABLE).is_file():
        raise CorpusError(f"{folder} has no {TABLE}. {EXPECTED}")
    scenes, unexpected = read_scenes(folder / TABLE)
    rows, seen = [], {}
    for path in sorted(files_below(folder, unexpected)):
        if path.name in (TABLE, CREDITS) and path.parent == folder:
            continue
        clip_id = id_of(path)
        if clip_id not in scenes:
            unexpected.append((path, f"not in {TABLE}"))
            continue
        if clip_id in seen:
            reason = f"a second copy of {seen[clip_id].relative_to(folder)}"
            unexpected.append((path, reason))
            continue
        seen[clip_id] = path
        scene = scenes[clip_id]
        rows.append(
            {
                "sample_id": clip_id,
                "path": path,
                "emotion": scene.emotion,
                "split": scene.split,
                "group": scene.film,
                "problem": scene.problem or problem_of(path),
                "author": scene.author,
                "link": scene.link,
                "licence": scene.licence,
                "language": scene.language,
            }
        )
    return make_manifest(rows, unexpected, corpus="SAMSEMO", folder=folder, expected=EXPECTED)


def read_scenes(table: Path) -> tuple[dict[str, Scene], list[tuple[Path | str, str]]]:
    """Return the scenes of the table by id, and (line, reason) of lines that describe none."""
    scenes: dict[str, Scene] = {}
    passed_over: list[tuple[Path | str, str]] = []
    for line, row in read_table(table, _COLUMNS, EXPECTED, optional=_OPTIONAL):
        clip_id = row["utterance_id"]
        if not ID.fullmatch(clip_id):
            passed_over.append((f"{TABLE}, line {line}", f"no id of a scene: {clip_id[:40]!r}"))
        elif clip_id in scenes:
            passed_over.append((f"{TABLE}, line {line}", f"a second line of {clip_id}"))
        else:
            scenes[clip_id] = _scene(row)
    return scenes, passed_over


def id_of(path: PurePath) -> str:
    """Return the id of the scene whose clip this is, "" if its name does not say it.

    Examples
    --------
    >>> id_of(PurePath("EN/p1lutabubu_15.mp4")), id_of(PurePath("EN/p1lutabubu_15/video.mp4"))
    ('p1lutabubu_15', 'p1lutabubu_15')
    """
    if path.suffix.lower() != ".mp4":
        return ""
    return next((name for name in (path.stem, path.parent.name) if ID.fullmatch(name)), "")


def allows_use(licence: str) -> bool:
    """Say whether a scene's licence lets a face be cut out of it: CC without ND, public domain.

    Examples
    --------
    >>> [allows_use(text) for text in ("CC BY-NC-SA 4.0", "CC BY-ND 4.0", "YouTube standard", "")]
    [True, False, False, False]
    """
    text = licence.casefold()
    return bool(_ALLOWED.search(text)) and not _FORBIDDEN.search(text)


def choose(scenes: Sequence[Scene], count: int, available: Set[str]) -> list[Scene]:
    """Return at most ``count`` usable English scenes of those available, the same ones every time.

    Two thirds are of films to train on. The emotions take turns, so that they are as even as the
    corpus allows, and within an emotion the films do; scenes with one uncovered face come first. A
    larger ``count`` adds to a smaller one.
    """
    chosen = []
    for split, part in (("train", count - count // 3), ("val", count // 3)):
        usable = [
            scene
            for scene in scenes
            if not scene.problem
            and scene.language.casefold() in ("en", "english")
            and scene.split == split
            and scene.sample_id in available
        ]
        queues = [_films_in_turn([s for s in usable if s.emotion == name]) for name in EMOTIONS]
        turns = (scene for turn in zip_longest(*queues) for scene in turn if scene is not None)
        chosen += [scene for scene, _ in zip(turns, range(part), strict=False)]
    return chosen


def credits_table(scenes: Sequence[Scene]) -> pd.DataFrame:
    """Return who made the videos that scenes are from: sample_id, film, author, link, licence."""
    columns = ["sample_id", "film", "author", "link", "licence"]
    rows = [[getattr(scene, name) for name in columns] for scene in scenes]
    return pd.DataFrame(rows, columns=columns).sort_values(["film", "sample_id"])


def _scene(row: dict[str, str]) -> Scene:
    emotions = list(_emotions_in(row["aggregated_emotions"]))
    emotion = emotions[0] if len(emotions) == 1 and emotions[0] in EMOTIONS else ""
    problem = ""
    if not emotion:
        problem = f"not one of the seven emotions alone: {row['aggregated_emotions'][:60]!r}"
    elif not allows_use(row["license"]):
        problem = f"its licence does not allow its use: {row['license'][:60]!r}"
    flags = {row["covered_face"].casefold(), row["multiple_faces"].casefold()}
    return Scene(
        sample_id=row["utterance_id"],
        emotion=emotion,
        # Without a title the video's own id stands for it.
        film=" ".join(row["movie_title"].split()) or row["utterance_id"].partition("_")[0],
        author=row["author"],
        link=row["movie_link"],
        licence=row["license"],
        language=row["language"],
        is_one_open_face=flags == {"no"},
        problem=problem,
    )


def _emotions_in(text: str) -> Iterator[str]:
    """Yield each emotion of a cell once; another word ("other") yields itself."""
    words = [word for word in re.split(r"[\s,;|/'\"\[\]]+", text) if word]
    yield from dict.fromkeys(emotion_of(word) or word for word in words)


def _films_in_turn(scenes: Sequence[Scene]) -> list[Scene]:
    count_of_film: Counter[str] = Counter()
    places = {}
    for scene in sorted(scenes, key=lambda scene: _number_of(scene.sample_id)):
        count_of_film[scene.film] += 1
        places[scene] = (not scene.is_one_open_face, count_of_film[scene.film])
    return sorted(places, key=places.__getitem__)


def _number_of(text: str) -> int:
    """Return a number that is the same for the same words, whatever their case."""
    return int(hashlib.sha256(text.casefold().encode("utf-8")).hexdigest()[:12], 16)
