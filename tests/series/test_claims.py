"""``series claims``: seeds are run, shown, and kept beside the saved run."""

import json

import pytest

from helpers.series import claims
from helpers.series.__main__ import main
from helpers.series.console import make_console
from helpers.series.sources import find_sources, notebooks_folder

NAME = "01_faces_baseline"


def claim(seed, holds=True, sentence="One is better."):
    part = {
        "name": "ours", "control": "theirs", "test": "better", "wanted": 0.01, "value": 0.75,
        "control_value": 0.25, "effect": 0.5, "low": 0.3, "high": 0.6, "n": 40,
        "p_value": 1e-5, "holds": holds, "open": "",
    }  # fmt: skip
    failed = [] if holds else ["ours"]
    short = {"effect": 0.5, "p_value": 1e-5, "holds": holds, "failed": failed}
    return {
        "sentence": sentence, "seed": seed, "figure": "accuracy", "control": "theirs",
        "effect": 0.5, "n": 40,
        "p_value": 1e-5, "holds": holds, "seeds": {str(seed): short}, "parts": [part],
    }  # fmt: skip


def save(root, found, corpus="demo"):
    folder = root / corpus / NAME
    folder.mkdir(parents=True)
    run = {"schema": 1, "notebook": NAME, "claim": found, "experiments": []}
    (folder / "metrics.json").write_text(json.dumps(run))
    return folder / "metrics.json"


def sources():
    return find_sources(notebooks_folder(), ["01"])


def test_saved_results_are_looked_at(tmp_path, capsys):
    arguments = ["claims", "--saved", "--notebooks", "01", "--results"]
    save(tmp_path / "good", claim(0))
    assert main([*arguments, str(tmp_path / "good")]) == 0
    assert "1 of 1 claims hold." in capsys.readouterr().out
    save(tmp_path / "bad", claim(0, holds=False))
    assert main([*arguments, str(tmp_path / "bad")]) == 1
    assert "0 of 1 claims hold." in capsys.readouterr().out
    assert main([*arguments, str(tmp_path / "nothing")]) == 1
    assert "Run the notebook first" in " ".join(capsys.readouterr().out.split())


def test_an_open_part_fails_nothing(tmp_path, capsys):
    found = claim(0, holds=False)
    found["seeds"]["0"]["failed"], found["parts"][0]["open"] = [], "too few clips"
    save(tmp_path, found)
    assert main(["claims", "--saved", "--notebooks", "01", "--results", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "no, open" in shown and "0 of 1 claims hold." in shown


def test_a_run_without_a_claim_says_so(tmp_path):
    save(tmp_path, None)
    found = claims.saved_claims(sources(), str(tmp_path))
    assert "judged no claim" in found[NAME]


def test_another_corpus_is_not_kept_beside_the_saved_claims(tmp_path, capsys):
    assert main(["claims", "--data-root", str(tmp_path)]) == 2
    assert "Add --results FOLDER" in capsys.readouterr().out
    assert main(["claims", "--data-root", str(tmp_path), "--results", str(tmp_path)]) == 2
    assert "the demo corpus writes its own data" in capsys.readouterr().out


@pytest.mark.parametrize("sentence", ["One is better.", "Two are."])
def test_seeds_are_kept_if_they_are_of_the_same_claim(tmp_path, sentence):
    saved = save(tmp_path, claim(0, sentence=sentence))
    found = {NAME: {0: claim(0), 1: claim(1, holds=False), 2: "it was not run"}}
    claims.keep_seeds(found, str(tmp_path))
    kept = json.loads(saved.read_text())
    expected = ["0", "1"] if sentence == "One is better." else ["0"]
    assert list(kept["claim"]["seeds"]) == expected and "folder" not in kept
    assert claims.show_claims(found, make_console()) == 2


def test_seeds_on_real_people_are_kept_with_the_results_on_them(tmp_path, monkeypatch, capsys):
    corpora = tmp_path / "corpora"
    on_people, on_drawings = save(tmp_path, claim(0), "open"), save(tmp_path, claim(0))

    def run_two(request, console):
        assert (request.corpus, request.data, list(request.seeds)) == ("open", str(corpora), [0, 1])
        for seed in request.seeds:
            save(tmp_path / "seeds" / str(seed), claim(seed), "open")
        return []

    pages = []
    monkeypatch.setattr("helpers.series.run.run", run_two)
    monkeypatch.setattr("helpers.series.page.write_gallery", lambda *of: pages.append(of))
    of_open = ["claims", "--corpus", "open", "--data-root", str(corpora)]
    assert (
        main([*of_open, "--notebooks", "01", "--seeds", "0", "1", "--results", str(tmp_path)]) == 0
    )
    assert "2 of 2 claims hold." in capsys.readouterr().out
    assert list(json.loads(on_people.read_text())["claim"]["seeds"]) == ["0", "1"]
    assert list(json.loads(on_drawings.read_text())["claim"]["seeds"]) == ["0"]
    assert pages == [("open", str(tmp_path))]
