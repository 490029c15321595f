"""Drives Emacs in a terminal against `fimd lsp`: ghost text, keys, what stays behind.

    emacs_test.py --fimd PATH --emacs PATH --client plain|eglot|lsp-mode [--lisp FOLDER]
                  [--model FILE.gguf [--picture FILE.svg]]

`plain` is fimd-mode alone, `eglot` fimd-mode in a buffer that eglot manages with another server,
`lsp-mode` the ghost text of lsp-mode itself, whose Lisp lies in FOLDER.
"""

import argparse
import functools
import os
import pathlib
import re
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import hole  # noqa: E402
import record  # noqa: E402
from hole import HOLE_ROW, INDENT, SOURCE, expect  # noqa: E402
from terminal import Terminal, alive, wait_for  # noqa: E402

# What the mode line says once a server is there.
READY = {"plain": "Python fimd", "eglot": "[eglot:", "lsp-mode": "LSP[fimd"}


class Editor:
    """Emacs with our package and the file with the hole, in a terminal."""

    def __init__(self, options, folder, body=None):
        self.client = options.client
        self.file = folder / (body.name if body else "queue.py")
        self.file.write_text(body.text if body else SOURCE, encoding="utf-8")
        settings = f'(:model "{options.model}" :trigger "{body.trigger}")' if body else ""
        here = ROOT / "tests" / "e2e" / "emacs"
        self.record = folder / "record"
        environment = {
            "HOME": folder, "FIMD_BINARY": options.fimd,
            "FIMD_COMMAND": "\n".join(record.command(self.record, options.fimd, "lsp")),
            "FIMD_LISP": options.lisp or folder, "FIMD_EMACS": ROOT / "editors" / "emacs",
            "FIMD_SETTINGS": settings,
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
            and "fimd?" not in "\n".join(rows) and "/starting" not in "\n".join(rows))
        self.go_to_line(HOLE_ROW + 1)
        self.terminal.keys("C-e", "C-c", "\\")
        return self.ghost()

    def begin_body(self, body):
        """Opens a line for the body."""
        self.terminal.wait_for(
            "the server", lambda rows: re.search(r"\(\S+ fimd[ .)]", "\n".join(rows)))
        self.go_to_line(body.header_row + 1)
        self.terminal.keys("C-e", "Enter", *(["C-c", "\\"] if body.by_hand else []))

    def go_to_line(self, number):
        self.terminal.keys("M-g", "g")
        self.terminal.wait_for("the prompt", lambda rows: "Goto line" in "\n".join(rows))
        self.terminal.type(f"{number}\r")

    def ghost(self):
        return self.terminal.wait_for("ghost text", lambda rows: rows[HOLE_ROW].strip())

    def evaluate(self, expression, expected=None):
        """Evaluates a Lisp expression; what it says is then in the echo area."""
        self.terminal.keys("M-:")
        self.terminal.wait_for("the prompt", lambda rows: "Eval:" in "\n".join(rows))
        self.terminal.type(expression)
        self.terminal.keys("Enter")
        if expected:
            self.says(expected)

    def says(self, expected):
        self.terminal.wait_for(f"{expected!r}", lambda rows: expected in "\n".join(rows))

    def wait_for_documents(self, expected):
        """`expected`: of the documents that the server has, name, language and text."""
        hole.wait_for_documents(self.record, expected)

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


def check_death_while_typing(editor):
    """The server starts again, and typing goes on."""
    editor.begin()
    editor.terminal.keys("C-g")
    [server] = editor.terminal.servers()
    editor.terminal.type("s")
    os.kill(server, signal.SIGKILL)
    for letter in "elf.":
        editor.terminal.type(letter)
    wait_for("another server", lambda: editor.terminal.servers()
             and editor.terminal.servers() != [server])
    editor.terminal.wait_for("it to be ready", lambda rows: "fimd?" not in "\n".join(rows)
                             and "fimd!" not in "\n".join(rows))
    editor.terminal.type("i")
    editor.terminal.wait_for("ghost text", lambda rows: len(rows[HOLE_ROW]) > len("self.i")
                             + len(INDENT))
    editor.evaluate("(fimd--flush)")
    editor.wait_for_documents({"queue.py": ("python", SOURCE.replace(
        INDENT + "\n", INDENT + "self.i\n"))})
    editor.evaluate("(fimd-show-log)")
    editor.terminal.wait_for("how it ended", lambda rows: "signal 9" in "\n".join(rows))


def check_five_deaths(editor):
    """At the fifth in a short time the user decides."""
    editor.begin()
    hole.kill_five_servers(editor)
    editor.says("ended five times")
    expect("the servers", editor.terminal.servers(), [])
    editor.evaluate("(fimd-restart)")
    wait_for("a server", editor.terminal.servers)


def check_log_has_the_reason(editor):
    editor.begin()
    editor.evaluate('(setq fimd-command (append fimd-command (list "--none-such")))')
    editor.evaluate("(fimd-restart)")
    editor.says("ended five times")
    editor.evaluate("(fimd-show-log)")
    editor.terminal.wait_for("the reason", lambda rows: "status 2" in "\n".join(rows)
                             and "--none-such" in "\n".join(rows))


