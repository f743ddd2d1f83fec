"""What the commands write, in a terminal and in a log."""

import io

from helpers.series.console import Status, clock, make_console, write_table


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_a_line_now_and_then(monkeypatch):
    times = iter([0, 5, 25, 25, 30])
    monkeypatch.setattr("helpers.series.console.monotonic", lambda: next(times))
    stream = io.StringIO()
    with Status(make_console(stream)) as status:
        status.show(["cell 1"])
        status.show(["cell 2", "[3/7] another"])
        status.show(["cell 3"])
    assert stream.getvalue() == "cell 2\n[3/7] another\n"


def test_a_terminal_gets_moving_lines_which_make_room(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    stream = Terminal()
    console = make_console(stream)
    with Status(console) as status:
        status.show(["first", "second"])
        console.print("[1/2] done")
        status.show(["second"])
    assert "first\nsecond" in stream.getvalue()
    assert "[1/2] done\n" in stream.getvalue()
    assert stream.getvalue().count("\x1b[2K") >= 3, "lines are written over"


def test_the_output_of_a_cell_is_a_log(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    stream = Terminal()
    with Status(make_console(stream)) as status:
        status.show(["cell 1"])
    assert stream.getvalue() == ""


def test_text_is_written_as_it_is():
    stream = io.StringIO()
    console = make_console(stream)
    long = "[bold] :smile: " + "x" * 300
    console.print(long)
    assert stream.getvalue() == long + "\n"


def test_columns_are_as_wide_as_they_need_to_be():
    stream = io.StringIO()
    write_table(make_console(stream), ["a", "long name"], [["12345", "[b]"], ["1", ""]])
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert lines == ["a      long name", "12345  [b]", "1"]


def test_clock():
    assert [clock(value) for value in (0, 59.6, 61, 3725)] == ["0:00", "1:00", "1:01", "1:02:05"]
