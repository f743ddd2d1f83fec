"""``series claims``: whether what each notebook claims holds with every seed."""

from collections.abc import Sequence

from rich.console import Console

from helpers.files import write_json
from helpers.paths import DRAWN, results_root
from helpers.results.claims import failed_seeds, with_seeds
from helpers.results.runs import ResultsError, load_run
from helpers.series.console import write_table
from helpers.series.sources import Source, find_sources, notebooks_folder


def saved_claims(
    sources: Sequence[Source], root: str = "", corpus: str = DRAWN
) -> dict[str, dict | str]:
    """Return by notebook the claim that its last run judged, or in words why there is none."""
    found: dict[str, dict | str] = {}
    for source in sources:
        try:
            run = load_run(source.name, corpus, root)
        except ResultsError as error:
            found[source.name] = str(error)
            continue
        if run.get("claim"):
            found[source.name] = run["claim"]
        else:
            found[source.name] = "its last run judged no claim: run it with a newer version"
    return found


def show_claims(claims: dict[str, dict[int | None, dict | str]], console: Console) -> int:
    """Write a row for each part of each claim and seed; return how many claims failed.

    A claim of which only a part stated as open does not hold has not failed.

    ``claims`` has by notebook and seed (None where there is only one run) what
    :func:`saved_claims` returned.
    """
    rows, failed, holding = [], 0, 0
    for notebook, by_seed in claims.items():
        for seed, claim in by_seed.items():
            where = [notebook, "" if seed is None else str(seed)]
            if isinstance(claim, str):
                rows.append([*where, claim, "", "", "", "", "no"])
                failed += 1
                continue
            failed += bool(failed_seeds(claim))
            holding += claim["holds"]
            rows += [where + _row(part) for part in claim["parts"]]
    header = ["notebook", "seed", "claimed", "accuracy", "control", "effect", "p", "holds"]
    write_table(console, header, rows)
    judged = sum(len(by_seed) for by_seed in claims.values())
    console.print(f"{holding} of {judged} claims hold.")
    return failed


def _row(part: dict) -> list[str]:
    effect = f"{100 * part['effect']:+.1f}"
    if part["low"] is not None:
        effect += f" [{100 * part['low']:+.1f}, {100 * part['high']:+.1f}]"
    control = "" if part["control_value"] is None else f"{part['control_value']:.1%} "
    return [
        part["name"],
        f"{part['value']:.1%}" + ("" if part["n"] is None else f", n = {part['n']}"),
        f"{control}{part['control']}",
        effect,
        "" if part["p_value"] is None else f"{part['p_value']:.1g}",
        "yes" if part["holds"] else "no, open" if part["open"] else "no",
    ]


def keep_seeds(
    claims: dict[str, dict[int | None, dict | str]], root: str = "", corpus: str = DRAWN
) -> None:
    """Put what each seed came to into metrics.json of the saved run of each notebook.

    Only where the saved run judged a claim of the same words.
    """
    saved = saved_claims(find_sources(notebooks_folder(), list(claims)), root, corpus)
    for notebook, claim in saved.items():
        others = [other for other in claims[notebook].values() if isinstance(other, dict)]
        if isinstance(claim, str) or any(o["sentence"] != claim["sentence"] for o in others):
            continue
        run = load_run(notebook, corpus, root)
        folder = run.pop("folder")
        write_json(folder / "metrics.json", run | {"claim": with_seeds(claim, others)})


def seeds_root(root: str, seed: int) -> str:
    """Return where ``series run --seeds`` writes the results of a seed."""
    return str(results_root(root) / "seeds" / str(seed))
