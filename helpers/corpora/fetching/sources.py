"""Where the open corpora are, how large they are, and under which licence."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from helpers.corpora import emos, meld, samsemo
from helpers.corpora.fetching.fetch import DownloadError, fetch
from helpers.corpora.folders import FOLDERS

ZENODO = "https://zenodo.org"
HUGGING_FACE = "https://huggingface.co"
GITHUB_RAW = "https://raw.githubusercontent.com"
GITHUB_MEDIA = "https://media.githubusercontent.com/media"
GITLAB = "https://gitlab.com"

_CREMA_D = "CheyneyComputerScience/CREMA-D"
_CREMA_D_MIRROR = "cs-cooper-lab/crema-d-mirror"


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch: its name, its sources in order, and what tells that it is the right one."""

    name: str
    urls: tuple[str, ...]
    size: int | None = None
    checksum: str | None = None


@dataclass(frozen=True)
class Source:
    """An open corpus as it is published.

    ``size`` and, where known, ``unpacked`` are bytes of the whole, ``actors`` the first and the
    last number where it can be had by actor; ``files`` lists what to fetch and may ask the network.
    ``clips`` has the addresses of the zip that single clips are read from, and their usual number.
    """

    title: str
    folder: str
    size: int
    licence: str
    home: str
    files: Callable[[Sequence[int], Path], list[RemoteFile]]
    actors: tuple[int, int] | None = None
    unpacked: int = 0
    clips: tuple[Callable[[], list[str]], int] | None = None

    def fraction(self, actors: Sequence[int]) -> float:
        """Return which fraction of the corpus these actors are."""
        return len(actors) / (self.actors[1] - self.actors[0] + 1) if self.actors else 1.0


def _from_zenodo(record: int, name: str, size: int, checksum: str) -> RemoteFile:
    return RemoteFile(name, (f"{ZENODO}/records/{record}/files/{name}",), size, checksum)