def check_status_and_switches(editor):
    ghost = editor.begin()
    editor.evaluate("(fimd-status)", "the server runs and has this buffer")
    editor.evaluate("(fimd-toggle-language)", "off for python")
    editor.wait_for_documents({})
    editor.evaluate("(fimd-status)", "off for python")
    editor.evaluate("(fimd-toggle-language)", "on for python")
    editor.wait_for_documents({"queue.py": ("python", SOURCE)})
    wait_for("the server to know", lambda: record.settings(editor.record)["enable"]["python"])
    editor.evaluate("(fimd-snooze 10)", "snoozed for 10 minutes")
    wait_for("the server to know", lambda: record.settings(editor.record)["trigger"] == "manual")
    editor.terminal.keys("C-c", "\\")
    expect("the ghost text asked for", editor.ghost(), ghost)
    editor.terminal.keys("C-g")
    editor.evaluate("(fimd-snooze 0)", "awake")
    editor.terminal.type("s")
    editor.terminal.wait_for("ghost text by itself",
                             lambda rows: len(rows[HOLE_ROW]) > len(INDENT) + 1)


def check_identity(editor):
    """A buffer with another file or mode is another document."""
    editor.begin()
    editor.terminal.keys("C-g", "C-x", "C-w")
    editor.terminal.wait_for("the prompt", lambda rows: "Write file" in "\n".join(rows))
    editor.terminal.type("other.py\r")
    editor.wait_for_documents({"other.py": ("python", SOURCE)})
    editor.evaluate('(set-visited-file-name "third.py")')
    editor.wait_for_documents({"third.py": ("python", SOURCE)})
    editor.evaluate("(js-mode)")
    editor.wait_for_documents({"third.py": ("javascript", SOURCE)})
    editor.evaluate("(progn (goto-char (point-min)) (kill-line 1) (fimd--flush))")
    shorter = SOURCE.partition("\n")[2]
    editor.wait_for_documents({"third.py": ("javascript", shorter)})
    editor.evaluate('(set-visited-file-name "fourth.c")')
    editor.wait_for_documents({"fourth.c": ("c", shorter)})
    editor.evaluate("(rename-buffer \"of no file's name\")")
    editor.wait_for_documents({"fourth.c": ("c", shorter)})
    editor.evaluate("(set-visited-file-name nil)")
    editor.wait_for_documents({})


def check_text_that_the_protocol_cannot_hold(editor):
    """A CR within a line is no line end of the server's; what is no character is a mark."""
    ghost = editor.begin()
    editor.terminal.keys("C-g")
    editor.evaluate(r'(progn (goto-char 1) (insert "#a\rb\n#" (string #xd83d #x3fffe9 #xe9) "\n")'
                    f" (forward-line {HOLE_ROW}) (end-of-line))")
    editor.terminal.keys("C-c", "\\")
    editor.terminal.wait_for("the ghost text", lambda rows: rows[HOLE_ROW + 2] == INDENT + ghost)
    editor.wait_for_documents({"queue.py": ("python", "#a b\n#\ufffd\ufffd\u00e9\n" + SOURCE)})
    editor.terminal.keys("C-g")
    editor.evaluate(f"(progn (goto-char 1) (kill-line 2) (forward-line {HOLE_ROW}) (end-of-line))")
    editor.terminal.keys("C-c", "\\")
    expect("the ghost text", editor.ghost(), ghost)
    editor.wait_for_documents({"queue.py": ("python", SOURCE)})


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
              hole.check_accept_line, check_dismiss, hole.check_something_else_typed,
              check_death_while_typing, check_five_deaths, check_log_has_the_reason,
              check_status_and_switches, check_identity,
              check_text_that_the_protocol_cannot_hold, check_end],
    "eglot": [check_accept, hole.check_typed_along, check_comes_by_itself, check_end],
    "lsp-mode": [check_accept, check_dismiss, check_end],
}
BODIES = ["lru_cache.py", "divisor.cc", "stack.py"]  # Emacs 28 has no mode for TypeScript


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fimd", required=True)
    parser.add_argument("--emacs", required=True)
    parser.add_argument("--client", required=True, choices=CHECKS)
    parser.add_argument("--lisp", help="the folder of lsp-mode and what it needs")
    parser.add_argument("--model", help="a trained one, for the bodies that it finds")
    parser.add_argument("--picture", help="draw its ghost text to this file instead")
    parser.add_argument("--only", help="the name of one check")
    options = parser.parse_args()
    make = functools.partial(Editor, options)
    if options.picture:
        hole.take_picture(make, options.picture)
        return 0
    if options.model:
        return hole.run_bodies(BODIES, make, options.only)
    return hole.run(CHECKS[options.client], make, options.only)


if __name__ == "__main__":
    sys.exit(main())
