"""The miniature of FACES, SFEW, AFEW 2018 and UrbanSound8K, drawn and synthesised.

It has the layouts of the originals to the letter, so the same modules read it. It shows how things
work and proves nothing about people.

Pictures: ``expressions`` (action units) and ``people`` make the curves of ``geometry``; ``faces``
and ``hair`` paint them through ``canvas`` and ``paint``, ``relief`` lights them, and ``obstacles``
cover them. Sounds: ``voices`` and ``sounds``. ``films``, ``shots`` and ``soundtracks`` put them
together; ``studio``, ``clips`` and ``city`` write the files, with the random numbers of ``seeds``.
``difficulty`` says how hard all of it is to read, and ``instrument`` draws one face, or speaks with
one voice, in which everything is held and one thing moved.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import joblib
from tqdm import tqdm

from helpers.corpora.exclusions import FILE_NAME as EXCLUSION_LIST
from helpers.corpora.manifest import CorpusError
from helpers.files import digest_of, locked, write_atomically, write_json
from helpers.paths import cache_root

VERSION = 6
"""Counted up with every change to what is drawn or heard, so that old copies are not used."""
SEED = 2021
MARK = "demo.json"
"""The file that says of which version and seed a folder is."""


def ensure_demo(folder: str | Path | None = None, *, seed: int | None = None) -> Path:
    """Return the folder that holds the miniature, writing it first if it is not there.

    Writing takes 100 s of one core, which all cores share, and 110 MB. It happens in a temporary
    folder that gets its name when all is done, so a folder of that name is always complete. Of
    several processes that want it at once one writes it, and the others wait.

    Parameters
    ----------
    folder : str or Path, optional
        Where; without it a folder of the cache named after version and seed.
    seed : int, optional
        The same seed gives the same pixels and samples. Without it a folder that is there already
        may be of any seed, and a new one is of ``SEED``.

    Raises
    ------
    CorpusError
        If ``folder`` holds something else.
    """
    contents = {"version": VERSION, "seed": SEED if seed is None else seed}
    if folder is None:
        folder = cache_root() / f"demo-{digest_of(contents)[:8]}"
    folder = Path(folder).expanduser().resolve()
    if not folder.exists() or _is_empty(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder.parent):
            _write_if_absent(folder, contents)
    found = _read_mark(folder) or {}
    if found.get("version") != VERSION or seed not in (None, found.get("seed")):
        of_seed = "" if seed is None else f" and seed {seed}"
        raise CorpusError(
            f"{folder} is not the demo corpus of version {VERSION}{of_seed}. "
            "Give a folder that does not exist yet, or remove this one."
        )
    return folder


def _write_if_absent(folder: Path, contents: dict) -> None:
    if _is_empty(folder):
        folder.rmdir()
    if not folder.exists():
        for unfinished in folder.parent.glob(f".{folder.stem}-*/{folder.name}"):
            shutil.rmtree(unfinished.parent)  # of a process that was killed
        with write_atomically(folder) as temporary:
            _write(temporary, contents["seed"])
            write_json(temporary / MARK, contents)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _read_mark(folder: Path) -> dict | None:
    try:
        return json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(root: Path, seed: int) -> None:
    """Write everything, each item in one of as many processes as there are cores."""
    from helpers.corpora.demo import city, clips, studio

    sitters = studio.plan_sitters(seed)
    recordings = city.plan_recordings(seed)
    films = clips.plan_clips(seed)
    work = [(clips.write_clip, clip) for clip in films]
    work += [(studio.write_sitter, sitter) for sitter in sitters]
    work += [(city.write_recording, recording) for recording in recordings]
    jobs = [joblib.delayed(_write_one)(write, root, seed, item) for write, item in work]
    done = joblib.Parallel(n_jobs=-1, return_as="generator")(jobs)
    results = list(tqdm(done, total=len(jobs), desc="writing the demo corpus", mininterval=2))
    of_clips, of_recordings = results[: len(films)], results[len(films) + len(sitters) :]
    clips.write_beside(root, films, [aligned for aligned, _ in of_clips])
    city.write_table(root, [row for rows in of_recordings for row in rows])
    not_faces = sorted(name for _, names in of_clips for name in names)
    lines = ["# Stills that show no face.", *not_faces]
    (root / EXCLUSION_LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_one(write: Callable, root: Path, seed: int, item: object) -> object:
    """Write an item on one core: the others have items of their own."""
    import cv2

    cv2.setNumThreads(1)
    return write(root, seed, item)