def _ravdess_speech(_actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    name, md5 = "Audio_Speech_Actors_01-24.zip", "md5:bc696df654c87fed845eb13823edef8a"
    return [_from_zenodo(1188976, name, 208_468_073, md5)]


def _ravdess_video(actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    # Sizes and hashes come from the record itself, which lists both for every file.
    url = f"{ZENODO}/api/records/1188976"
    try:
        response = requests.get(url, timeout=60)
        response.raise_for_status()
        listed = {file["key"]: file for file in response.json()["files"]}
        files = [listed[f"Video_Speech_Actor_{actor:02d}.zip"] for actor in actors]
        return [
            _from_zenodo(1188976, file["key"], int(file["size"]), file["checksum"])
            for file in files
        ]
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise DownloadError(
            f"The list of RAVDESS's files could not be read from {url}: {error!r}. Try again later."
        ) from None


def _urbansound8k(_actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    name, md5 = "UrbanSound8K.tar.gz", "md5:9aa69802bbf37fb986f71ec1483a196e"
    return [_from_zenodo(1203745, name, 6_023_741_708, md5)]


def _meld(_actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    tables = [
        RemoteFile(name, (f"{GITHUB_RAW}/declare-lab/MELD/master/data/MELD/{name}",))
        for name in meld.TABLES.values()
    ]
    name = "MELD.Raw.tar.gz"
    url = f"{HUGGING_FACE}/datasets/declare-lab/MELD/resolve/main/{name}"
    checksum = "sha256:a56b4407d574195cbce470d86f9c9d72fcfea59b0e34502ecd4babee4a5c613e"
    return [*tables, RemoteFile(name, (url,), 10_878_146_150, checksum)]


def _emos(_actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    home = f"{GITHUB_RAW}/NLP2CT/EmoS/ff6c46449a71b48b4a36961dbdd8848f985af146/datasets/data-final"
    tables = {
        "Annotations-3000": "meld3000_basic7_high_confidence_ge0.5.xlsx",
        "Annotations-last-2000": "meld_last2000_basic7_high_confidence_ge0.5.xlsx",
    }
    return [
        RemoteFile(
            f"{emos.FOLDER}/{name}",
            (f"{home}/datasets/newdataset-MELD/{part}/analysis_outputs/basic7/{name}",),
        )
        for part, name in tables.items()
    ]


def _samsemo_address(name: str) -> str:
    revision = "9d3a85852aff7aee6742c6d63bf3364080e5bc47"
    return f"{HUGGING_FACE}/datasets/SamsungNLP/SAMSEMO/resolve/{revision}/{name}"


def _samsemo(_actors: Sequence[int], _folder: Path) -> list[RemoteFile]:
    return [RemoteFile(samsemo.TABLE, (_samsemo_address(samsemo.TABLE),))]


def _samsemo_clips() -> list[str]:
    return [_samsemo_address("data/EN.zip")]


def _crema_d(media: str, suffix: str) -> Callable[[Sequence[int], Path], list[RemoteFile]]:
    def files(actors: Sequence[int], folder: Path) -> list[RemoteFile]:
        list_url = f"{GITHUB_RAW}/{_CREMA_D}/master/SentenceFilenames.csv"
        table = fetch([list_url], folder / "SentenceFilenames.csv", progress=False)
        with table.open(encoding="utf-8", newline="") as file:
            takes = [row["Filename"] for row in csv.DictReader(file)]
        wanted = [take for take in takes if int(take[:4]) in set(actors)]
        names = [f"{media}/{take}{suffix}" for take in wanted]
        return [
            RemoteFile(
                name,
                (
                    f"{GITHUB_MEDIA}/{_CREMA_D}/master/{name}",
                    f"{GITLAB}/{_CREMA_D_MIRROR}/-/raw/HEAD/{name}",
                ),
            )
            for name in names
        ]

    return files


def crema_d_session() -> requests.Session:
    """Return a session that asks again, with pauses, for a hash that does not come."""
    session = requests.Session()
    retry = Retry(6, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504))
    session.mount(f"{GITHUB_RAW}/", HTTPAdapter(max_retries=retry))
    return session


def crema_d_checksum(name: str, session: requests.Session) -> tuple[str, int]:
    """Return hash and size of a CREMA-D file from its Git LFS pointer in the repository."""
    url = f"{GITHUB_RAW}/{_CREMA_D}/master/{name}"
    try:
        response = session.get(url, timeout=60)
        response.raise_for_status()
        fields = dict(line.split(" ", 1) for line in response.text.splitlines() if " " in line)
        return fields["oid"], int(fields["size"])
    except (requests.RequestException, KeyError, ValueError) as error:
        raise DownloadError(
            f"The hash of {name} could not be read from its Git LFS pointer at {url}: {error!r}. "
            "Try again later."
        ) from None


_CREMA_D_FACTS = {
    "folder": "crema_d",
    "licence": "Open Database License 1.0 (ODbL)",
    "home": "github.com/CheyneyComputerScience/CREMA-D",
    "actors": (1001, 1091),
}
_RAVDESS_FACTS = {
    "folder": "ravdess",
    "licence": "CC BY-NC-SA 4.0: not for commercial use, share alike, name the authors",
    "home": "zenodo.org/records/1188976",
}

SOURCES = {
    "ravdess-speech": Source(
        title="RAVDESS, speech of 24 actors (Livingstone and Russo 2018)",
        size=208_468_073,
        files=_ravdess_speech,
        **_RAVDESS_FACTS,
    ),
    "ravdess-video": Source(
        title="RAVDESS, clips with sound of 24 actors (Livingstone and Russo 2018)",
        size=13_360_000_000,
        files=_ravdess_video,
        actors=(1, 24),
        **_RAVDESS_FACTS,
    ),
    "crema-d": Source(
        title="CREMA-D, clips with sound of 91 actors (Cao et al. 2014)",
        size=3_000_000_000,
        files=_crema_d("VideoFlash", ".flv"),
        **_CREMA_D_FACTS,
    ),
    "crema-d-speech": Source(
        title="CREMA-D, sound alone of 91 actors (Cao et al. 2014)",
        size=605_899_936,
        files=_crema_d("AudioWAV", ".wav"),
        **_CREMA_D_FACTS,
    ),
    "urbansound8k": Source(
        title="UrbanSound8K (Salamon, Jacoby and Bello 2014)",
        folder="UrbanSound8K",
        size=6_023_741_708,
        licence="CC BY-NC 4.0: not for commercial use, name the authors",
        home="zenodo.org/records/1203745",
        files=_urbansound8k,
    ),
    "samsemo": Source(
        title="SAMSEMO, English scenes of films and other videos (Bujnowski et al. 2024)",
        folder=FOLDERS["samsemo"],
        size=22_000_000_000,
        licence="CC BY 4.0 as a whole; every scene has its own, which credits.csv keeps",
        home="huggingface.co/datasets/SamsungNLP/SAMSEMO",
        files=_samsemo,
        clips=(_samsemo_clips, 600),
    ),
    "meld": Source(
        title="MELD, clips of a television series (Poria et al. 2019)",
        folder="meld",
        size=10_878_146_150,
        unpacked=36_000_000_000,
        licence="labels GPL-3.0; the clips belong to the series' owners: for research alone",
        home="github.com/declare-lab/MELD",
        files=_meld,
    ),
    "emos": Source(
        title="EmoS, labels in place of MELD's own for 4,761 clips (Guo et al. 2026)",
        folder="meld",
        size=420_000,
        licence="no licence file; its page allows academic use, not commercial",
        home="github.com/NLP2CT/EmoS",
        files=_emos,
    ),
}
"""What ``python -m helpers.corpora.download`` fetches, by name."""
