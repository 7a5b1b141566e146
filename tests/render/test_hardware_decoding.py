"""Shots whose sources hardware is to decode: the same pictures, told where the processor did it."""

from pathlib import Path

import pytest
from stylereel.core.media.decoders import tried_decoders, working_decoder
from support.pictures import packets_of
from support.program import Program
from support.small_film import write_small_film

DOUBT = "no hardware of this machine decodes it to the same pictures; the processor does"


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_the_pictures_are_those_of_the_processor(tmp_path, codec):
    program, film = Program(tmp_path, tmp_path / "home"), write_small_film(tmp_path, codec)
    words = (film.cut, "--preset", "exam", "--set", "stability.flow=0", "--device", "cpu")

    def styled(folder: str) -> dict[str, list[bytes]]:
        return {path.name: packets_of(path) for path in sorted((tmp_path / folder / "media").glob("*.mov"))}

    ran = program.run("render", *words, "--out", "hard", "--hardware-decoding").done()
    works = bool(working_decoder(film.first))
    assert (DOUBT in ran.err) == (not works) and not (works and codec == "prores")
    plan = program.run("plan", *words[:-2], "--out", "hard", "--json").done().data
    assert {one["status"] for one in plan["shots"]} == {"cached"}, "the decoder is no part of what a shot is"
    program.run("render", *words, "--out", "plain").done()
    assert len(styled("hard")) == 3 and styled("hard") == styled("plain")
    ran = program.run("shot", *words, "exam_010", "--out", "hard", "--hardware-decoding").done()
    first, second = (Path("hard", "media", f"exam_010_exam_v00{version}.mov") for version in (1, 2))
    assert packets_of(tmp_path / first) == packets_of(tmp_path / second)


def test_the_doctor_says_what_decodes(tmp_path):
    ran = Program(tmp_path, tmp_path / "home").run("doctor")
    (line,) = (line for line in ran.out.splitlines() if "hardware decoding" in line)
    found = [f"{title} by {kind}" for title, kind in tried_decoders().items() if kind]
    assert (", ".join(found) or "none works on this machine; the CPU decodes") in line
