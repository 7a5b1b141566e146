"""Every form of a path in an edit is read, and written as Premiere writes it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.otio_adapters.pathurls import names_a_file, on_disk, to_path, to_pathurl


@pytest.mark.parametrize(
    ("pathurl", "path"),
    [
        ("file://localhost/C%3a/foot%20age/a.mov", "C:/foot age/a.mov"),
        ("file://localhost/C%3A/a%2Cb.mov", "C:/a,b.mov"),
        ("file://localhost/D:/a.mov", "D:/a.mov"),
        ("FILE://LOCALHOST/d%3a/a.mov", "d:/a.mov"),
        ("file:///E:/a.mov", "E:/a.mov"),
        ("file://F:/a.mov", "F:/a.mov"),
        ("file://localhost/Volumes/Raid%201/a.mov", "/Volumes/Raid 1/a.mov"),
        ("file:///Volumes/x/a.mov", "/Volumes/x/a.mov"),
        ("file:/Volumes/x/a.mov", "/Volumes/x/a.mov"),
        ("file://server/share/a%20b.mov", "//server/share/a b.mov"),
        ("file://localhost//server/share/a.mov", "//server/share/a.mov"),
        ("file:////server/share/a.mov", "//server/share/a.mov"),
        ("/Users/x/100%25 real.mov", "/Users/x/100%25 real.mov"),
        (r"C:\footage\a b.mov", "C:/footage/a b.mov"),
        (r"\\server\share\a.mov", "//server/share/a.mov"),
        ("file://localhost/x/what%3f%23%2b+.mov", "/x/what?#++.mov"),
        ("file://localhost/x/a#b?c.mov", "/x/a#b?c.mov"),
        ("file://localhost/x/caf%c3%a9.mov", "/x/café.mov"),
        ("file://localhost/x/cafe%CC%81.mov", "/x/café.mov"),
        ("file://localhost/x/caf%e9.mov", "/x/café.mov"),
        ("  file://localhost/x/a.mov\n", "/x/a.mov"),
    ],
)
def test_every_form_is_read(pathurl, path):
    assert to_path(pathurl) == path


@pytest.mark.parametrize(
    ("path", "like", "pathurl"),
    [
        (
            "C:/foot age/a,b'(1).mov",
            "file://localhost/C%3a/x",
            "file://localhost/C%3a/foot%20age/a,b'(1).mov",
        ),
        ("/Volumes/x/50% é.mov", "file://localhost/V/x", "file://localhost/Volumes/x/50%25%20é.mov"),
        ("//server/share/a.mov", "file://localhost/C%3a/x", "file://server/share/a.mov"),
        ("//server/share/a.mov", "file://localhost//server/x", "file://localhost//server/share/a.mov"),
        ("C:/a.mov", "file:///C:/x.mov", "file:///C:/a.mov"),
        ("/a b.mov", "/plain/x.mov", "/a b.mov"),
    ],
)
def test_written_in_the_form_of_the_document(path, like, pathurl):
    assert to_pathurl(path, like) == pathurl


NAME = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="/\\:"), min_size=1
)
ROOT = st.sampled_from(["C:/", "/Volumes/x/", "//server/share/"])
LIKE = st.sampled_from(["file://localhost/C%3a/x", "file:///x", "file://localhost//s/x", "/plain"])


@given(ROOT, st.lists(NAME, min_size=1, max_size=3), LIKE)
def test_what_is_written_is_read_again(root, names, like):
    path = unicodedata.normalize("NFC", root + "/".join(names) + " 1%.mov")
    assert to_path(to_pathurl(path, like)) == path


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_in_either_normal_form(tmp_path, form):
    there = tmp_path / unicodedata.normalize(form, "café.mov")
    there.write_bytes(b"")
    for asked in ("NFC", "NFD"):
        assert on_disk(tmp_path / unicodedata.normalize(asked, "café.mov")).exists()


@pytest.mark.parametrize("name", ["absent.mov", "x" * 5000, "a\0b"])
def test_a_name_that_is_not_there_comes_back_as_it_was(tmp_path, name):
    assert on_disk(tmp_path / name) == tmp_path / name


@pytest.mark.parametrize(
    ("pathurl", "can_be"),
    [
        ("file://localhost/C%3a/a.mov", True),
        ("C:/a.mov", True),
        ("/Volumes/x/Bildschirmfoto\u202f1.png", True),
        ("a.mov", True),
        ("http://example.com/a.mov", False),
        ("https://example.com/a.mov", False),
        ("data:video/mp4;base64,AAAA", False),
        ("", False),
        ("  ", False),
        ("file://localhost/", False),
        ("file://localhost/C%3a/footage/", False),
        ("file:///a/..", False),
        ("file:///a%00b.mov", False),
        ("/a\nb.mov", False),
    ],
)
def test_what_can_be_no_file_is_told(pathurl, can_be):
    assert names_a_file(pathurl) is can_be
