"""``series build``: a source becomes an executed notebook on the demo corpus, one way.

Two builds on one machine give the same bytes apart from the outputs of cells tagged
``nbval-ignore-output`` (figures, timings, logs, sounds). On another machine the metrics of trained
networks differ as well, within the tolerance that nbval allows.
"""

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from helpers.files import write_text
from helpers.results.runs import run_folder
from helpers.series.sections import write_sections
from helpers.series.sources import KERNEL, SeriesError, Source, read_source

COLAB = {"accelerator": "GPU", "colab": {"gpuType": "T4", "toc_visible": True}}
"""What makes Colab offer a GPU; nothing of who opened the notebook where."""


def build(source: Source) -> Path:
    """Execute a source in the folder of the notebooks; write and return its ``.ipynb``, atomically.

    The kernel takes the parameters as they stand: the demo corpus, results in ``results/demo/``
    unless ``EMOTION_RESULTS_ROOT`` says otherwise.

    Raises
    ------
    SeriesError
        If a cell fails or the kernel dies; an earlier ``.ipynb`` stays as it was.
    """
    notebook = read_source(source)
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(source.built.parent)}},
        record_timing=True,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SeriesError(f"{source.name} was not built: a cell failed.\n{error}") from None
    except (DeadKernelError, TimeoutError) as error:
        raise SeriesError(f"{source.name} was not built: {error}") from None
    write_sections(notebook, run_folder(source.name, "demo"))
    finished = clean(notebook)
    nbformat.validate(finished)
    text = json.dumps(finished, indent=1, ensure_ascii=False, sort_keys=True)
    return write_text(source.built, text + "\n")


def clean(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook with nothing in it that only this execution explains."""
    cells = [NotebookNode(cell) for cell in notebook.cells]
    for cell in cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_without_widgets(output) for output in cell.outputs]
    metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"}, **COLAB)
    return NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)


def _without_widgets(output: NotebookNode) -> NotebookNode:
    # GitHub cannot render a widget and refuses the notebook; its text stands in.
    if "data" not in output:
        return output
    data = {mime: value for mime, value in output.data.items() if "widget" not in mime}
    return NotebookNode(output, data=NotebookNode(data), metadata=NotebookNode())
