from subprocess import CalledProcessError

import pytest

from tuiconv.bench import programs


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(programs, "SIZE", (40, 30))
    monkeypatch.setattr(programs, "ROUNDS", 1)
    programs.figures.cache_clear()
    yield
    programs.figures.cache_clear()


@pytest.mark.slow  # each side is a process
@pytest.mark.usefixtures("small")
def test_the_whole_program_takes_longer_than_pillow_takes_for_the_file():
    (case,) = programs.cases()
    ours, theirs = case.ours(1).call(), case.theirs(1).call()
    assert 0 < theirs < 1e3
    assert ours > 50  # Python itself


def test_pillow_reads_and_writes_the_same_picture(tmp_path, capsys):
    programs.photo_like(40, 30).save(tmp_path / "photo.png")
    programs.main(str(tmp_path / "photo.png"), str(tmp_path / "out.png"))
    assert float(capsys.readouterr().out) > 0
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "photo.png").read_bytes()


def test_the_picture_is_4k_and_as_hard_to_pack_as_a_photo(tmp_path):
    assert programs.SIZE == (3840, 2160)
    picture = programs.photo_like(320, 180)
    assert (picture.size, picture.mode) == ((320, 180), "RGB")
    picture.save(tmp_path / "photo.png")
    assert 0.4 < (tmp_path / "photo.png").stat().st_size / (320 * 180 * 3) < 0.8


def test_what_fails_in_its_process_is_an_error():
    with pytest.raises(CalledProcessError):
        programs.python(["-c", "raise SystemExit(1)"])
