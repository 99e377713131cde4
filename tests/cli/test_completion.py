"""What the TAB key offers, asked of the shells themselves."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tuiconv.cli.completion import data_sets, fetched_sets, filter_names, presets

ASKED = {
    "bash": """
        eval "$(_TUICONV_COMPLETE=source_bash tuiconv)"
        COMP_WORDS=(tuiconv %s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _tuiconv_completion tuiconv
        printf '%%s\\n' "${COMPREPLY[@]}"
    """,
    # in the place of zsh's own completion, which is told what to offer
    "zsh": """
        compdef() { }
        _arguments() { print -r -- $1 }
        _files() { }
        eval "$(_TUICONV_COMPLETE=source_zsh tuiconv)"
        words=(tuiconv %s) CURRENT=$#words
        _tuiconv_completion
    """,
    "fish": """
        _TUICONV_COMPLETE=source_fish tuiconv | source
        complete -C "tuiconv %s" | string split --fields 1 \\t
    """,
}


@pytest.fixture
def typed(folder, monkeypatch):
    """Has a shell carry out a line, and gives what is printed."""
    program = folder / "tuiconv"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tuiconv "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(folder))

    def carry_out(shell, line):
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        done = subprocess.run([shell, "-c", line], capture_output=True, text=True)
        assert done.stderr == ""
        return done.stdout

    return carry_out


@pytest.fixture
def offered(typed):
    """Types words behind `tuiconv` in a shell, and gives what completes the last of them."""

    def ask(shell, words):
        out = typed(shell, ASKED[shell] % words)
        if shell == "zsh":  # *: :(("name":"what it is" …))
            return re.findall('(?<!:)"([^"]+)"', out)
        return out.split()

    return ask


@pytest.mark.parametrize(
    "shell", [pytest.param(name, marks=[pytest.mark.slow] * (name != "bash")) for name in ASKED]
)
def test_a_shell_completes_the_name_of_a_network(offered, shell):
    assert offered(shell, "shapes vgg1") == ["vgg11", "vgg13", "vgg16", "vgg19"]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ASKED)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("se", "serve"),
        ("show network --dep", "--depth"),
        ("show network --depth o", "overview"),
        ("apply-filter photo.png box", "box-blur"),
        ("train --data mn", "mnist"),
    ],
)
def test_a_shell_completes_commands_options_choices_and_names(offered, shell, words, expected):
    assert offered(shell, words) == [expected]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".bash_completions/tuiconv.sh"),
        ("zsh", ".zfunc/_tuiconv"),
        ("fish", ".config/fish/completions/tuiconv.fish"),
    ],
)
def test_completion_is_installed_for_the_shell_in_which_it_is_asked_for(typed, folder, shell, file):
    assert f"{shell} completion installed" in typed(shell, "tuiconv --install-completion; true")
    script = typed(shell, "tuiconv --show-completion; true")
    assert (folder / file).read_text().strip() == script.strip()
    assert "_TUICONV_COMPLETE" in script


def test_names_that_do_not_begin_so_are_not_offered():
    assert presets("lenet5") == ["lenet5", "lenet5-1998"]
    assert data_sets("s") == ["strokes"]
    assert fetched_sets("s") == []  # strokes are drawn, not fetched
    assert filter_names("scharr") == ["scharr-x", "scharr-y", "scharr"]
    assert filter_names("photo") == []


def test_the_first_word_of_apply_filter_is_a_picture_and_no_filter(tuiconv, monkeypatch, capsys):
    monkeypatch.setenv("_TUICONV_COMPLETE", "complete_bash")
    for words, offered in (("apply-filter b", ""), ("apply-filter a.png b", "box-blur")):
        monkeypatch.setenv("COMP_WORDS", f"tuiconv {words}")
        monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
        with pytest.raises(SystemExit):
            tuiconv()
        assert capsys.readouterr().out.strip() == offered
