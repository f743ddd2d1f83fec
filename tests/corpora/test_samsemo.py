"""SAMSEMO: its table, the choice of scenes, and their download."""

import csv
import io
from collections import Counter

import pytest

from helpers.corpora import load_manifest, load_role
from helpers.corpora.download import LITE, download, main
from helpers.corpora.fetching import sources
from helpers.corpora.fetching.fetch import DownloadError
from helpers.corpora.folders import unfinished_marker
from helpers.corpora.manifest import CorpusError
from helpers.corpora.samsemo import allows_use, choose, read_scenes
from helpers.emotions import EMOTIONS
from tests.corpora.making import make_zip, touch, unexpected
from tests.corpora.serving import Server

MP4 = b"\0\0\0\x18ftypmp42" + bytes(100)
WORDS = ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
LINE = {
    "utterance_id": "p1lutabubu_15",
    "movie_title": "A Film",
    "movie_link": "https://example.org/film",
    "language": "EN",
    "covered_face": "No",
    "multiple_faces": "No",
    "aggregated_emotions": "happiness",
    "transcript": 'He said "no"\tand went',
    "license": "CC BY 4.0",
    "author": "A. Author",
}


def lines(films=12, scenes=14):
    """Return a table's lines: every film has scenes of every emotion."""
    return [
        LINE
        | {
            "utterance_id": f"film{film:06d}_{scene}",
            "movie_title": f"Film {film}",
            "aggregated_emotions": WORDS[scene % 7],
        }
        for film in range(films)
        for scene in range(scenes)
    ]


def table(rows, columns=tuple(LINE)):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter="\t", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def scenes_of(tmp_path, rows):
    touch(tmp_path, "samsemo.tsv", content=table(rows))
    scenes, passed_over = read_scenes(tmp_path / "samsemo.tsv")
    return [*scenes.values()], passed_over


def test_the_manifest_has_the_clips_that_are_there(tmp_path):
    rows = lines(films=3, scenes=7)
    touch(tmp_path / "samsemo", "samsemo.tsv", content=table(rows))
    names = ["clips/film000000_0.mp4", "EN/film000001_3/video.mp4", "EN/film000001_3/audio.wav"]
    touch(tmp_path / "samsemo", *names, "clips/film000099_3.mp4", "credits.csv")
    manifest = load_role("wild_clips", "open", tmp_path)
    assert manifest.attrs["corpus"] == "SAMSEMO"
    assert manifest["sample_id"].tolist() == ["film000000_0", "film000001_3"]
    assert manifest["emotion"].tolist() == ["Angry", "Happy"]
    assert manifest["group"].tolist() == ["Film 0", "Film 1"]
    assert set(manifest["author"]) == {"A. Author"}
    assert set(manifest["licence"]) == {"CC BY 4.0"}
    assert set(manifest["problem"]) == {""}
    assert unexpected(manifest) == {
        "clips/film000099_3.mp4": "not in samsemo.tsv",
        "EN/film000001_3/audio.wav": "not in samsemo.tsv",
    }


def test_a_film_is_on_one_side_and_a_third_of_films_are_for_testing(tmp_path):
    scenes, _ = scenes_of(tmp_path, lines(films=300, scenes=2))
    sides = {scene.film: set() for scene in scenes}
    for scene in scenes:
        sides[scene.film].add(scene.split)
    assert all(len(split) == 1 for split in sides.values())
    assert 0.25 < Counter(side for split in sides.values() for side in split)["val"] / 300 < 0.42
    # The same film in other letters is the same film.
    spelt, _ = scenes_of(tmp_path, [row | {"movie_title": "  FILM   1 "} for row in lines(1, 1)])
    assert spelt[0].split == next(scene.split for scene in scenes if scene.film == "Film 1")


