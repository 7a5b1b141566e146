"""`.cube` files: everything the makers' descriptions allow is read, everything else is told by its line."""

import numpy as np
import pytest
from stylereel.core.errors import UsageError
from stylereel.core.media.cube import read_cube
from support.cubes import box_text, curve_text, mild, negative, nodes, write_cube

TWO = "0 0 0\n1 1 1\n"


def test_a_box_is_read_with_red_running_fastest(tmp_path):
    cube = read_cube(write_cube(tmp_path / "a.cube", box_text(mild, 5)))
    (table,) = cube.tables
    assert table.values.shape == (5, 5, 5, 3)
    assert np.allclose(table.values.reshape(-1, 3), mild(nodes(5)), atol=1e-6)
    assert np.allclose(table.values[0, 0, 4], mild(np.array([[1.0, 0, 0]])), atol=1e-6)
    assert table.low.tolist() == [0, 0, 0] and table.high.tolist() == [1, 1, 1]


def test_curves_with_all_that_may_stand_around_them(tmp_path):
    text = '\ufeff# made by hand\r\n\r\nTITLE "x # y"\r\nDOMAIN_MIN -1 0 0.5\r\nDOMAIN_MAX 1e0 2 3\r\n'
    text += "LUT_1D_SIZE 3\r\n\r\n 0 0.5 1 # black\r\n# between\r\n+1\t.5 0\r\n-1 0 2e-1\r\n\r\n# end\r\n"
    cube = read_cube(write_cube(tmp_path / "A.CUBE", text))
    (table,) = cube.tables
    assert np.allclose(table.values, [[0, 0.5, 1], [1, 0.5, 0], [-1, 0, 0.2]])
    assert np.allclose(table.low, [-1, 0, 0.5]) and np.allclose(table.high, [1, 2, 3])


def test_resolve_puts_curves_in_front_of_a_box(tmp_path):
    head = "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -0.5 1.5\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0.0 1.0\n"
    box = "\n".join(" ".join(map(str, row)) for row in nodes(2))
    first, second = read_cube(write_cube(tmp_path / "a.cube", head + TWO + box)).tables
    assert first.values.shape == (2, 3) and second.values.shape == (2, 2, 2, 3)
    assert first.low.tolist() == [-0.5] * 3 and first.high.tolist() == [1.5] * 3


def test_a_key_is_that_of_the_numbers_alone(tmp_path):
    text = box_text(mild, 4)
    plain = read_cube(write_cube(tmp_path / "a.cube", text)).key
    assert (
        read_cube(write_cube(tmp_path / "b.cube", "# another\n" + text.replace("a test", "b"))).key == plain
    )
    others = [box_text(negative, 4), box_text(mild, 4, "DOMAIN_MAX 1 1 2"), curve_text(mild, 64)]
    keys = {read_cube(write_cube(tmp_path / "c.cube", other)).key for other in others}
    assert len(keys) == 3 and plain not in keys


FAULTS = {
    "": (0, "it is empty"),
    "# nothing\n": (0, "it is empty"),
    "LUT_1D_SIZE 2\n": (0, "no numbers"),
    TWO: (1, "LUT_1D_SIZE or LUT_3D_SIZE is missing"),
    "LUT_1D_SIZE 2\n0 0 0\n": (2, "ends after 1 lines of numbers; its size asks for 2"),
    "LUT_3D_SIZE 2\n" + TWO * 3: (7, "ends after 6 lines of numbers; its size asks for 8"),
    "LUT_1D_SIZE 2\n" + TWO + "1 1 1\n": (4, "more than the 2 lines"),
    "LUT_1D_SIZE 2\n0 0\n1 1 1\n": (2, "here are 2 numbers, not three"),
    "LUT_1D_SIZE 2\n0 0 0 0\n1 1 1 1\n": (2, "here are 4 numbers"),
    "LUT_1D_SIZE 2\n# a\n0 0 0\n0 nan 0\n": (4, "NaN"),
    "LUT_1D_SIZE 2\nnan 0 0\n0 0 0\n": (2, "NaN"),
    "LUT_1D_SIZE 2\n0 0 0\n1 inf 1\n": (3, "NaN"),
    "LUT_1D_SIZE 2\n0 0 0\n1 1e39 1\n": (3, "NaN"),
    "LUT_1D_SIZE 2\n0 0 0\n1 1_0 1\n": (3, "is not three numbers"),
    "LUT_1D_SIZE 2\n0,0 0,0 0,0\n1 1 1\n": (2, "is not three numbers"),
    "LUT_1D_SIZE 2\n0 0 0\nEND\n1 1 1\n": (3, "is not three numbers"),
    "LUT_1D_SIZE 1\n0 0 0\n": (1, "whole number from 2 to 65536"),
    "LUT_1D_SIZE 65537\n0 0 0\n": (1, "whole number from 2 to 65536"),
    "LUT_3D_SIZE 257\n0 0 0\n": (1, "whole number from 2 to 256"),
    "LUT_3D_SIZE " + "9" * 5000 + "\n0 0 0\n": (1, "whole number from 2 to 256"),
    "LUT_3D_SIZE 2.0\n0 0 0\n": (1, "whole number"),
    "LUT_3D_SIZE\n0 0 0\n": (1, "whole number"),
    "LUT_1D_SIZE 2\nLUT_1D_SIZE 3\n" + TWO: (2, "stands twice"),
    "LUT_1D_SIZE 2\nDOMAIN_MIN 0 0\n" + TWO: (2, "DOMAIN_MIN is to be 3 numbers"),
    "LUT_1D_SIZE 2\nDOMAIN_MAX 1 nan 1\n" + TWO: (2, "DOMAIN_MAX is to be 3 numbers"),
    "LUT_1D_SIZE 2\nDOMAIN_MAX 1 1e39 1\n" + TWO: (2, "DOMAIN_MAX is to be 3 numbers"),
    "LUT_1D_SIZE 2\nDOMAIN_MIN 0 1 0\n" + TWO: (2, "ends where it begins"),
    "LUT_1D_SIZE 2\nDOMAIN_MAX 1 1e-30 1\n" + TWO: (2, "ends where it begins"),
    "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 1 0\n" + TWO: (2, "ends where it begins"),
    "LUT_1D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n" + TWO: (2, "a table that the file has not"),
    "LUT_1D_SIZE 2\nLUT_3D_SIZE 2\nDOMAIN_MAX 2 2 2\n" + TWO: (3, "files of one table"),
    "LUT_1D_SIZE 2\nLUT_IN_VIDEO_RANGE\n" + TWO: (2, '"LUT_IN_VIDEO_RANGE" is no keyword'),
    "\x89PNG\r\n\x1a\n\0\0": (1, "is no keyword"),
}


@pytest.mark.parametrize("text", FAULTS, ids=[f"{line}: {what}" for line, what in FAULTS.values()])
def test_what_cannot_be_worn_is_told_by_its_line(tmp_path, text):
    line, what = FAULTS[text]
    path = tmp_path / "bad.cube"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError) as caught:
        read_cube(path)
    assert caught.value.where == (f"{path}, line {line}" if line else str(path))
    assert what in caught.value.what and caught.value.hint


def test_what_is_no_file_is_told(tmp_path):
    with pytest.raises(UsageError, match="there is no such file"):
        read_cube(tmp_path / "gone.cube")
    (tmp_path / "folder.cube").mkdir()
    with pytest.raises(UsageError, match="the LUT: "):
        read_cube(tmp_path / "folder.cube")
