"""Ours beside the published values."""

from helpers.evaluation.statistics import wilson_interval
from helpers.fusion import tables
from helpers.results import runs
from tests.fusion.made_up import made_up_vectors


def test_tables_put_ours_beside_the_published_values():
    vectors = made_up_vectors()
    table = tables.recomputed_table(vectors)
    assert not table["same matrix"].any()
    for name in table.index:
        vectors[name] = vectors[name] | {"confusion": tables.published_of(name)["confusion"]}
    assert tables.recomputed_table(vectors)["same matrix"].all()
    own = [
        runs.experiment("SVM, clips with both", protocol, "val", vectors["SVM"], system="SVM")
        for protocol in ("thesis", "held_out")
    ]
    second = tables.second_table(vectors, own, "demo")
    assert second.loc["SVM", ("published", "accuracy")] == "39.9%"
    assert second.loc["SVM", ("demo, held_out", "n")] == 188
    assert second.loc["dense network", ("published", "F1")] == "44.0%"
    audio = runs.experiment("audio", "thesis", "val", vectors["audio"], system="audio")
    assert tables.second_table(vectors, [audio], "demo").loc["audio", ("demo, thesis", "n")] == 188
    third = tables.third_table(vectors, own, "demo")
    low, high = wilson_interval(394, 653)
    line = third.loc["EmotiW 2018, 7th place"]
    assert (line["accuracy"], line["n"]) == ("60.34%", 653)
    assert line["95 % interval"] == f"[{100 * low:.0f}, {100 * high:.0f}]"
    assert "here: SVM, held_out" in third.index


def test_audio_is_trusted_on_all_clips_and_on_those_of_video():
    scores = made_up_vectors()
    scores["audio, all clips"] = scores["audio, all clips"] | {"n": 381}
    heat = {"video": 1.5, "audio": 2.25}
    replicated = {"train": scores, "scores": scores, "temperatures": {"train": heat, "val": heat}}
    table = tables.trust_table(replicated)
    assert list(table.loc["clips", (slice(None), "val")]) == [188, 188, 381]
    assert list(table.loc["temperature", (slice(None), "val")]) == ["1.50", "2.25", ""]
