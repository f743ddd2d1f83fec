"""Which corpus pictures and clips in class folders are of: ``train/happy/1.png`` may be anyone's.

Several signs decide: what the folders on the way are named after, what the files' names look like,
the size of the pictures, the classes, and how many there are. Where they do not agree or do not
suffice, nothing is taken, and the user is asked.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import PurePosixPath

from helpers.corpora import afew, sfew
from helpers.corpora.fetching.places import place_of
from helpers.corpora.folders import (
    CLIPS,
    FOLDERS,
    PICTURES,
    corpora_named,
    split_of_folder,
    version_of_folder,
)
from helpers.corpora.manifest import has_plain_name, shown
from helpers.emotions import EMOTIONS, emotion_of

SORTED_CORPORA = {"afew": CLIPS, "sfew": PICTURES, "fer2013": PICTURES}
"""The corpora that are sorted into class folders, and the suffixes of their files."""

_FILE_NAMES = {  # the first that fits counts
    "fer2013": r"(?:Training|PublicTest|PrivateTest)_\d+",
    "CK+": r"S\d{3}_\d{3}_\d{8}.*",
    "AffectNet": r"image\d{7}.*",
    "RAF-DB": r"(?:train|test)_\d{4,5}(?:_aligned)?",
    "sfew": r".+_\d{6,9}_\d{5,8}",
    "afew": r"\d{9}",
}
_FER_SIZE = (48, 48)
_FER_TRAIN = 28_709  # published; a few are often removed by hand
_FER = re.compile(r"(?<![a-z])fer(?![a-z+])", re.IGNORECASE)


@dataclass
class Recognised:
    """What was found: ``places`` by name, and what a user must be told of the rest.

    ``left_out`` has (name, reason); ``notes`` and ``questions`` are sentences; ``copies`` counts,
    by corpus, the files that were passed over since their place was taken.
    """

    places: dict[PurePosixPath, PurePosixPath] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    _taken: dict[str, PurePosixPath] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)

    def put(self, name: PurePosixPath, place: PurePosixPath, where: PurePosixPath) -> None:
        """Give a place to a file that was found in ``where``.

        Places that differ in case or Unicode's normal form alone are one, since they are on many
        disks. A second file from the same folder goes to another folder of its class (``happy_2``);
        from elsewhere it is a copy.
        """
        if not has_plain_name(place):
            self.left_out.append((shown(name), "its name is not UTF-8: rename it"))
            return
        wanted, number = place, 1
        while (key := unicodedata.normalize("NFC", str(place)).casefold()) in self._taken:
            if self._taken[key] != where:
                self.copies[place.parts[0]] += 1
                return
            number += 1
            split_folder, folder = wanted.parents[1], wanted.parent.name
            place = split_folder / f"{folder}_{number}" / wanted.name
        self._taken[key] = where
        self.places[name] = place


@dataclass(eq=False)
class _Tree:
    """The files of one kind in the class folders of the split folders in one folder."""

    where: PurePosixPath
    names: tuple[PurePosixPath, ...]

    @cached_property
    def files_named_after(self) -> str | None:
        """Return the corpus that most of the files are named like those of."""
        found, count = Counter(map(_named_like, self.names)).most_common(1)[0]
        return found if count > len(self.names) / 2 else None

    def folders_named_after(self) -> set[str]:
        """Return the corpora that the nearest folder with such a name is named after."""
        return next(filter(None, map(corpora_named, reversed(self.where.parts))), set())

    def count(self, split: str) -> int:
        return sum(split_of_folder(name.parts[-3]) == split for name in self.names)


def class_of(name: PurePosixPath) -> str | None:
    """Return the emotion of a picture or clip in a class folder of a split, else None."""
    if len(name.parts) < 3 or name.suffix.lower() not in PICTURES | CLIPS:
        return None
    return _class_of_folder(*name.parts[-3:-1])


@cache
def _class_of_folder(split_folder: str, class_folder: str) -> str | None:
    return emotion_of(class_folder) if split_of_folder(split_folder) else None


def recognise(
    names: Iterable[PurePosixPath],
    sizes: Mapping[PurePosixPath, tuple[int, int]],
    in_place: Iterable[PurePosixPath] = (),
    corpus: str = "",
) -> Recognised:
    """Return where files belong under the data root.

    Parameters
    ----------
    names : iterable of PurePosixPath
        From the folder or archive that a user gave, with that one's own name first.
    sizes : mapping
        (width, height) of some of the pictures, by name.
    in_place : iterable of PurePosixPath
        What lies under the data root already, relative to it.
    corpus : str
        The user's answer: one of ``SORTED_CORPORA`` for what cannot be told.
    """
    found = Recognised()
    trees: dict[tuple[PurePosixPath, bool], list[PurePosixPath]] = defaultdict(list)
    unknown: Counter[PurePosixPath] = Counter()
    others: Counter[PurePosixPath] = Counter()
    for name in names:
        if place := place_of(name):
            # A file with a name of its own is there once; AFEW's class folders may be twins.
            found.put(name, place, name.parents[2] if class_of(name) else name)
        elif class_of(name):
            trees[name.parents[2], name.suffix.lower() in CLIPS].append(name)
        elif len(name.parts) > 2 and split_of_folder(name.parts[-3]):
            unknown[name.parent] += 1
        else:
            others[name.parent] += 1
    chosen: dict[tuple[str, str], list[_Tree]] = defaultdict(list)
    roots = set()
    for (where, _), files in trees.items():
        tree = _Tree(where, tuple(files))
        decided, why, is_foreign = _decide(tree, sizes)
        if decided is None and corpus and files[0].suffix.lower() in SORTED_CORPORA[corpus]:
            decided, why = corpus, ""
        if decided is None:
            sentence = _not_taken(tree, why, is_foreign)
            (found.notes if is_foreign else found.questions).append(sentence)
            continue
        found.notes += [why] if why else []
        roots.add(where)
        for split in dict.fromkeys(split_of_folder(name.parts[-3]) for name in files):
            chosen[decided, split].append(tree)
    in_place = set(in_place)
    for (decided, split), candidates in chosen.items():
        _place_split(found, decided, split, candidates, in_place)
    for folder, count in unknown.items():
        if folder.parents[1] in roots:
            found.notes.append(
                f"{shown(folder)} is no class known here: its {count} files are left out"
            )
        else:
            others[folder] += count
    found.notes += [
        f"{folder}: {count} files were passed over, since files of the same names were taken"
        for folder, count in found.copies.items()
    ]
    found.notes += [
        f"{shown(folder)}: {count} files are of no known corpus"
        for folder, count in others.most_common(9)
    ]
    if len(others) > 9:
        found.notes.append(f"and files in {len(others) - 9} more folders are of no known corpus")
    return found


def _named_like(name: PurePosixPath) -> str | None:
    stem = name.stem
    for corpus, pattern in _FILE_NAMES.items():
        if re.fullmatch(pattern, stem, re.IGNORECASE | re.DOTALL):
            return corpus
    first, *rest = stem.split("_")
    return "ExpW" if len(rest) > 1 and emotion_of(first) else None  # afraid_african_214


def _decide(tree: _Tree, sizes: Mapping) -> tuple[str | None, str, bool]:
    """Return the corpus or None, what to say of it, and whether it is another corpus for sure."""
    suffix = tree.names[0].suffix.lower()
    possible = {name for name, suffixes in SORTED_CORPORA.items() if suffix in suffixes}
    folders, files = tree.folders_named_after(), tree.files_named_after
    if any(version_of_folder(name.parts[-3]) for name in tree.names):
        folders = folders or {"sfew"}
    if folders == {"afew"} and files == "sfew":
        folders = {"sfew"}  # EmotiW_2015/Train/Angry/Airheads_000519240_00000005.png
    seen = sorted({sizes[name] for name in tree.names if name in sizes})
    size_text = ", ".join(f"{width}x{height}" for width, height in seen)
    if folders and not folders <= possible:
        foreign = not folders & possible
        return None, f"the folder is named after {' and '.join(sorted(folders))}", foreign
    if files and files not in possible:
        return None, f"the files are named like those of {files}", not folders
    signs = folders | ({files} if files else set())
    if len(signs) > 1:
        return None, f"{' and '.join(sorted(signs))} are both possible", False
    if signs:
        [corpus] = signs
        if corpus == "sfew" and not any(sfew.NAME.fullmatch(name.stem) for name in tree.names):
            return None, "no file is named like a still of SFEW (Film_clipid_frame)", False
        odd = corpus == "fer2013" and seen and seen != [_FER_SIZE]
        note = f"{shown(tree.where)}: FER2013's pictures are 48x48, these are {size_text}"
        return corpus, note if odd else "", False
    if "fer2013" in possible and seen == [_FER_SIZE]:
        named_fer = any(_FER.search(part) for part in tree.where.parts)
        complete = {class_of(name) for name in tree.names} == set(EMOTIONS)
        published = abs(tree.count("train") / _FER_TRAIN - 1) < 0.02
        if complete and (named_fer or published):
            return "fer2013", "", False
    return None, f"no name says it{f', and the pictures are {size_text}' if seen else ''}", False


def _not_taken(tree: _Tree, why: str, is_foreign: bool) -> str:
    classes = ", ".join(sorted({shown(name.parts[-2]) for name in tree.names}))
    possible = [
        name
        for name, suffixes in SORTED_CORPORA.items()
        if tree.names[0].suffix.lower() in suffixes
        and (name != "sfew" or any(sfew.NAME.fullmatch(file.stem) for file in tree.names))
    ]
    answer = " or ".join(f"--corpus {name}" for name in possible)
    return (
        f"{shown(tree.where)}: {len(tree.names)} files in class folders ({classes}), such as "
        f"{shown(tree.names[0].name)}, were left out: {why}. "
        + (
            f"If they are all the same of {' or '.join(possible)}, give this folder alone and add "
            f"{answer}"
            if is_foreign
            else f"If you know what they are: python -m helpers.corpora.prepare FOLDER {answer}"
        )
    )


def _place_split(
    found: Recognised, corpus: str, split: str, trees: list[_Tree], in_place: set[PurePosixPath]
) -> None:
    """Give places to one split of a corpus: from the one folder or the parts that fit together."""
    parts = [
        (tree, folder, [name for name in tree.names if name.parts[-3] == folder])
        for tree in trees
        for folder in dict.fromkeys(name.parts[-3] for name in tree.names)
        if split_of_folder(folder) == split
    ]
    # Names that are a file's own fit together; others (im0.png) say nothing of where they are from.
    own = {id(tree): tree.files_named_after == corpus or corpus == "afew" for tree, *_ in parts}
    parts.sort(key=lambda p: (version_of_folder(p[1]), own[id(p[0])], len(p[2])), reverse=True)
    first, folder, _ = parts[0]
    there = {place for place in in_place if _split_place(corpus, split) in place.parents}
    for tree, name, files in parts:
        same = version_of_folder(name) == version_of_folder(folder)
        if not same or (tree is not first and not (own[id(tree)] and own[id(first)])):
            found.notes.append(
                f"{shown(tree.where / name)}: {len(files)} files were passed over, since "
                f"{shown(first.where / folder)} is taken as the {split} part of {corpus}"
            )
            continue
        folders = defaultdict(set)
        for file in files:
            folders[class_of(file)].add(shown(file.parts[-2]))
        found.notes += [
            f"{shown(tree.where / name)}: {' and '.join(sorted(names))} all count as {emotion}"
            for emotion, names in folders.items()
            if len(names) > 1
        ]
        spelt = str.lower if corpus == "fer2013" else str
        new = {
            file: _split_place(corpus, split) / spelt(class_of(file)) / file.name for file in files
        }
        places = set(new.values())
        if there and not own[id(tree)] and not (there <= places or places <= there):
            found.questions.append(
                f"{shown(tree.where / name)} was not taken: {FOLDERS[corpus]} under the data root "
                f"has another {split} part. Remove that first, or choose another data folder"
            )
            continue
        for file, place in new.items():
            if own[id(tree)] and _named_like(file) not in (corpus, None):
                reason = f"named like a file of {_named_like(file)}, not of {corpus}"
                found.left_out.append((shown(file), reason))
            elif corpus == "sfew" and not sfew.NAME.fullmatch(file.stem):
                found.left_out.append((shown(file), "not named like a still"))
            else:
                found.put(file, place, tree.where)


def _split_place(corpus: str, split: str) -> PurePosixPath:
    names = {"afew": afew.SPLIT_FOLDERS, "sfew": {"train": "Train", "val": "Val", "test": "Test"}}
    return PurePosixPath(FOLDERS[corpus], names.get(corpus, {}).get(split, split))
