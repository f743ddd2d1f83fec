"""The table at the end of ``series run``."""

from collections.abc import Sequence

from rich.console import Console

from helpers.results.runs import ResultsError, load_run
from helpers.series.console import clock, write_table
from helpers.series.page.content import seed_spread
from helpers.series.process import LOG, Outcome


def summary(outcomes: Sequence[Outcome], console: Console) -> None:
    """Write the table at the end, and where to look when something failed."""
    rows = []
    for outcome in outcomes:
        memory = f"{outcome.peak_megabytes:.0f} MB" if outcome.peak_megabytes else ""
        took = clock(outcome.seconds) if outcome.seconds else ""
        rows.append([outcome.job.title, outcome.status, took, memory, _first_result(outcome)])
    console.print()
    write_table(console, ["notebook", "status", "time", "peak memory", "first result"], rows)
    spread = _seed_rows(outcomes)
    if spread:
        console.print()
        header = ["notebook", "experiment", "protocol", "seeds", "accuracy, mean ± sd"]
        write_table(console, header, spread)
    for outcome in outcomes:
        if outcome.status == "failed":
            console.print(f"{outcome.job.title}: see {outcome.job.folder / LOG}")


def _seed_rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    runs: dict[str, dict[int, dict]] = {}
    for job in (outcome.job for outcome in outcomes if outcome.status in ("done", "up to date")):
        if job.seed is not None:
            run = load_run(job.source.name, job.corpus, job.root)
            runs.setdefault(job.source.name, {})[job.seed] = run
    return [
        [
            notebook,
            name,
            protocol,
            str(len(found["seeds"])),
            f"{found['mean']:.1%}" + ("" if found["sd"] is None else f" ± {found['sd']:.1%}"),
        ]
        for notebook, by_seed in runs.items()
        for (name, protocol, _), found in seed_spread(by_seed).items()
    ]


def _first_result(outcome: Outcome) -> str:
    if outcome.status not in ("done", "up to date"):
        return outcome.reason
    try:
        job = outcome.job
        (line, *_) = load_run(job.source.name, job.corpus, job.root)["experiments"]
    except (ResultsError, ValueError):
        return ""
    metrics = line["metrics"]
    low, high = metrics["interval"]
    return (
        f"{line['name']} ({line['protocol']}): {metrics['accuracy']:.1%} "
        f"[{low:.1%}, {high:.1%}], n = {line['n']}"
    )
