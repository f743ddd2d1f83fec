import pytest

from helpers.corpora.manifest import CorpusError
from helpers.corpora.tables import read_table, whole_number

PLAIN = 'No,Name,Text\n1,a,"x, y"\n2,b,z\n'


def with_separator(separator):
    return PLAIN.replace(",", separator).replace(f"x{separator} y", "x, y")


SAVED = {
    "as published": PLAIN.encode(),
    "byte order mark": PLAIN.encode("utf-8-sig"),
    "semicolons": with_separator(";").encode(),
    "tabs": with_separator("\t").encode(),
    "UTF-16": with_separator("\t").encode("utf-16"),
    "for a spreadsheet": b"sep=;\r\n" + with_separator(";").encode(),
    "Windows": PLAIN.replace("\n", "\r\n").encode(),
    "old Mac": PLAIN.replace("\n", "\r").encode(),
    "empty lines": (PLAIN + ",,\n\n, ,\n").encode(),
    "more separators": PLAIN.replace("z\n", "z,,,\n").encode(),
    "quotes": b'"No","Name","Text"\n"1","a","x, y"\n"2","b","z"\n',
    "blanks": PLAIN.replace("No,Name", " No , Name ").replace("2,b,", " 2 , b , ").encode(),
    "no last line's end": PLAIN.strip().encode(),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_table_is_read_however_it_was_saved(tmp_path, how):
    path = tmp_path / "a.csv"
    path.write_bytes(SAVED[how])
    rows = [row for _, row in read_table(path, ["No", "Text"], "Expected.")]
    assert rows == [{"No": "1", "Text": "x, y"}, {"No": "2", "Text": "z"}]


def test_short_lines_and_foreign_bytes_do_not_end_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"No,Name\n1\n2,\x92\xe9\n")
    assert list(read_table(path, ["No", "Name"], "Expected.")) == [
        (2, {"No": "1", "Name": ""}),
        (3, {"No": "2", "Name": "\ufffd\ufffd"}),
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"a,b\n1,2\n", bytes(range(256)) * 20])
def test_what_is_no_such_table_is_named(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"a\.csv lacks the columns .*'No'.* Expected\."):
        list(read_table(path, ["No"], "Expected."))


def test_whole_numbers_of_a_spreadsheet():
    assert [whole_number(text) for text in ("7", "7.0", " 7", "7,0", "07")] == [7] * 5
    assert [whole_number(text) for text in ("", "x", "7.5", "inf", "nan")] == [None] * 5
