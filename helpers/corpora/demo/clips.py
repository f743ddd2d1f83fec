"""AFEW and SFEW in miniature: clips of the invented films, and stills out of them."""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2
import ffmpeg
import numpy as np

from helpers.corpora.demo.films import TITLES, make_film
from helpers.corpora.demo.geometry import Pose
from helpers.corpora.demo.seeds import random_for
from helpers.corpora.demo.shots import (
    FRAMES_PER_SECOND,
    HEIGHT,
    WIDTH,
    Shot,
    film_frame,
    film_no_face,
    film_still,
    make_shot,
)
from helpers.corpora.demo.sounds import write_wave
from helpers.corpora.demo.soundtracks import soundtrack
from helpers.corpora.demo.voices import SAMPLE_RATE
from helpers.emotions import EMOTIONS
from helpers.runtime.ffmpeg import run_ffmpeg

CLIPS = {"train": (52, 29, 31, 58, 56, 45, 29), "val": (75, 47, 54, 74, 74, 72, 54)}
"""Clips by class; AFEW's 773 and 383 in proportion."""
STILLS = {"train": (112, 32, 50, 115, 92, 98, 61), "val": (147, 45, 87, 120, 158, 132, 95)}
"""Stills of faces by class; the 859 and 405 of the thesis (figure 11) in proportion."""
NOT_FACES = {"train": 19, "val": 29}
"""Stills that show no face, on top of the others; the thesis deleted such by hand."""
IDS_IN_BOTH = 2
_FRACTION_WITH_STILLS = 0.85
_FRACTION_OF_OTHER_LABELS = 0.1  # of the second and later stills
_CLIPS_WITHOUT_FACES = {"train": 9, "val": 19}
_STILL_SIZE = (145, 114)  # height, width: the proportions of SFEW's 181 x 143
_ALIGNED_SIZE = 96
_FRAMES_A_DRAWING = 5  # fewer drawings than frames, as in animated films
_FOLDERS = {"train": "Train", "val": "Val"}
_ZIPS = {
    "train": "AlignedFaces_LBPTOP_Points.zip",
    "val": "AlignedFaces_LBPTOP_Points_Val.zip",
}


@dataclass(frozen=True)
class Clip:
    """What is to be written of one clip."""

    clip_id: str
    split: str
    film: str
    emotion: str
    stills: tuple[str, ...]  # the class folder of each still
    stills_without_face: int
    aligned_faces: bool  # whether the organisers found any face


def plan_clips(seed: int) -> list[Clip]:
    """Return all clips with their films and stills; two ids are in both splits."""
    rng = random_for(seed, "EmotiW_2018")
    numbers = rng.choice(99_998_999, sum(map(sum, CLIPS.values())), replace=False)
    ids = [f"{1000 + number:08d}0" for number in numbers]
    train_ids, val_ids = ids[: sum(CLIPS["train"])], ids[sum(CLIPS["train"]) :]
    val_ids[:IDS_IN_BOTH] = train_ids[-IDS_IN_BOTH:]
    rng.shuffle(val_ids)
    return [
        clip
        for split, split_ids in (("train", train_ids), ("val", val_ids))
        for clip in _plan_split(split, split_ids, rng)
    ]


def _plan_split(split: str, ids: list[str], rng: np.random.Generator) -> list[Clip]:
    emotions = [e for e, n in zip(EMOTIONS, CLIPS[split], strict=True) for _ in range(n)]
    films = np.resize(rng.permutation(TITLES[split]), len(ids))
    rng.shuffle(films)
    filmed = {}
    for emotion in EMOTIONS:
        own = [k for k, e in enumerate(emotions) if e == emotion]
        filmed[emotion] = rng.permutation(own)[: round(_FRACTION_WITH_STILLS * len(own))].tolist()
    stills: list[list[str]] = [[] for _ in ids]
    for emotion, count in zip(EMOTIONS, STILLS[split], strict=True):
        for n in range(count):
            own = filmed[emotion]
            if n < len(own):
                clip = own[n]
            elif rng.random() < _FRACTION_OF_OTHER_LABELS:
                others = [k for e in EMOTIONS if e != emotion for k in filmed[e]]
                clip = others[rng.integers(len(others))]
            else:
                clip = own[rng.integers(len(own))]
            stills[clip].append(emotion)
    with_stills = [k for k, labels in enumerate(stills) if labels]
    no_face = rng.choice(with_stills, NOT_FACES[split], replace=False)
    nothing_found = rng.choice(len(ids), _CLIPS_WITHOUT_FACES[split], replace=False)
    return [
        Clip(
            clip_id,
            split,
            str(film),
            emotion,
            tuple(own),
            int(k in no_face),
            k not in nothing_found,
        )
        for k, (clip_id, film, emotion, own) in enumerate(
            zip(ids, films, emotions, stills, strict=True)
        )
    ]


