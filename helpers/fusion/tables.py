"""The tables of notebook 07: what was published beside what came out."""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.evaluation.statistics import wilson_interval
from helpers.fusion.comparison import DENSE
from helpers.published import load_published

PUBLISHED_NAMES = {
    "audio, all clips": ("06_audio_spectrogram_images", "vgg16"),
    "face frames": ("04_video_late_fusion", "afew_face_frames_discarded"),
    "video": ("04_video_late_fusion", "sfew_stills"),
    "mean": ("07_fusion", "mean"),
    "SVM": ("07_fusion", "svm"),
    DENSE: ("07_fusion", "dense"),
}
"""Systems of which a confusion matrix is published, and where ``load_published`` has it."""


def published_of(system: str) -> dict | None:
    """Return what is published of a system of chapter V, or None."""
    if system not in PUBLISHED_NAMES:
        return None
    notebook, entry = PUBLISHED_NAMES[system]
    return load_published(notebook)[entry]


def recomputed_table(scores: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return the thesis's systems, recomputed and published, and whether the matrices are equal.

    The scores are those of ``helpers.fusion.replication.replicate``.
    """
    rows = {}
    for system in [name for name in PUBLISHED_NAMES if name != DENSE]:
        ours, published = scores[system], published_of(system)
        rows[system] = {
            "clips": ours["n"],
            "correct": ours["correct"],
            "accuracy": f"{ours['accuracy']:.2%}",
            "95 % interval": _interval(ours["interval"]),
            "published": f"{published['value']:.2%}",
            "same matrix": ours["confusion"] == published["confusion"],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("system")


def trust_table(replicated: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return how good each modality of the thesis looks on training clips, and is on test clips.

    Audio is counted on all clips and on those that video has too; temperatures are of the latter.
    It takes what ``helpers.fusion.replication.replicate`` returned.
    """
    columns = {}
    names = {name: name for name in ("video", "audio", "audio, all clips")}
    for name, title in (names | {"audio": "audio, same clips"}).items():
        for part, scores in (("train", replicated["train"]), ("val", replicated["scores"])):
            found = replicated["temperatures"][part].get(name)
            columns[title, part] = {
                "accuracy": f"{scores[name]['accuracy']:.1%}",
                "clips": scores[name]["n"],
                "temperature": "" if found is None else f"{found:.2f}",
            }
    return pd.DataFrame(columns)


def second_table(
    vectors: Mapping[str, Mapping], own: Sequence[Mapping], corpus: str
) -> pd.DataFrame:
    """Return table II of the thesis: published, from its vectors, and from own scores.

    ``vectors`` has a score of the thesis's vectors for each system; ``own`` are experiments on the
    clips of ``corpus`` with both modalities, whose ``system`` names the system.
    """
    keys = {"audio": "audio, all clips", "svm": "SVM", "dense": DENSE}
    rows = {}
    for published in load_published("07_fusion")["table_2"]:
        name = published["system"]
        system = keys.get(name, name)
        row = {
            ("published", "accuracy"): f"{published['accuracy']:.1%}",
            ("published", "F1"): f"{published['f1']:.1%}",
            ("from its vectors", "accuracy"): f"{vectors[system]['accuracy']:.1%}",
            ("from its vectors", "F1"): f"{vectors[system]['f1_weighted']:.1%}",
            ("from its vectors", "n"): vectors[system]["n"],
        }
        for line in [line for line in own if line["system"] in (name, system)]:
            ours, place = line["metrics"], f"{corpus}, {line['protocol']}"
            row[place, "accuracy"] = f"{ours['accuracy']:.1%} {_interval(ours['interval'])}"
            row[place, "F1"] = f"{ours['f1_weighted']:.1%}"
            row[place, "n"] = line["n"]
        # The published row is of all clips with sound, ours of clips with both; n says so.
        rows["audio" if name == "audio" else system] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.columns = pd.MultiIndex.from_tuples(table.columns)
    return table


def third_table(
    vectors: Mapping[str, Mapping], own: Sequence[Mapping], corpus: str
) -> pd.DataFrame:
    """Return table III of the thesis: the challenge's published systems, the thesis's, and ours.

    Takes what :func:`second_table` takes; fusions of both protocols are listed.
    """
    rows = [
        (
            entry["system"],
            "AFEW validation" if entry["test"] is None else "AFEW test",
            entry["test"] or entry["val"],
            entry.get("n"),
        )
        for entry in load_published("emotiw")
    ]
    with_stills = "AFEW validation, with stills"
    thesis = load_published("07_fusion")["dense"]
    rows.append((f"thesis: {DENSE}, as published", with_stills, thesis["value"], thesis["n"]))
    for name in (DENSE, "mean"):
        ours = vectors[name]
        rows.append((f"its vectors: {name}", with_stills, ours["accuracy"], ours["n"]))
    for line in own:
        if (system := line["system"]) in (DENSE, "mean", "SVM"):
            name = f"here: {system}, {line['protocol']}"
            rows.append((name, f"corpus {corpus}", line["metrics"]["accuracy"], line["n"]))
    return pd.DataFrame(
        {
            "system": system,
            "clips of": clips,
            "n": n or "",
            "accuracy": f"{accuracy:.2%}",
            "95 % interval": _interval(wilson_interval(round(accuracy * n), n)) if n else "",
        }
        for system, clips, accuracy, n in rows
    ).set_index("system")


def _interval(interval: Sequence[float]) -> str:
    return f"[{100 * interval[0]:.0f}, {100 * interval[1]:.0f}]"
