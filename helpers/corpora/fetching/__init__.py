"""Downloads and archives of corpora, and how they are told apart."""

from tqdm import tqdm


def byte_bar(description: str, total: int | None, progress: bool, *, initial: int = 0) -> tqdm:
    """Return a bar that counts bytes, hidden without ``progress``."""
    return tqdm(
        desc=description,
        total=total,
        initial=initial,
        unit="B",
        unit_scale=True,
        disable=not progress,
        mininterval=2,
    )
