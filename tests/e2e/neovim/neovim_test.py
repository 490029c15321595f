"""Drives Neovim in a terminal against `fimd lsp`: ghost text, keys, commands, what stays behind.

    neovim_test.py --fimd PATH --nvim PATH [--ghost-text own|native] [--picture FILE.svg]

What the model suggests is its own affair: a suggestion must be there, and what is accepted must be
what was seen.
"""

import argparse
import functools
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import hole  # noqa: E402
from hole import HOLE_ROW, INDENT, SOURCE, expect  # noqa: E402
from terminal import Failure, Terminal, alive, wait_for  # noqa: E402

INIT = """
vim.opt.runtimepath:prepend('{plugin}')
vim.o.swapfile = false
vim.o.background = 'dark'
vim.o.autoindent = false
vim.o.termguicolors = true
vim.o.statusline = '%t %{{v:lua.require("fimd").status()}}'
vim.keymap.set('i', '<Tab>', function() return 'mapped' end, {{ expr = true }})
vim.keymap.set('i', '<M-End>', '<C-o>:let g:end_pressed = 1<CR>')
require('fimd').setup{{ cmd = {{ '{fimd}', 'lsp' }}, ghost_text = '{ghost_text}' }}
"""


class Editor:
    """Neovim with our plugin and the file with the hole, in a terminal."""

    def __init__(self, options, folder):
        self.file = folder / "queue.py"
        self.file.write_text(SOURCE, encoding="utf-8")
        init = folder / "init.lua"
        plugin = folder / "fimd"  # a copy, as an installed plugin is: help tags are made in it
        shutil.copytree(ROOT / "editors" / "neovim", plugin)
        self.help = plugin / "doc"
        init.write_text(INIT.format(plugin=plugin, fimd=options.fimd,
                                    ghost_text=options.ghost_text), encoding="utf-8")
        home = {"XDG_DATA_HOME": folder, "XDG_STATE_HOME": folder, "XDG_CACHE_HOME": folder,
                "XDG_CONFIG_HOME": folder}
        self.terminal = Terminal([options.nvim, "-u", init, "-i", "NONE", self.file],
                                 environment=home)

    def begin(self):
        """Puts the cursor into the hole and returns the ghost text's first row."""
        self.terminal.wait_for("the file", lambda rows: "class Queue" in rows[0])
        self.terminal.wait_for("the server", lambda rows: "queue.py fimd" in "\n".join(rows))
        self.terminal.type(f":{HOLE_ROW + 1}\r")
        self.terminal.keys("A")
        return self.ghost()

    def ghost(self):
        return self.terminal.wait_for("ghost text", lambda rows: rows[HOLE_ROW].strip())

    def written(self):
        """The lines of the buffer, by way of the file."""
        self.file.unlink()
        self.terminal.keys("Escape")
        self.terminal.type(":w\r")
        return hole.lines_of(self.file)

    def command_output(self, command, expected):
        self.terminal.keys("Escape")
        self.terminal.type(f":{command}\r")
        self.terminal.wait_for(f":{command} to say {expected}",
                               lambda rows: expected in "\n".join(rows))


def check_accept(editor):
    ghost = editor.begin()
    below = editor.terminal.screen()[HOLE_ROW + 1]
    editor.terminal.keys("Tab")
    lines = editor.written()
    expect("the accepted line", lines[HOLE_ROW], INDENT + ghost)
    expect("the line below", lines[HOLE_ROW + 1].rstrip(), below)


def check_dismiss(editor):
    """Without ghost text the key does what the user mapped it to."""
    editor.begin()
    editor.terminal.keys("C-]")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    editor.terminal.keys("Tab")
    expect("the line", editor.written()[HOLE_ROW], INDENT + "mapped")


def check_popup(editor):
    """While the popup menu is open, Tab is not ours."""
    editor.begin()
    editor.terminal.type("self.i")
    editor.terminal.keys("C-x", "C-n")
    editor.terminal.wait_for("the popup", lambda rows: "item" in rows[HOLE_ROW + 2])
    editor.terminal.keys("Tab")
    line = editor.written()[HOLE_ROW]
    if not line.startswith(INDENT + "self.i") or not line.endswith("mapped"):
        raise Failure(f"Tab in the popup made {line!r}")


def check_leaving_insert_mode(editor):
    editor.begin()
    editor.terminal.keys("Escape")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    expect("the buffer", editor.written(), SOURCE.split("\n"))


def check_trigger_after_dismissal(editor):
    ghost = editor.begin()
    editor.terminal.keys("C-]")
    editor.terminal.wait_for("no ghost text", lambda rows: not rows[HOLE_ROW])
    editor.terminal.keys("M-\\")
    expect("the ghost text", editor.ghost(), ghost)


def check_commands(editor):
    editor.begin()
    server = editor.terminal.servers()
    editor.command_output("Fimd status", "running and has this buffer")
    editor.command_output("Fimd disable", ":Fimd disable")
    wait_for("the server to end", lambda: not any(map(alive, server)))
    editor.command_output("Fimd status", "not running")
    editor.command_output("Fimd enable", "queue.py fimd")
    editor.command_output("checkhealth fimd", "the server is")
    editor.terminal.type(f":helptags {editor.help}\r")
    editor.command_output("help fimd-keys", "4. KEYS")


def check_end(editor):
    """Nothing stays when the editor is left."""
    editor.begin()
    server = editor.terminal.servers()
    if not server:
        raise Failure("there is no server process")
    editor.terminal.keys("Escape")
    editor.terminal.type(":qa!\r")
    editor.terminal.wait_for_end()
    wait_for("the server to end", lambda: not any(map(alive, server)))


CHECKS = [check_accept, hole.check_typed_along, hole.check_accept_word, hole.check_accept_line,
          check_dismiss, hole.check_something_else_typed, check_popup, check_leaving_insert_mode,
          check_trigger_after_dismissal, check_commands, check_end]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fimd", required=True)
    parser.add_argument("--nvim", required=True)
    parser.add_argument("--ghost-text", default="own", choices=["own", "native"])
    parser.add_argument("--picture")
    parser.add_argument("--only", help="the name of one check")
    options = parser.parse_args()
    make = functools.partial(Editor, options)
    if options.picture:
        hole.take_picture(make, options.picture)
        return 0
    return hole.run(CHECKS, make, options.only)


if __name__ == "__main__":
    sys.exit(main())
