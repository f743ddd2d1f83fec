import numpy as np
from PIL import Image

from helpers.corpora import load_manifest
from helpers.corpora.demo import instrument
from helpers.features.pictures import resize
from helpers.features.posed_faces import draw_faces, load_posed_faces, pictures_of_clips
from tests.corpora.making import touch


def test_posed_faces_come_from_the_clips(tmp_path, shared_data):
    source = shared_data / "ravdess/Video_Speech_Actor_01/01-01-07-02-02-01-01.mp4"
    touch(tmp_path / "ravdess", "01-01-07-02-02-01-01.mp4", content=source.read_bytes())
    touch(tmp_path / "ravdess", "01-01-07-02-02-01-05.mp4")  # no film at all
    for _ in range(2):  # the second time from the cache
        manifest = load_posed_faces("open", tmp_path)
        rows = manifest.set_index("actor")
        assert rows["split"].to_dict() == {"01": "train", "05": "test"}
        assert rows.loc["01", ["emotion", "problem"]].tolist() == ["Disgust", ""]
        assert "not a film" in rows.loc["05", "problem"]
        with Image.open(rows.loc["01", "path"]) as face:
            assert face.size == (143, 181)
            assert np.asarray(face).std() > 10
    assert manifest.attrs["folder"] in rows.loc["01", "path"]


def test_pictures_stay_row_for_row_with_the_clips(tmp_path):
    touch(tmp_path / "crema_d", "1001_DFA_ANG_XX.flv", "1076_MTI_SAD_XX.flv")
    clips = load_manifest("crema_d", tmp_path)
    pictures = pictures_of_clips(clips)
    assert pictures["sample_id"].equals(clips["sample_id"])
    assert pictures["problem"].tolist()[1] == "silent, as documented"
    assert "not a film" in pictures["problem"].tolist()[0]


def test_faces_are_drawn_person_by_person_and_the_settings_change_them():
    emotions = ("Happy", "Sad")
    posed, lit = (draw_faces(emotions, (24, 24), 2, light=light) for light in (0.0, 1.0))
    assert posed.shape == (4, 24, 24, 1) and posed.dtype == np.uint8
    assert len({face.tobytes() for face in (*posed, *lit)}) == 8
    alone = instrument.face(1, "Happy", light=0.0, seed=1)
    assert (resize([alone], (24, 24), 1)[0] == posed[2]).all()
