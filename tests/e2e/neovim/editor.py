"""Neovim with our plugin, in a terminal."""

import pathlib
import shutil

import hole
import record
from hole import HOLE_ROW, SOURCE
from terminal import Terminal

ROOT = pathlib.Path(__file__).resolve().parents[3]

INIT = """
vim.opt.runtimepath:prepend('{plugin}')
vim.o.swapfile = false
vim.o.background = 'dark'
vim.o.autoindent = false
vim.o.expandtab = true
vim.o.shiftwidth = 2
vim.o.termguicolors = true
vim.o.statusline = '%t %{{v:lua.require("fimd").status()}}'
vim.keymap.set('i', '<Tab>', function() return 'mapped' end, {{ expr = true }})
vim.keymap.set('i', '<M-End>', '<C-o>:let g:end_pressed = 1<CR>')
options = {{ cmd = {{ {command} }}, ghost_text = '{ghost_text}', settings = {{ {settings} }} }}
require('fimd').setup(options)
"""


class Editor:
    """With the file that has the hole, or one whose body is missing and a trained model."""

    def __init__(self, options, folder, body=None):
        self.options = options
        self.file = folder / (body.name if body else "queue.py")
        self.file.write_text(body.text if body else SOURCE, encoding="utf-8")
        settings = f"model = '{options.model}', trigger = '{body.trigger}'" if body else ""
        init = folder / "init.lua"
        plugin = folder / "fimd"  # a copy, as an installed plugin is: help tags are made in it
        shutil.copytree(ROOT / "editors" / "neovim", plugin)
        self.help = plugin / "doc"
        self.record = folder / "record"
        command = str(record.command(self.record, options.fimd, "lsp"))[1:-1]
        init.write_text(INIT.format(plugin=plugin, command=command, settings=settings,
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

    def begin_body(self, body):
        """Opens a line for the body."""
        self.terminal.wait_for("the server", lambda rows: f"{body.name} fimd" in "\n".join(rows))
        self.command(f"{body.header_row + 1}")
        self.terminal.keys("o", *(["M-\\"] if body.by_hand else []))

    def ghost(self):
        return self.terminal.wait_for("ghost text", lambda rows: rows[HOLE_ROW].strip())

    def written(self):
        """The lines of the buffer, by way of the file."""
        self.file.unlink()
        self.terminal.keys("Escape")
        self.terminal.type(":w\r")
        return hole.lines_of(self.file)

    def command(self, command):
        self.terminal.keys("Escape")
        self.terminal.type(f":{command}\r")

    def wait_for_documents(self, expected):
        """`expected`: of the documents that the server has, name, language and text."""
        hole.wait_for_documents(self.record, expected)

    def command_output(self, command, expected):
        self.terminal.keys("Escape")
        self.terminal.type(f":{command}\r")
        self.terminal.wait_for(f":{command} to say {expected}",
                               lambda rows: expected in "\n".join(rows))
