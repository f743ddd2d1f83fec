"""When a run counts as up to date, and what the next one knows of it."""

import nbformat
import pytest

from helpers.series import resume
from helpers.series.plan import Request, plan
from helpers.series.process import PARTIAL
from helpers.series.sources import find_sources, notebooks_folder, read_source
from tests.series.test_run import write


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder ``notebooks`` beside helpers of its own: someone may be editing those here."""
    monkeypatch.setattr(resume, "repository_root", lambda: tmp_path)
    for name in ("media.py", "published.json", "series/run.py", "__pycache__/media.pyc"):
        (tmp_path / "helpers" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "helpers" / name).write_text("1")
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    return tmp_path / "notebooks"


@pytest.fixture
def job_of(folder, tmp_path):
    def make(number, *values, **request):
        request = {"results": str(tmp_path / "results"), **request}
        (job,) = plan(Request(notebooks=[number], values=values, **request), folder)
        return job

    return make


def end(job, seconds=65.0):
    """Leave behind what a run leaves."""
    job.folder.mkdir(parents=True, exist_ok=True)
    for name in ("metrics.json", "predictions.csv"):
        (job.folder / name).write_text(f"{job.title} {job.parameters.get('EPOCHS')}")
    notebook = nbformat.v4.new_notebook(metadata={"papermill": {"duration": seconds}})
    nbformat.write(notebook, job.folder / PARTIAL)
    resume.finish(job, resume.digest(job), 812.4)


def up_to_date(job):
    return resume.is_up_to_date(job, resume.digest(job))


def test_a_run_is_up_to_date_until_something_it_depends_on_changes(folder, job_of):
    write(folder, "03_transfer")
    write(folder, "04_video")
    for number in ("03", "04"):
        assert not up_to_date(job_of(number))
        end(job_of(number))
        assert up_to_date(job_of(number))
    assert not up_to_date(job_of("04", "EPOCHS=4"))
    # Another's scores are an input, one's own results must be the ones that the run left.
    scores = job_of("03").folder / "predictions.csv"
    kept = scores.read_text()
    scores.write_text("other")
    assert not up_to_date(job_of("03")) and not up_to_date(job_of("04"))
    scores.write_text(kept)
    assert up_to_date(job_of("03")) and up_to_date(job_of("04"))
    write(folder, "03_transfer", "# one more comment\n")
    assert not up_to_date(job_of("03")) and up_to_date(job_of("04"))


def test_what_is_forgotten_is_run_again_and_its_time_and_memory_are_known(folder, job_of):
    write(folder, "01_faces")
    job = job_of("01")
    assert (resume.last_seconds(job), resume.last_megabytes(job)) == (0, 0)
    resume.forget(job)
    end(job)
    resume.forget(job)
    assert not up_to_date(job)
    assert (resume.last_seconds(job), resume.last_megabytes(job)) == (65, 812)
    (job.folder / "run.ipynb").write_text("half a noteb")
    assert not up_to_date(job)
    (job.folder / "metrics.json").write_text('{"schema": 1, "seconds": 2.0}')
    assert resume.last_seconds(job) == 2.0


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("media.py", True),
        ("published.json", True),
        ("series/run.py", False),
        ("__pycache__/media.pyc", False),
    ],
)
def test_changed_helpers_are_another_run(folder, job_of, name, matters):
    write(folder, "01_faces")
    before = resume.digest(job_of("01"))
    (folder.parent / "helpers" / name).write_text("2")
    assert (resume.digest(job_of("01")) != before) == matters


def test_no_notebook_uses_the_rooms_that_are_not_counted():
    for source in find_sources(notebooks_folder()):
        code = "\n".join(c.source for c in read_source(source).cells if c.cell_type == "code")
        for room in ("series", "benchmark"):
            assert f"helpers.{room}" not in code, source.name


def test_other_data_is_another_run(folder, job_of, tmp_path):
    write(folder, "01_faces")
    data = tmp_path / "data"
    data.mkdir()
    options = {"corpus": "thesis", "data": str(data)}
    before = resume.digest(job_of("01", **options))
    assert resume.digest(job_of("01", **options)) == before
    (data / "new.png").write_text("a picture")
    assert resume.digest(job_of("01", **options)) != before
