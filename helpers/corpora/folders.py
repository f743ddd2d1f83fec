"""What folders are called and hold: links, leftovers, splits, classes, names of other corpora.

Whatever looks into a user's folders does it with these: nothing is dropped without a reason that
the caller can report.
"""

import os
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.corpora.manifest import CorpusError, shown
from helpers.emotions import emotion_of

FOLDERS = {
    "faces": "FACES",
    "sfew": "SFEW",
    "afew": "EmotiW_2018",
    "urbansound8k": "UrbanSound8K",
    "ravdess": "ravdess",
    "crema_d": "crema_d",
    "fer2013": "fer2013",
    "meld": "meld",
    "samsemo": "samsemo",
}
"""The corpora, and the folder of each under the data root."""

PICTURES = frozenset({".png", ".jpg", ".jpeg"})
CLIPS = frozenset({".avi", ".mp4", ".mkv"})

_LEFTOVERS = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "@eadir"}
_SPLIT = re.compile(
    r"(train|val|dev|(?:public|private)?[_ -]?test)(?:ing|id|idation)?([_ -].*)?", re.IGNORECASE
)

# The corpora that folders are named after; a pattern takes what it matches from those below it.
_NAMES = {
    "FER+": r"fer[-_ ]?(?:20)?(?:13)?[-_ ]?(?:plus|\+)",
    "fer2013": r"fer[-_ ]?(?:20)?13",
    "AFEW-VA": r"afew[-_ ]?va",
    "sfew": r"sfew",
    "afew": r"afew|emotiw",
    "faces": r"faces[-_ ]?(?:db|database)",
    "ravdess": r"ravdess",
    "crema_d": r"crema[-_ ]?d",
    "meld": r"meld",
    "samsemo": r"samsemo",
    "urbansound8k": r"urban[-_ ]?sound(?:8k)?",
    "AffectNet": r"affect[-_ ]?net(?:hq)?",
    "CK+": r"ck(?:[-_ ]?(?:plus|\+|48|extended|dataset))*|cohn[-_ ]?kanade",
    "RAF-DB": r"raf[-_ ]?(?:db|basic|au)",
    "RaFD": r"rafd|radboud",
    "ExpW": r"expw|exp[-_ ]w|expression[-_ ]in[-_ ]the[-_ ]wild",
    "CAER": r"caer(?:[-_ ]?s)?",
    "JAFFE": r"jaffe",
    "KDEF": r"a?kdef",
    "Oulu-CASIA": r"oulu[-_ ]?(?:casia)?|casia",
    "FERG": r"ferg[-_ ]?(?:db)?",
    "FERV39k": r"ferv[-_ ]?39k",
    "MMAFEDB": r"mma[-_ ]?(?:fedb|facial[-_ ]expression)",
    "DFEW": r"dfew",
    "EmotioNet": r"emotionet",
    "Aff-Wild": r"aff[-_ ]?wild2?",
    "NHFI": r"nhfi|natural[-_ ]human[-_ ]face[-_ ]images",
}
_MENTIONS = {
    name: re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z+])") for name, pattern in _NAMES.items()
}


def corpora_named(name: str) -> set[str]:
    """Return the corpora that a folder's name mentions.

    Examples
    --------
    >>> sorted(corpora_named("FER-2013 and AffectNet")), corpora_named("train")
    (['AffectNet', 'fer2013'], set())
    """
    text, found = name.casefold(), set()
    for corpus, pattern in _MENTIONS.items():
        text, count = pattern.subn(" ", text)
        if count:
            found.add(corpus)
    return found


def is_leftover(name: str) -> bool:
    """Say whether an operating system left a file or folder of this name (``._x``, Thumbs.db)."""
    return name.startswith((".", "~$")) or name.lower().strip() in _LEFTOVERS


def files_below(
    folder: Path, passed_over: list[tuple[str, str]] | None = None, *, leave: Path | None = None
) -> Iterator[Path]:
    """Yield the files in a folder and all folders below it, except what a system left there.

    Links to folders are followed, except one to a folder that holds the link; each is read once.

    ``passed_over`` takes (path, reason) of what was not read: links that lead nowhere, folders that
    cannot be opened. The folder ``leave`` is not read.
    """
    passed_over = [] if passed_over is None else passed_over
    seen: set[Path] = set()
    folders, links = deque([folder]), deque()
    while folders or links:
        # Links come last: a folder that is there twice is read under its own name.
        here = folders.popleft() if folders else links.popleft()
        real = here.resolve()
        if real == leave and here != folder:
            continue
        around = here.parent.resolve()
        if here != folder and here.is_symlink() and (real == around or real in around.parents):
            passed_over.append((shown(here), "a link to a folder that holds it"))
            continue
        if real in seen:
            passed_over.append((shown(here), f"the same folder as {shown(real)}, read once"))
            continue
        seen.add(real)
        try:
            children = sorted(os.scandir(here), key=lambda child: child.name)
        except OSError as error:
            passed_over.append((shown(here), f"cannot be opened ({error.strerror})"))
            continue
        for child in children:
            if is_leftover(child.name):
                continue
            path = here / child.name
            if child.is_dir():
                (links if child.is_symlink() else folders).append(path)
            elif child.is_file():
                yield path
            else:
                kind = "a link that leads nowhere" if child.is_symlink() else "not a regular file"
                passed_over.append((shown(path), kind))


