"""Small corpora for tests: files without content, pictures, tables, archives."""

import io
import tarfile
import zipfile

import numpy as np
from PIL import Image

JPEG = b"\xff\xd8\xff\xe0" + b"jpeg" * 20 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"png" * 20 + b"IEND\xaeB`\x82"
AVI = b"RIFF" + (92).to_bytes(4, "little") + b"AVI " + bytes(88)
WAV = b"RIFF" + (92).to_bytes(4, "little") + b"WAVE" + bytes(88)
URBAN = (
    "slice_file_name,fsID,start,end,salience,fold,classID,class\n"
    "7-3-0-0.wav,7,0,4,1,1,3,dog_bark\n"
    "8-8-0-0.wav,8,0,4,2,2,8,siren\n"
)
MELD_HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"


def touch(folder, *names, content=b"x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write(folder, files):
    for name, content in files.items():
        touch(folder, name, content=content)
    return folder


def picture(path, seed, *, side=48, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return pixels


def unexpected(manifest):
    return dict(manifest.attrs["unexpected_files"])


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path, files, members=()):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
    return path


def urban_tar(path):
    files = {
        "UrbanSound8K/audio/fold1/7-3-0-0.wav": WAV,
        "UrbanSound8K/audio/fold1/.DS_Store": b"x",
        "UrbanSound8K/audio/fold2/8-8-0-0.wav": WAV,
        "UrbanSound8K/metadata/UrbanSound8K.csv": URBAN.encode(),
        "UrbanSound8K/UrbanSound8K_README.txt": b"read me",
    }
    return make_tar(path, files)


def write_meld(root):
    train = [
        '1,"Hi, there’s",Joey,joy,positive,0,0',
        "2,No,Ross,anger,negative,125,3",
        "3,Hm,Ross,bored,neutral,1,1",
    ]
    touch(root, "train_sent_emo.csv", content=(MELD_HEADER + "\n".join(train)).encode("cp1252"))
    touch(root, "test_sent_emo.csv", content=(MELD_HEADER + "1,So,Amy,fear,negative,0,0").encode())
    touch(root, "MELD.Raw/train/train_splits/dia0_utt0.mp4")
    touch(root, "MELD.Raw/train/train_splits/dia125_utt3.mp4")
    touch(root, "MELD.Raw/train/train_splits/dia7_utt7.mp4")
    (root / "MELD.Raw/test/output_repeated_splits_test").mkdir(parents=True)
