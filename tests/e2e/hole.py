"""What the tests of all terminal editors share: a file with a hole, checks, and how they are run.

A check gets an editor: begin() puts its cursor into the hole and returns the ghost text's first
row, written() the lines of its buffer; Tab, M-Right and M-End accept all, a word and a line.
A trained model gets files whose body is missing (bodies.py), and its answer has to be right.
"""

import functools
import os
import pathlib
import signal
import tempfile

import bodies
import record
import terminal_picture
from terminal import Failure, alive, wait_for

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


def kill_five_servers(editor):
    """Five deaths in a short time, each after the editor has told the server of its file."""
    for _ in range(5):
        [server] = wait_for("a server", editor.terminal.servers)
        wait_for("it to have the file", lambda: record.documents(editor.record))
        os.kill(server, signal.SIGKILL)
        wait_for("its end", lambda: not alive(server))


def lines_of(file):
    """The lines of a file that an editor is about to write."""
    wait_for("the file to be written", file.exists)
    return wait_for("its text", lambda: file.read_text(encoding="utf-8")).split("\n")


def wait_for_documents(file, expected):
    """Waits until the server has `expected`: of each document name, language and text."""
    def found():
        return {pathlib.Path(uri).name: (document["language"], document["text"])
                for uri, document in record.documents(file).items()} == expected
    wait_for(f"the documents {expected}", found, show=lambda: str(record.documents(file)))


def check_typed_along(editor):
    """What is typed of the ghost text leaves it where it is; Tab brings the rest."""
    ghost = editor.begin()
    for length in range(1, 4):
        editor.terminal.type(ghost[length - 1])
        editor.terminal.wait_for("the same row", lambda rows: rows[HOLE_ROW] == INDENT + ghost)
    editor.terminal.keys("Tab")
    expect("the accepted line", editor.written()[HOLE_ROW], INDENT + ghost)


def check_accept_word(editor):
    ghost = editor.begin()
    editor.terminal.keys("M-Right")
    word = editor.written()[HOLE_ROW][len(INDENT):]
    if not word or not ghost.startswith(word):
        raise Failure(f"accepted {word!r} as a word of {ghost!r}")
    if len(word) == len(ghost) and " " in ghost:
        raise Failure(f"accepted all of {ghost!r} instead of a word")


def check_accept_line(editor):
    ghost = editor.begin()
    editor.terminal.keys("M-End")
    expect("the accepted line", editor.written()[HOLE_ROW], INDENT + ghost)


def check_something_else_typed(editor):
    ghost = editor.begin()
    editor.terminal.type("#zq")
    editor.terminal.wait_for("the old ghost text to go",
                             lambda rows: "#zq" in rows[HOLE_ROW] and ghost not in rows[HOLE_ROW])
    expect("the line", editor.written()[HOLE_ROW], INDENT + "#zq")


def check_body(body, editor):
    """What is shown is what is accepted, line by line, and it does what it should."""
    editor.begin_body(body)
    shown = editor.terminal.wait_for("a body", body.shown_in)
    editor.terminal.keys("Tab")
    expect("the accepted body", body.shown_in(editor.written()), shown)
    if problem := bodies.problem_of(editor.file):
        raise Failure(problem)


def run_bodies(names, make_editor, only=None):
    """As run(), for the bodies of these names: make_editor(folder, body=...)."""
    failed = 0
    for body in filter(lambda body: body.name in names, bodies.BODIES):
        check = functools.partial(check_body, body)
        check.__name__ = body.name
        failed |= run([check], functools.partial(make_editor, body=body), only)
    return failed


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
    """Draws the editor with a trained model's ghost text."""
    body = bodies.LRU_CACHE
    with tempfile.TemporaryDirectory() as folder:
        editor = make_editor(pathlib.Path(folder), body=body)
        with editor.terminal:
            editor.begin_body(body)
            editor.terminal.wait_for("a body", body.shown_in)
            terminal_picture.write(editor.terminal, path)