def test_the_choice_is_even_in_emotions_and_films_and_grows(tmp_path):
    scenes, _ = scenes_of(tmp_path, lines())
    ids = {scene.sample_id for scene in scenes}
    chosen = choose(scenes, 63, ids)
    assert Counter(scene.split for scene in chosen) == {"train": 42, "val": 21}
    for split, count in (("train", 6), ("val", 3)):
        of_split = [scene for scene in chosen if scene.split == split]
        assert Counter(scene.emotion for scene in of_split) == dict.fromkeys(EMOTIONS, count)
        films = {scene.film for scene in scenes if scene.split == split}
        for emotion in EMOTIONS:
            of_emotion = Counter(scene.film for scene in of_split if scene.emotion == emotion)
            assert max(of_emotion.values()) <= -(-count // len(films))
    assert choose(scenes[::-1], 63, ids) == chosen
    assert set(chosen) < set(choose(scenes, 90, ids))
    assert len(choose(scenes, 10_000, ids)) == len(scenes)
    assert choose(scenes, 63, set()) == []


def test_scenes_with_one_uncovered_face_come_first(tmp_path):
    rows = lines(films=1)
    rows += [
        row | {"utterance_id": row["utterance_id"] + str(n)} | {flag: "Yes"}
        for n, flag in enumerate(("covered_face", "multiple_faces"))
        for row in lines(films=1)
    ]
    scenes, _ = scenes_of(tmp_path, rows)
    chosen = choose(scenes, 21, {scene.sample_id for scene in scenes})
    assert all(scene.is_one_open_face for scene in chosen)


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("CC BY 4.0", True),
        ("cc-by-nc-sa-4.0", True),
        ("CC0 1.0", True),
        ("Public Domain", True),
        ("Creative Commons Attribution licence (reuse allowed)", True),
        ("https://creativecommons.org/licenses/by/3.0/", True),
        ("CC BY-ND 4.0", False),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/", False),
        ("Creative Commons Attribution-NoDerivs", False),
        ("Standard YouTube License", False),
        ("All rights reserved", False),
        ("abcc bye", False),
        ("", False),
    ],
)
def test_only_a_licence_that_allows_derivatives_counts(tmp_path, licence, allowed):
    assert allows_use(licence) == allowed
    scenes, _ = scenes_of(tmp_path, [LINE | {"license": licence}])
    assert len(choose(scenes, 3, {LINE["utterance_id"]})) == allowed
    assert ("licence" in scenes[0].problem) != allowed


@pytest.mark.parametrize(
    ("cell", "emotion"),
    [
        ("happiness", "Happy"),
        ("['Sadness']", "Sad"),
        ("anger, anger", "Angry"),
        ("anger, disgust", ""),
        ("other", ""),
        ("", ""),
    ],
)
def test_a_scene_has_one_of_the_seven_emotions_or_a_problem(tmp_path, cell, emotion):
    [scene], _ = scenes_of(tmp_path, [LINE | {"aggregated_emotions": cell}])
    assert scene.emotion == emotion
    assert bool(scene.problem) == (not emotion)


def test_bad_lines_are_listed_and_the_others_count(tmp_path):
    bad = ["../../p1lutabubu_1", "p1lutabubu", "", "a/b_1", "p1lutabubu_15"]
    rows = [LINE, *(LINE | {"utterance_id": name} for name in bad)]
    rows.append(LINE | {"utterance_id": "p1lutabubu_16", "movie_title": ""})
    scenes, passed_over = scenes_of(tmp_path, rows)
    assert [scene.sample_id for scene in scenes] == ["p1lutabubu_15", "p1lutabubu_16"]
    assert scenes[1].film == "p1lutabubu"
    assert [reason for _, reason in passed_over] == [
        "no id of a scene: '../../p1lutabubu_1'",
        "no id of a scene: 'p1lutabubu'",
        "no id of a scene: ''",
        "no id of a scene: 'a/b_1'",
        "a second line of p1lutabubu_15",
    ]


def test_a_table_without_what_is_needed_is_named(tmp_path):
    columns = [name for name in LINE if name not in ("author", "covered_face")]
    touch(tmp_path, "samsemo.tsv", content=table([LINE], columns))
    scenes, _ = read_scenes(tmp_path / "samsemo.tsv")
    assert scenes["p1lutabubu_15"].author == ""
    touch(tmp_path, "samsemo.tsv", content=table([LINE], ["utterance_id", "movie_title"]))
    with pytest.raises(CorpusError, match="lacks the columns .*license"):
        read_scenes(tmp_path / "samsemo.tsv")
    (tmp_path / "samsemo.tsv").unlink()
    touch(tmp_path / "samsemo", "p1lutabubu_15.mp4")
    with pytest.raises(CorpusError, match="no samsemo.tsv"):
        load_manifest("samsemo", tmp_path)


