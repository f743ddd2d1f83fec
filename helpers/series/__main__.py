"""The command line: ``python -m helpers.series``."""

import argparse
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import NoReturn

from rich.console import Console

from helpers.paths import DRAWN
from helpers.series.console import make_console, summary, write_table
from helpers.series.sources import SeriesError, find_sources, notebooks_folder

_RUN_TEXT = """\
Run the notebooks with papermill, each in its own process, at once what does not build on others.

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

_CLAIMS_TEXT = """\
Say whether what each notebook claims (notebooks/src/claims.toml) holds, with several seeds.

Runs the notebooks once for each seed, but for what is up to date, into <results>/seeds/N/<corpus>,
and keeps what each seed came to in the saved runs' metrics.json.
The exit code is 1 if a claim does not hold with a seed. --saved runs nothing: it looks at the
results that are there.
"""

_BENCHMARK_TEXT = """\
Measure how much faster the helpers are than the plain way of the same thing.

Each row is a ratio measured in one run. Topics: audio, faces and media; only when they are named,
series (all notebooks, at once and one after the other: half an hour), setup (the packages,
downloaded by pip and by uv) and gpu (each network's steps a second, precision, batches and memory:
at most eight minutes on a GPU, in small without one).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return the exit code: 0 if all went well."""
    options = _parser().parse_args(arguments)
    console = make_console()
    # An end asked for by another program is as orderly as Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.command(options, console)
    except SeriesError as error:
        console.print(str(error))
        return 2
    except KeyboardInterrupt:
        console.print("Stopped. What had finished stays; the same command goes on from there.")
        return 130


def _run(options: argparse.Namespace, console: Console) -> int:
    from helpers.corpora.demo import ensure_demo
    from helpers.series.plan import Request, plan
    from helpers.series.run import run

    given = vars(options) | {"data": options.data_root, "values": options.set}
    request = Request(**{field.name: given[field.name] for field in fields(Request)})
    plan(request)  # what cannot be done is said first
    if options.corpus == "demo":
        ensure_demo(options.data_root or None)  # by all cores, and before several notebooks want it
    outcomes = run(request, console)
    summary(outcomes, console)
    _page(options, console)
    return int(any(outcome.status in ("failed", "not run") for outcome in outcomes))


def _build(options: argparse.Namespace, console: Console) -> int:
    from helpers.corpora.demo import ensure_demo
    from helpers.series.build import build_all
    from helpers.series.labs.exercises import write_exercises
    from helpers.series.page import write_gallery
    from helpers.series.readme import write_readme

    ensure_demo()
    sources = find_sources(notebooks_folder(), options.notebooks)
    for source in sources:
        write_exercises(source)
    failed = build_all(sources, console, options.jobs)
    console.print(f"page: {write_gallery('demo')}")
    console.print(f"numbers of: {write_readme()}")
    return int(failed > 0)


def _exercises(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.labs.exercises import write_exercises

    for source in find_sources(notebooks_folder(), options.notebooks):
        path = write_exercises(source)
        console.print(f"{source.name}: {'lab edition written' if path else 'has no tasks'}")
    return 0


def _grade(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.labs.grade import grade

    table = grade(options.folder, report=console.print)
    console.print()
    write_table(console, list(table.columns), table.astype(str).values.tolist())
    return 0


def _check(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.check import check

    failed = 0
    for source in find_sources(notebooks_folder(), options.notebooks):
        problems = check(source)
        failed |= bool(problems)
        console.print(f"{source.name}: {'ok' if not problems else ''}".rstrip())
        for problem in problems:
            console.print(f"  {problem}")
    return failed


def _page(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.page import write_gallery

    console.print(f"page: {write_gallery(options.corpus, options.results)}")
    return 0


def _compare(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.compare import compare

    experiments, paired = compare(options.first, options.second)
    for title, table in (("experiments, accuracy in %", experiments), ("same clips", paired)):
        console.print(title)
        write_table(console, list(table.columns), table.astype(str).values.tolist())
        console.print()
    return 0


def _claims(options: argparse.Namespace, console: Console) -> int:
    from helpers.corpora.demo import ensure_demo
    from helpers.series import claims
    from helpers.series.page import write_gallery
    from helpers.series.plan import Request, plan
    from helpers.series.readme import write_readme
    from helpers.series.run import run

    sources = find_sources(notebooks_folder(), options.notebooks)
    if options.saved:
        found = claims.saved_claims(sources, options.results, options.corpus)
        return int(claims.show_claims({name: {None: c} for name, c in found.items()}, console) > 0)
    drawn = options.corpus == DRAWN
    if drawn and options.data_root and not options.results:
        raise SeriesError(
            f"--data-root {options.data_root}: claims on another demo corpus are not kept beside "
            "the saved ones. Add --results FOLDER."
        )
    request = Request(
        corpus=options.corpus,
        data=options.data_root,
        notebooks=options.notebooks,
        seeds=options.seeds,
        results=options.results,
        jobs=options.jobs,
    )
    plan(request)  # what cannot be done is said first
    if drawn:
        ensure_demo(options.data_root or None)
    outcomes = run(request, console)
    console.print()
    by_seed = {
        seed: claims.saved_claims(sources, claims.seeds_root(options.results, seed), options.corpus)
        for seed in options.seeds
    }
    found = {s.name: {seed: by_seed[seed][s.name] for seed in options.seeds} for s in sources}
    failed = claims.show_claims(found, console)
    claims.keep_seeds(found, options.results, options.corpus)
    console.print(f"page: {write_gallery(options.corpus, options.results)}")
    if not options.results:
        console.print(f"numbers of: {write_readme()}")
    not_run = any(outcome.status in ("failed", "not run") for outcome in outcomes)
    return int(failed > 0 or not_run)


def _benchmark(options: argparse.Namespace, console: Console) -> int:
    from helpers.series.benchmark.measure import benchmark

    return benchmark(options.topics, console)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number, 1 or more")
    return int(text)


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
    claims = add("claims", _claims, _CLAIMS_TEXT)
    for sub in (run, page, claims):
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
    claims.add_argument("--notebooks", nargs="+", default=[], metavar="NN", help="default: all")
    claims.add_argument(
        "--seeds", nargs="+", type=int, default=list(range(5)), metavar="N", help="default: 0 to 4"
    )
    claims.add_argument(
        "--data-root",
        default="",
        metavar="D",
        help="folder with your corpora, or a demo corpus drawn with another seed",
    )
    claims.add_argument("--saved", action="store_true", help="run nothing")
    for sub in (run, build, claims):
        sub.add_argument(
            "--jobs",
            type=_positive,
            metavar="N",
            help="notebooks at once, which divide the cores (default: from cores and free memory; "
            "1 with a GPU)",
        )
    benchmark = add("benchmark", _benchmark, _BENCHMARK_TEXT)
    benchmark.add_argument("topics", nargs="*", metavar="TOPIC", help="default: audio faces media")
    return parser


if __name__ == "__main__":
    sys.exit(main())