def split_of_folder(name: str) -> str | None:
    """Return ``train``, ``val`` or ``test`` for the name of a folder, or None.

    Examples
    --------
    >>> [split_of_folder(n) for n in ("Training", "Val_Aligned_Faces_new", "PrivateTest", "trains")]
    ['train', 'val', 'test', None]
    """
    match = _SPLIT.fullmatch(name)
    if not match:
        return None
    word = match.group(1).lower()
    if word.endswith("test"):
        return "val" if word.startswith("public") else "test"
    return "train" if word == "train" else "val"


def version_of_folder(name: str) -> int:
    """Return which of several folders of a split to use: SFEW 2.0's aligned, corrected faces."""
    words = name.lower()
    return ("aligned" in words) + ("aligned" in words and "new" in words)


@dataclass
class ClassFiles:
    """The files of a corpus that is sorted into class folders, and what lies beside them.

    ``files`` has (path, emotion, split, name of the class folder); ``unexpected`` (path relative to
    the corpus, reason); ``notes`` sentences that a user must see.
    """

    files: list[tuple[Path, str, str, str]] = field(default_factory=list)
    unexpected: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_class_folders(
    folder: Path,
    split_folders: Collection[Path],
    *,
    suffixes: Collection[str],
    kind: str,
    beside: Collection[str] = (),
) -> ClassFiles:
    """Return the files in ``<split folder>/<class>/``; folders of one emotion are put together.

    Parameters
    ----------
    folder : Path
        The corpus, which the paths of what is reported are relative to.
    split_folders : collection of Path
        Of one split several may be given; where some are a later version, they alone are read.
    suffixes, kind
        Of the files that count, and what they are called in a reason.
    beside : collection of str
        Names in lower case that are expected beside the class folders.
    """
    found = ClassFiles()
    versions = {}
    for path in split_folders:
        split = split_of_folder(path.name)
        versions[split] = max(versions.get(split, 0), version_of_folder(path.name))
    for split_folder in sorted(split_folders):
        split = split_of_folder(split_folder.name)
        if version_of_folder(split_folder.name) < versions[split]:
            found.unexpected.append((shown(split_folder.relative_to(folder)), "an older version"))
            continue
        classes: dict[str, list[str]] = {}
        for child in sorted(split_folder.iterdir()):
            place = shown(child.relative_to(folder))
            emotion = emotion_of(child.name)
            if child.name.lower() in beside:
                continue
            if emotion is None or not child.is_dir():
                unknown = child.is_dir() and not is_leftover(child.name)
                found.unexpected.append((place, "not a class folder"))
                if unknown:
                    found.notes.append(f"{place} is no class known here: it is left out")
                continue
            classes.setdefault(emotion, []).append(child.name)
            for path in sorted(child.iterdir()):
                place = shown(path.relative_to(folder))
                if path.suffix.lower() not in suffixes:
                    found.unexpected.append((place, f"not a {kind}"))
                elif is_leftover(path.name):
                    found.unexpected.append((place, "left there by the operating system"))
                else:
                    found.files.append((path, emotion, split, child.name))
        found.notes += [
            f"{shown(split_folder.name)}: {' and '.join(map(shown, names))} all count as {emotion}"
            for emotion, names in classes.items()
            if len(names) > 1
        ]
    return found


def find_folder(root: Path, names: Sequence[str], *, corpus: str, expected: str) -> Path:
    """Return the corpus's folder: ``root`` itself or a child of it with one of ``names``.

    A ``root`` with another name is taken as the corpus itself, unless it is named after another
    one. ``corpus`` and ``expected`` (its layout, how to get it) are for the message.

    Raises
    ------
    CorpusError
        If ``root`` does not exist or is not a folder, if it holds two folders of the name or is
        named after another corpus, or if the corpus was not put there to the end.
    """
    if not root.is_dir():
        found = "a file" if root.exists() else "nothing"
        raise CorpusError(f"No folder for {corpus}: found {found} at {root}. {expected}")
    children = [child for child in sorted(root.iterdir()) if child.is_dir()]
    called = ([child for child in children if child.name.lower() == n.lower()] for n in names)
    twins = next(filter(None, called), [root])
    if len(twins) > 1:
        both = " and ".join(child.name for child in twins)
        raise CorpusError(f"{root} holds {both}: which is {corpus}? Give that folder. {expected}")
    [folder] = twins
    others = corpora_named(root.resolve().name)
    if folder == root and others and not others & set(FOLDERS):
        raise CorpusError(f"{root} is named after {' and '.join(others)}: not {corpus}. {expected}")
    marker = unfinished_marker(folder)
    if marker.is_file():
        raise CorpusError(
            f"{folder} is not complete: `{marker.read_text(encoding='utf-8').strip()}` was "
            "interrupted. Type it again: it goes on where it was. Or remove the folder."
        )
    return folder


def unfinished_marker(folder: Path) -> Path:
    """Return the file that is there while a corpus's folder is filled; it holds the command."""
    folder = folder.resolve()
    return folder.parent / f".{folder.name}.unfinished"
