"""Write the miniature corpus: ``python -m helpers.corpora.demo [folder]``."""

import argparse
import sys

from helpers.corpora.demo import SEED, ensure_demo
from helpers.corpora.manifest import CorpusError


def main(arguments: list[str] | None = None) -> int:
    """Write the corpus, say where it is, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpers.corpora.demo", description=__doc__)
    parser.add_argument("folder", nargs="?", help="where to write (default: the cache)")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    try:
        folder = ensure_demo(options.folder, seed=options.seed)
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
