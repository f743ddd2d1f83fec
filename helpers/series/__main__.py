"""The command line: ``python -m helpers.series``."""

import argparse
import re
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from helpers.series.console import Console, clock
from helpers.series.sources import SeriesError, find_sources, notebooks_folder

_RUN_TEXT = """\
Run the notebooks in sequence with papermill, each in its own process.

Results, figures, the executed notebook (run.ipynb) and a log (run.log) go to
<results>/<corpus>/NN_topic/, a page of all of them to <results>/<corpus>/index.html.
What already ran with the same source, helpers, packages, parameters and data is not run again.
"""
_RUN_EXAMPLES = """\
examples:
  python -m helpers.series run                                      everything, on the demo corpus
  python -m helpers.series run --notebooks 01 07 --set EPOCHS=2     two notebooks, a quick look
  python -m helpers.series run --corpus thesis --data-root ~/data   your own AFEW, SFEW and FACES
  python -m helpers.series run --seeds 0 1 2                        how much chance is in it
  ... run --seeds 0 1 2 --scheduler tcp://10.0.0.5:8786             on your Dask cluster

--scheduler divides several seeds among a cluster's workers; with one or none it has films and
sounds read there. It needs the package distributed, and workers that run in this checkout
(PYTHONPATH=. dask worker URL) and share its disk: cache, data and results.
"""

_EXERCISES_TEXT = """\
Write the lab editions: notebooks/exercises/NN_topic.ipynb, with tasks in the place of solutions.

They come from the same notebooks/src/NN_topic.py; nothing is executed.
"""

_GRADE_TEXT = """\
Run a folder of submitted lab editions and show which checks each one passes.

Each student's task cells are put into a fresh lab edition, which runs on the demo corpus with
EPOCHS=1 and results of its own. This runs the students' code on this machine, as you.
"""

_COMPARE_TEXT = """\
Put two folders of results side by side: two seeds, two corpora, two versions.

Where both hold predictions for the same samples, the two are tested on them (McNemar, exact,
p-values corrected by Holm over all the tests of the table).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return the exit code: 0 if all went well."""
    options = _parser().parse_args(arguments)
    console = Console()
    # An end asked for by another program is as orderly as Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.command(options, console)
    except SeriesError as error:
        console.line(str(error))
        return 2
    except KeyboardInterrupt:
        console.line("Stopped. What had finished stays; the same command goes on from there.")
        return 130


def _run(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.run import Request, run, summary

    outcomes = run(
        Request(
            corpus=options.corpus,
            data=options.data_root,
            notebooks=options.notebooks,
            values=options.set,
            seeds=options.seeds,
            fresh=options.fresh,
            results=options.results,
            timeout=options.timeout,
            scheduler=options.scheduler,
        ),
        console,
    )
    summary(outcomes, console)
    _page(options, console)
    return int(any(outcome.status in ("failed", "not run") for outcome in outcomes))


def _build(options: argparse.Namespace, console: Console) -> int:
    from time import monotonic

    from helpers.series.build import build
    from helpers.series.labs.exercises import write_exercises
    from helpers.series.page import write_gallery
    from helpers.series.readme import write_readme

    failed = 0
    for source in find_sources(notebooks_folder(), options.notebooks):
        console.line(f"{source.name}: executing on the demo corpus")
        started = monotonic()
        try:
            write_exercises(source)
            path = build(source)
            console.line(f"{path.name}: built in {clock(monotonic() - started)}")
        except SeriesError as error:
            console.line(str(error))
            failed = 1
    console.line(f"page: {write_gallery('demo')}")
    console.line(f"numbers of: {write_readme()}")
    return failed


def _exercises(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.labs.exercises import write_exercises

    for source in find_sources(notebooks_folder(), options.notebooks):
        path = write_exercises(source)
        console.line(f"{source.name}: {'lab edition written' if path else 'has no tasks'}")
    return 0


def _grade(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.labs.grade import grade

    table = grade(options.folder, report=console.line)
    console.line()
    console.table(list(table.columns), table.astype(str).values.tolist())
    return 0


def _check(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.check import check

    failed = 0
    for source in find_sources(notebooks_folder(), options.notebooks):
        problems = check(source)
        failed |= bool(problems)
        console.line(f"{source.name}: {'ok' if not problems else ''}".rstrip())
        for problem in problems:
            console.line(f"  {problem}")
    return failed


def _page(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.page import write_gallery

    console.line(f"page: {write_gallery(options.corpus, options.results)}")
    return 0


def _compare(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.compare import compare

    experiments, paired = compare(options.first, options.second)
    for title, table in (("experiments, accuracy in %", experiments), ("same clips", paired)):
        console.line(title)
        console.table(list(table.columns), table.astype(str).values.tolist())
        console.line()
    return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.series", description="Run, build and check the notebook series."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable, text: str, **others: object) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=re.split(r"[.:]\s", text)[0].rstrip("."),
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **others,
        )
        sub.set_defaults(command=command)
        return sub

    run = add("run", _run, _RUN_TEXT, epilog=_RUN_EXAMPLES)
    page = add("page", _page, "Write the page of results anew.")
    for sub in (run, page):
        sub.add_argument("--corpus", default="demo", help="demo (default), open or thesis")
        sub.add_argument("--results", default="", metavar="D", help="folder, default results/")
    run.add_argument("--data-root", default="", metavar="D", help="folder with your corpora")
    run.add_argument("--notebooks", nargs="+", default=[], metavar="NN", help="default: all")
    run.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="parameters"
    )
    run.add_argument(
        "--seeds", nargs="+", type=int, default=[], metavar="N", help="run all once for each seed"
    )
    again = run.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", dest="fresh", action="store_false", help="skip what is up to date (default)"
    )
    again.add_argument("--fresh", action="store_true", help="run everything anew")
    run.add_argument("--timeout", type=float, metavar="S", help="limit of a notebook, in seconds")

    run.add_argument(
        "--scheduler", default="", metavar="URL", help="a Dask cluster for seeds or extraction"
    )

    compare = add("compare", _compare, _COMPARE_TEXT)
    compare.add_argument("first", metavar="A", help="a folder <results>/<corpus>")
    compare.add_argument("second", metavar="B", help="another one")

    build = add(
        "build",
        _build,
        "Execute notebooks/src/NN_topic.py on the demo corpus and write notebooks/NN_topic.ipynb.\n"
        "Results go to results/demo/, or to EMOTION_RESULTS_ROOT.",
    )
    check = add("check", _check, "Say which notebooks are stale, unexecuted, broken or too large.")
    exercises = add("exercises", _exercises, _EXERCISES_TEXT)
    grade = add("grade", _grade, _GRADE_TEXT)
    grade.add_argument("folder", metavar="FOLDER", help="folder with .ipynb files, at any depth")
    for sub in (build, check, exercises):
        sub.add_argument("notebooks", nargs="*", metavar="NN", help="numbers; default: all")
    return parser


if __name__ == "__main__":
    sys.exit(main())
