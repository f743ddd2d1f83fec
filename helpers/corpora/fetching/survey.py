"""Looking through a folder or archive that a user gave: what is of which corpus."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from PIL import Image

from helpers.corpora.fetching.archives import ArchiveError, is_archive, peek
from helpers.corpora.fetching.places import FER2013_CSV, place_of
from helpers.corpora.fetching.recognition import SORTED_CORPORA, Recognised, class_of, recognise
from helpers.corpora.folders import FOLDERS, PICTURES, files_below, is_leftover

_PICTURES_TO_LOOK_AT = 2  # of every folder
_NAMES_OF_A_TAR = 100


@dataclass
class Survey:
    """What there is: ``files`` to copy by their place, and of each archive where its files go.

    ``corpora`` are those that something is of; ``failures`` says which archives cannot be used.
    """

    files: dict[PurePosixPath, Path]
    archives: dict[Path, Callable[[PurePosixPath], PurePosixPath | None]]
    corpora: list[str]
    failures: list[str]
    found: Recognised


def survey(source: Path, root: Path, corpus: str = "") -> Survey:
    """Look through ``source``; what lies in place under the data root ``root`` stays there.

    ``corpus`` is the user's answer for what cannot be told (``recognition.SORTED_CORPORA``).
    """
    unreadable: list[tuple[str, str]] = []
    sizes = _Sizes()
    paths: dict[PurePosixPath, Path] = {}
    inside: dict[Path, dict[PurePosixPath, PurePosixPath]] = {}
    failures, lying_in_place, lying_sorted = [], set(), set()
    walk = [source] if source.is_file() else files_below(source, unreadable, leave=root)
    for path in walk:
        name = PurePosixPath(path.relative_to(source.parent).as_posix())
        if root in path.parents and path.relative_to(root).parts[0] in FOLDERS.values():
            lying_in_place.add(PurePosixPath(path.relative_to(root).as_posix()))
        elif is_archive(path) and place_of(name) is None:
            try:
                inside[path] = _names_inside(path, name, sizes)
            except ArchiveError as error:
                failures.append(str(error))
        else:
            paths[name] = path
            sizes.look(name, lambda path=path: path.open("rb"))
    for folder in (root / FOLDERS[name] for name in SORTED_CORPORA):
        of_corpus = files_below(folder) if folder.is_dir() else ()
        lying_sorted |= {PurePosixPath(path.relative_to(root).as_posix()) for path in of_corpus}
    names = [*paths, *(name for of_archive in inside.values() for name in of_archive)]
    found = recognise(names, sizes.sizes, lying_in_place | lying_sorted, corpus)
    found.left_out += unreadable
    files = {found.places[name]: path for name, path in paths.items() if name in found.places}
    archives = {
        path: _places_inside(path, of_archive, found.places)
        for path, of_archive in inside.items()
        if any(name in found.places for name in of_archive)
    }
    places = [*found.places.values(), *lying_in_place]
    folders = {FOLDERS["fer2013"] if p == FER2013_CSV else p.parts[0] for p in places}
    corpora = [name for name, folder in FOLDERS.items() if folder in folders]
    return Survey(files, archives, corpora, failures, found)


class _Sizes:
    """The size of the first pictures of every folder, from their heads."""

    def __init__(self) -> None:
        self.sizes: dict[PurePosixPath, tuple[int, int]] = {}
        self._looked: dict[PurePosixPath, int] = {}

    def look(self, name: PurePosixPath, open_file: Callable[[], BinaryIO]) -> None:
        looked = self._looked.get(name.parent, 0)
        is_picture = name.suffix.lower() in PICTURES and class_of(name) is not None
        if not is_picture or looked >= _PICTURES_TO_LOOK_AT:
            return
        self._looked[name.parent] = looked + 1
        try:
            with open_file() as file, Image.open(file) as picture:
                self.sizes[name] = picture.size
        except Exception:  # whatever it is: a picture whose size cannot be told
            return


def _names_inside(
    archive: Path, name: PurePosixPath, sizes: _Sizes
) -> dict[PurePosixPath, PurePosixPath]:
    """Return the names of an archive's files as those in a folder of its name, and its own ones.

    A tar that is not sorted into class folders is not read to its end.
    """
    is_zip = archive.name.lower().endswith(".zip")
    names: dict[PurePosixPath, PurePosixPath] = {}
    is_sorted = False
    with closing(peek(archive)) as entries:
        for entry in entries:
            if any(map(is_leftover, entry.name.parts)):
                continue
            full = name / entry.name
            names[full] = entry.name
            is_sorted |= place_of(full) is None and class_of(full) is not None
            sizes.look(full, entry.open)
            if len(names) == _NAMES_OF_A_TAR and not is_zip and not is_sorted:
                break
    return names


def _places_inside(
    archive: Path,
    names: dict[PurePosixPath, PurePosixPath],
    places: dict[PurePosixPath, PurePosixPath],
) -> Callable[[PurePosixPath], PurePosixPath | None]:
    of_own = {own: places.get(full) for full, own in names.items()}

    def place(name: PurePosixPath) -> PurePosixPath | None:
        return of_own[name] if name in of_own else place_of(PurePosixPath(archive.name, name))

    return place