# The download


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Return a server with the table, and an archive of all scenes but one."""
    server = Server()
    rows = lines(films=12, scenes=14)
    rows.append(LINE | {"utterance_id": "secret0000_1", "license": "Standard"})
    files = {f"EN/{row['utterance_id']}.mp4": MP4 + row["utterance_id"].encode() for row in rows}
    files |= {name.replace(".mp4", ".wav"): bytes(9) for name in files}
    del files["EN/film000000_0.mp4"]
    server.table = sources._samsemo_address("samsemo.tsv").removeprefix(sources.HUGGING_FACE)
    server.zip = sources._samsemo_address("data/EN.zip").removeprefix(sources.HUGGING_FACE)
    server.files[server.table] = table(rows)
    server.files[server.zip] = make_zip(tmp_path / "EN.zip", files).read_bytes()
    (tmp_path / "EN.zip").unlink()
    monkeypatch.setattr(sources, "HUGGING_FACE", server.url)
    yield server
    server.close()


def fetch_clips(root, clips=21):
    return download("samsemo", root, clips=clips, accept_licence=True, progress=False)


def clips_in(root):
    return {path.stem: path.read_bytes() for path in (root / "samsemo/clips").iterdir()}


def test_clips_come_with_their_credits(hub, tmp_path):
    found = fetch_clips(tmp_path).set_index("part")["found"]
    assert found.to_dict() == {"train": 14, "val": 7}
    assert all(content == MP4 + name.encode() for name, content in clips_in(tmp_path).items())
    with (tmp_path / "samsemo/credits.csv").open(encoding="utf-8") as file:
        credited = [*csv.DictReader(file)]
    assert {row["sample_id"] for row in credited} == clips_in(tmp_path).keys()
    assert credited[0].keys() == {"sample_id", "film", "author", "link", "licence"}
    assert {row["author"] for row in credited} == {"A. Author"}
    manifest = load_manifest("samsemo", tmp_path)
    assert len(manifest) == 21
    assert manifest.attrs["unexpected_files"] == []
    assert not (manifest.groupby("group")["split"].nunique() > 1).any()
    assert Counter(manifest["emotion"]) == dict.fromkeys(EMOTIONS, 3)


def test_more_clips_are_added_to_those_that_are_there(hub, tmp_path):
    fetch_clips(tmp_path)
    before = clips_in(tmp_path)
    hub.requests.clear()
    fetch_clips(tmp_path, clips=42)
    assert before.items() < clips_in(tmp_path).items()
    assert len([path for path, _ in hub.requests if path == hub.table]) == 0
    assert len([path for path, _ in hub.requests if path == hub.zip]) <= 21 + 2


def test_what_may_not_be_used_or_is_not_there_is_not_fetched(hub, tmp_path):
    fetch_clips(tmp_path, clips=1000)
    there = clips_in(tmp_path).keys()
    assert len(there) == 12 * 14 - 1
    assert not {"secret0000_1", "film000000_0"} & there


def test_an_interrupted_download_is_not_taken_for_the_whole_and_goes_on(hub, tmp_path):
    archive = hub.files.pop(hub.zip)
    with pytest.raises(DownloadError) as error:
        fetch_clips(tmp_path)
    assert str(error.value).endswith(
        "https://huggingface.co/datasets/SamsungNLP/SAMSEMO is the page to visit: it says where "
        "the files are now."
    )
    with pytest.raises(CorpusError, match="samsemo --accept-licence --clips 21` was interrupted"):
        load_manifest("samsemo", tmp_path)
    hub.files[hub.zip] = archive
    fetch_clips(tmp_path)
    assert not unfinished_marker(tmp_path / "samsemo").exists()
    assert len(load_manifest("samsemo", tmp_path)) == 21


def test_a_table_of_which_nothing_can_be_used_says_so(hub, tmp_path):
    hub.files[hub.table] = table([LINE | {"license": "Standard"}])
    with pytest.raises(CorpusError, match="None of the 1 scenes"):
        fetch_clips(tmp_path)


def test_nothing_is_asked_before_the_licence_is_accepted(hub, tmp_path, capsys):
    assert main(["samsemo", "--clips", "70", "--data-root", str(tmp_path)]) == 1
    text = capsys.readouterr().err
    assert "70 clips of them" in text
    assert "--accept-licence" in text
    assert hub.requests == []
    assert main(["crema-d", "--clips", "7", "--accept-licence"]) == 1
    assert "['samsemo'] alone" in capsys.readouterr().err


def test_the_lite_size_is_what_the_command_takes(capsys):
    for command in LITE:
        assert main(command.split()) == 1
        assert "Nothing was fetched" in capsys.readouterr().err
