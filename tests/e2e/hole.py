"""What the tests of all terminal editors share: a file with a hole, and how checks are run."""

import pathlib
import tempfile

import terminal_picture
from terminal import Failure, wait_for

SOURCE = """class Queue:
    def __init__(self):
        self.items = []

    def push(self, item):
        \n
    def pop(self):
        return self.items.pop(0)
"""
HOLE_ROW = 5  # on the screen too: the file's first line is the screen's first row
INDENT = " " * 8


def expect(what, found, expected):
    if found != expected:
        raise Failure(f"{what} is {found!r}, expected {expected!r}")


def lines_of(file):
    """The lines of a file that an editor is about to write."""
    wait_for("the file to be written", file.exists)
    return wait_for("its text", lambda: file.read_text(encoding="utf-8")).split("\n")


def run(checks, make_editor, only=None):
    """Runs each check with an editor of its own, make_editor(folder). Returns the exit status."""
    failures = 0
    for check in checks:
        if only and check.__name__ != only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            editor = make_editor(pathlib.Path(folder))
            with editor.terminal:
                try:
                    check(editor)
                    print("ok", check.__name__, flush=True)
                except Failure as failure:
                    failures += 1
                    print("FAILED", check.__name__, failure, flush=True)
    return 1 if failures else 0


def take_picture(make_editor, path):
    """Draws the editor with its ghost text."""
    with tempfile.TemporaryDirectory() as folder:
        editor = make_editor(pathlib.Path(folder))
        with editor.terminal:
            editor.begin()
            terminal_picture.write(editor.terminal, path)
