"""Bring your own corpora: ``python -m helpers.corpora.prepare FOLDER``, or :func:`prepare`.

FOLDER holds what you have, as you got it: archives (EmotiW_2018.zip, UrbanSound8K.tar.gz, a zip of
SFEW), unpacked folders, FACES's images flat or sorted, fer2013.csv. It is only read. Everything of
a known corpus goes to its place under the data root, whatever the folders around it were called;
what is left out is listed. Pictures in class folders are taken where several signs say which corpus
they are of; else you are asked, and answer with ``--corpus``.
"""

import argparse
import sys
from pathlib import Path, PurePosixPath

import pandas as pd

from helpers.corpora.fer2013 import unpack_csv
from helpers.corpora.fetching.archives import unpack
from helpers.corpora.fetching.copying import being_filled, copy_files, local_copy, missing_copies
from helpers.corpora.fetching.overview import overview, report
from helpers.corpora.fetching.places import FER2013_CSV
from helpers.corpora.fetching.recognition import SORTED_CORPORA
from helpers.corpora.fetching.survey import survey
from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusError, shown
from helpers.paths import data_root as data_root_folder


def prepare(
    source: str | Path, data_root: str | Path = "", *, corpus: str = "", progress: bool = True
) -> pd.DataFrame:
    """Put the corpora that a folder or archive holds in their places.

    An interrupted call can be repeated: it goes on where it was.

    Parameters
    ----------
    source : str or Path
        A folder with what the user has, or one archive; never written to.
    corpus : str
        What pictures or clips in class folders are of where that cannot be told: ``sfew``,
        ``fer2013`` or ``afew``.

    Returns
    -------
    DataFrame
        What is there now beside what was published (``helpers.corpora.fetching.overview``).
        ``attrs`` has sentences: ``notes``, ``questions`` (what cannot be told), ``failures``
        (archives that could not be unpacked); and ``left_out``, (file, reason).

    Raises
    ------
    CorpusError
        If nothing of a known corpus could be put in place, or the disk is too small.
    """
    source = Path(source).expanduser().resolve()
    root = data_root_folder(data_root)
    if corpus and corpus not in SORTED_CORPORA:
        raise CorpusError(f"Unknown corpus {corpus!r}; expected one of {list(SORTED_CORPORA)}.")
    if not source.exists():
        raise CorpusError(f"There is no {source}. Give the folder or archive that you have.")
    plan = survey(source, root, corpus)
    found, failures = plan.found, plan.failures
    if not plan.corpora:
        told = [*failures, *found.questions, *found.notes]
        told += [f"{name}: {reason}" for name, reason in found.left_out]
        raise CorpusError(
            f"Nothing of a known corpus could be used in {source}. Expected one of "
            f"{sorted(FOLDERS)}: EmotiW_2018.zip or Train_AFEW/<Emotion>/*.avi, SFEW's "
            "Train/<Emotion>/*.png, FACES's 004_o_m_a_a.jpg, UrbanSound8K.tar.gz, fer2013.csv, …"
            + "".join(f"\n  {sentence}" for sentence in told)
        )
    broken: list[PurePosixPath | None] = []
    command = f"python -m helpers.corpora.prepare {shown(source)}"
    copies, unreadable = missing_copies(plan.files, root)
    found.left_out += unreadable
    with being_filled([root / FOLDERS[name] for name in plan.corpora], command):
        found.left_out += copy_files(copies, progress)
        for archive, place in plan.archives.items():
            try:
                with local_copy(archive, root, progress) as local:
                    _, damaged = unpack(local, root, place, progress=progress)
            except CorpusError as error:  # nothing of this one was unpacked
                failures.append(str(error))
                continue
            broken += [place(PurePosixPath(name)) for name in damaged]
            found.left_out += [(shown(archive / name), why) for name, why in damaged.items()]
        write_fer2013(root, progress)
    in_archives = {
        name: sum(place is not None and place.parts[0] == FOLDERS[name] for place in broken)
        for name in plan.corpora
    }
    table = overview(root, plan.corpora, in_archives)
    table.attrs.update(
        notes=[*found.notes, *table.attrs["notes"]],
        questions=found.questions,
        left_out=found.left_out,
        failures=failures,
    )
    return table


def write_fer2013(root: Path, progress: bool) -> None:
    """Write the pictures of a fer2013.csv that waits under ``root``, and remove it."""
    table = root / FER2013_CSV
    if table.is_file():
        if not (root / FOLDERS["fer2013"]).is_dir():
            unpack_csv(table, root / FOLDERS["fer2013"], progress)
        table.unlink()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.corpora.prepare",
        description="Put the corpora that you have in their places; your folder is only read.",
    )
    parser.add_argument("source", metavar="FOLDER", help="a folder or an archive")
    parser.add_argument("--data-root", default="", help="where the corpora go (default: data/)")
    parser.add_argument(
        "--corpus",
        default="",
        choices=sorted(SORTED_CORPORA),
        help="what pictures or clips in class folders are of, where that cannot be told",
    )
    given = parser.parse_args(arguments)
    try:
        table = prepare(given.source, given.data_root, corpus=given.corpus)
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(report(table, data_root_folder(given.data_root)))
    return 1 if table.attrs["failures"] or table.attrs["questions"] else 0


if __name__ == "__main__":
    sys.exit(main())