def write_clip(root: Path, seed: int, clip: Clip) -> tuple[dict[str, bytes], list[str]]:
    """Write a clip and its stills.

    Return the organisers' aligned faces (jpg files by their name in the zip), and the names of the
    stills that show no face.
    """
    rng = random_for(seed, "clip", clip.split, clip.clip_id)
    shot = make_shot(make_film(random_for(seed, "film", clip.film), clip.film), clip.emotion, rng)
    sound, mouth = soundtrack(shot, rng)
    drawings, aligned = [], {}
    lost = rng.beta(0.9, 1.6)  # the fraction of pictures in which the organisers' detector failed
    for number in range(0, shot.frames, _FRAMES_A_DRAWING):
        frame, pose = film_frame(shot, number, mouth[number], rng)
        drawings.append(frame)
        if clip.aligned_faces and number % (2 * _FRAMES_A_DRAWING) == 0:
            name = f"Faces/{clip.clip_id}/{number:03d}.jpg"
            aligned[name] = _jpeg(_aligned_face(frame, pose, rng, lost=rng.random() < lost))
    folder = root / "EmotiW_2018" / f"{_FOLDERS[clip.split]}_AFEW" / clip.emotion
    folder.mkdir(parents=True, exist_ok=True)
    _write_avi(folder / f"{clip.clip_id}.avi", drawings, sound, shot)
    return aligned, _write_stills(root / "SFEW" / _FOLDERS[clip.split], clip, shot, mouth, rng)


def _write_stills(
    folder: Path, clip: Clip, shot: Shot, mouth: np.ndarray, rng: np.random.Generator
) -> list[str]:
    labels = clip.stills + (clip.emotion,) * clip.stills_without_face
    not_faces = []
    for k, label in enumerate(labels):
        number = int((k + rng.uniform(0.1, 0.9)) / len(labels) * shot.frames)
        name = f"{clip.film}_{clip.clip_id}_{number:08d}.png"
        if k < len(clip.stills):
            still = film_still(shot, number, mouth[number], *_STILL_SIZE, rng)
        else:
            still = film_no_face(shot, *_STILL_SIZE, rng)
            not_faces.append(name)
        (folder / label).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / label / name), still[..., ::-1])
    return not_faces


def _aligned_face(
    frame: np.ndarray, pose: Pose, rng: np.random.Generator, lost: bool
) -> np.ndarray:
    """Return the square around the head, or around something else."""
    half = 1.1 * pose.scale
    middle = np.array(pose.centre) + rng.normal(0, 0.06, 2) * pose.scale
    if lost:
        half = rng.uniform(15, 40)
        middle = rng.uniform((0, 0), (WIDTH, HEIGHT))
    return cv2.getRectSubPix(frame, (int(2 * half),) * 2, tuple(map(float, middle)))


def _jpeg(picture: np.ndarray) -> bytes:
    size = (_ALIGNED_SIZE, _ALIGNED_SIZE)
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()


def _write_avi(path: Path, drawings: list[np.ndarray], sound: np.ndarray, shot: Shot) -> None:
    """Encode drawings as MPEG-4 and sound as PCM or MP3, the same bytes every time."""
    film = shot.film
    size = f"{WIDTH}x{HEIGHT}"
    options = {"c:v": "mpeg4", "q:v": 5, "g": 25, "pix_fmt": "yuv420p", "threads": 1}
    # Each drawing is read once, and shown for several frames.
    options |= {"r": FRAMES_PER_SECOND, "frames:v": shot.frames}
    options |= {"c:a": film.sound_codec, "ar": film.sound_rate}
    options |= {"fflags": "+bitexact", "flags:v": "+bitexact", "flags:a": "+bitexact"}
    if film.sound_codec == "libmp3lame":
        options["b:a"] = "64k"
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "sound.wav"
        write_wave(wave, sound, SAMPLE_RATE)
        raw = Path(folder) / "drawings.rgb"  # a pipe takes as long as the drawing
        raw.write_bytes(np.stack(drawings))
        rate = FRAMES_PER_SECOND / _FRAMES_A_DRAWING
        pictures = ffmpeg.input(str(raw), format="rawvideo", pix_fmt="rgb24", s=size, r=rate)
        output = ffmpeg.output(pictures, ffmpeg.input(str(wave)), str(path), f="avi", **options)
        run_ffmpeg(output.overwrite_output())


def write_beside(root: Path, clips: list[Clip], aligned: list[dict[str, bytes]]) -> None:
    """Write what lies beside the class folders: the aligned faces of all clips, and the xml."""
    for split, name in _FOLDERS.items():
        folder = root / "EmotiW_2018" / f"{name}_AFEW"
        listing = ElementTree.Element("Clips")
        with zipfile.ZipFile(folder / _ZIPS[split], "w") as archive:
            for clip, faces in zip(clips, aligned, strict=True):
                if clip.split != split:
                    continue
                fields = {"Name": clip.clip_id, "Film": clip.film, "Expression": clip.emotion}
                ElementTree.SubElement(listing, "Clip", fields)
                for face, jpeg in faces.items():
                    archive.writestr(zipfile.ZipInfo(face), jpeg)
        ElementTree.indent(listing)
        ElementTree.ElementTree(listing).write(folder / f"{name}_6.xml", encoding="utf-8")
