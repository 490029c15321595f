"""Drives Emacs in a terminal against `fimd lsp`: ghost text, keys, what stays behind.

    emacs_test.py --fimd PATH --emacs PATH --client plain|eglot|lsp-mode [--lisp FOLDER]

`plain` is fimd-mode alone, `eglot` fimd-mode in a buffer that eglot manages with another server,
`lsp-mode` the ghost text of lsp-mode itself, whose Lisp lies in FOLDER.
"""

import argparse
import functools
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import hole  # noqa: E402
from hole import HOLE_ROW, INDENT, SOURCE, expect  # noqa: E402
from terminal import Terminal, alive, wait_for  # noqa: E402

# What the mode line says once a server is there.
READY = {"plain": "Python fimd", "eglot": "[eglot:", "lsp-mode": "LSP[fimd"}


class Editor:
    """Emacs with our package and the file with the hole, in a terminal."""

    def __init__(self, options, folder):
        self.client = options.client
        self.file = folder / "queue.py"
        self.file.write_text(SOURCE, encoding="utf-8")
        here = ROOT / "tests" / "e2e" / "emacs"
        environment = {
            "HOME": folder, "FIMD_BINARY": options.fimd,
            "FIMD_LISP": options.lisp or folder, "FIMD_EMACS": ROOT / "editors" / "emacs",
        }
        client = here / (self.client.replace("-", "_") + ".el")
        self.terminal = Terminal(
            [options.emacs, "-nw", "-q", "-l", here / "init.el", "-l", client, self.file],
            environment=environment)

    def begin(self):
        """Puts the cursor into the hole and returns the ghost text's first row."""
        self.terminal.wait_for("the file", lambda rows: "class Queue" in rows[0])
        self.terminal.wait_for(
            "the server", lambda rows: READY[self.client] in "\n".join(rows)
            and "fimd?" not in "\n".join(rows))
        self.terminal.keys("M-g", "g")
        self.terminal.wait_for("the prompt", lambda rows: "Goto line" in "\n".join(rows))
        self.terminal.type(f"{HOLE_ROW + 1}\r")
        self.terminal.keys("C-e", "C-c", "\\")
        return self.ghost()

    def ghost(self):
        return self.terminal.wait_for("ghost text", lambda rows: rows[HOLE_ROW].strip())

    def written(self):
        """The lines of the buffer, by way of the file."""
        self.file.unlink()
        self.terminal.keys("C-x", "C-s")
        return hole.lines_of(self.file)


def check_accept(editor):
    ghost = editor.begin()
    editor.terminal.keys("Tab")
    expect("the accepted line", editor.written()[HOLE_ROW], INDENT + ghost)


def check_comes_by_itself(editor):
    """After a change, without being asked for."""
    ghost = editor.begin()
    editor.terminal.keys("C-g")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    editor.terminal.type(ghost[:2])
    shown = editor.terminal.wait_for("ghost text behind what was typed",
                                     lambda rows: len(rows[HOLE_ROW]) > len(INDENT) + 2
                                     and rows[HOLE_ROW])
    editor.terminal.keys("Tab")
    expect("the accepted line", editor.written()[HOLE_ROW], shown)


def check_dismiss(editor):
    """Without ghost text the keys are Emacs's own: C-a and C-k empty the line."""
    editor.begin()
    editor.terminal.keys("C-g")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    editor.terminal.keys("C-a", "C-k", "Tab")
    expect("the line", editor.written()[HOLE_ROW], INDENT)


def check_end(editor):
    """Nothing stays when the editor is left."""
    editor.begin()
    server = editor.terminal.servers()
    expect("the number of servers", len(server), 2 if editor.client == "eglot" else 1)
    editor.terminal.keys("C-g")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    editor.terminal.keys("C-x", "C-c")
    editor.terminal.wait_for_end()
    wait_for("the server to end", lambda: not any(map(alive, server)))


CHECKS = {
    "plain": [check_accept, hole.check_typed_along, check_comes_by_itself, hole.check_accept_word,
              hole.check_accept_line, check_dismiss, hole.check_something_else_typed, check_end],
    "eglot": [check_accept, hole.check_typed_along, check_comes_by_itself, check_end],
    "lsp-mode": [check_accept, check_dismiss, check_end],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fimd", required=True)
    parser.add_argument("--emacs", required=True)
    parser.add_argument("--client", required=True, choices=CHECKS)
    parser.add_argument("--lisp", help="the folder of lsp-mode and what it needs")
    parser.add_argument("--picture", help="draw the ghost text to this file instead")
    parser.add_argument("--only", help="the name of one check")
    options = parser.parse_args()
    make = functools.partial(Editor, options)
    if options.picture:
        hole.take_picture(make, options.picture)
        return 0
    return hole.run(CHECKS[options.client], make, options.only)


if __name__ == "__main__":
    sys.exit(main())
