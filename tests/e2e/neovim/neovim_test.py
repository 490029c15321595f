"""Drives Neovim in a terminal against `fimd lsp`: ghost text, keys, commands, what stays behind.

    neovim_test.py --fimd PATH --nvim PATH [--ghost-text own|native]
                   [--model FILE.gguf [--picture FILE.svg]]

What the model suggests is its own affair: a suggestion must be there, and what is accepted must be
what was seen.
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
from editor import Editor  # noqa: E402
from hole import HOLE_ROW, INDENT, SOURCE, expect  # noqa: E402
from terminal import Failure, alive, wait_for  # noqa: E402

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


def check_settings_reach_the_server(editor):
    """On every version, those of setup{} at the start and those given later."""
    editor.begin()
    wait_for("the settings of setup{}", lambda: record.settings(editor.record))
    expect("enable", record.settings(editor.record).get("enable", {}).get("markdown"), False)
    editor.command("lua options.settings = { model = '/none/such' }")
    editor.command("lua require('fimd').setup(options)")
    wait_for("the model's path",
             lambda: record.settings(editor.record).get("model") == "/none/such")
    editor.command("Fimd restart")
    wait_for("a second server", lambda: len(
        [message for message in record.messages(editor.record)
         if message.get("method") == "initialize"]) == 2)
    wait_for("the model's path again",
             lambda: record.settings(editor.record).get("model") == "/none/such")
    editor.command(f"{HOLE_ROW + 1}")
    editor.terminal.keys("A")
    editor.terminal.wait_for("the model to be named",
                             lambda rows: "/none/such" in "".join(rows))


def check_death_while_typing(editor):
    """The server starts again, and nobody is told of a traceback."""
    editor.begin()
    [server] = editor.terminal.servers()
    editor.terminal.type("s")
    os.kill(server, signal.SIGKILL)
    for letter in "elf.":
        editor.terminal.type(letter)
    [second] = wait_for("another server", lambda: editor.terminal.servers()
                        if editor.terminal.servers() != [server] else None)
    expect("the same server", second == server, False)
    text = "\n".join(editor.terminal.screen())
    for sign in ("traceback", "Error", "E5108", "attempt to"):
        if sign in text:
            raise Failure(f"{sign!r} is on the screen:\n{text}")
    editor.wait_for_documents({"queue.py": ("python", SOURCE.replace(
        INDENT + "\n", INDENT + "self.\n"))})
    editor.terminal.keys("C-u")
    editor.terminal.type(" " * 8)
    expect("the ghost text", editor.ghost() != "", True)
    editor.command_output("Fimd log", "signal 9")


def check_five_deaths(editor):
    """At the fifth in a short time the user decides."""
    editor.begin()
    hole.kill_five_servers(editor)
    editor.terminal.wait_for("the notice", lambda rows: "ended five times" in "".join(rows))
    expect("the servers", editor.terminal.servers(), [])
    editor.terminal.keys("Enter")
    editor.command("Fimd restart")
    wait_for("a server", editor.terminal.servers)


def check_log_has_the_reason(editor):
    editor.begin()
    editor.command("lua options.cmd[6] = '--none-such'")
    editor.command("lua require('fimd').setup(options)")
    editor.command("Fimd restart")
    editor.terminal.wait_for("the notice", lambda rows: "ended five times" in "".join(rows))
    editor.terminal.keys("Enter")
    editor.command_output("Fimd log", "--none-such")


def check_popup_without_selection(editor):
    """While nothing is selected in the popup, the ghost text is there and Tab accepts it."""
    editor.begin()
    editor.command("set completeopt=menuone,noselect")
    editor.terminal.keys("A")
    editor.ghost()
    editor.terminal.type("self.i")
    editor.terminal.keys("C-x", "C-n")
    editor.terminal.wait_for("the popup", lambda rows: "item" in rows[HOLE_ROW + 2])
    shown = editor.terminal.wait_for(
        "ghost text beside it", lambda rows: len(rows[HOLE_ROW]) > len(INDENT + "self.i")
        and rows[HOLE_ROW])
    editor.terminal.keys("Tab")
    expect("the accepted line", editor.written()[HOLE_ROW], shown)


def check_ghost_text_is_no_code(editor):
    """By its colour, with true colours and without; so also under another colour scheme."""
    editor.begin()
    for command in ("set termguicolors", "set notermguicolors", "colorscheme desert"):
        editor.command(command)
        editor.command(f"{HOLE_ROW + 1}")
        editor.terminal.keys("A")
        editor.ghost()
        rows = editor.terminal.screen(colours=True)
        ghost, code = rows[HOLE_ROW], rows[HOLE_ROW + 3]  # a row with a name that is no keyword
        if "\x1b[" not in ghost or set(re.findall(r"\x1b\[[0-9;:]+m", ghost)) <= set(
                re.findall(r"\x1b\[[0-9;:]+m", code)):
            raise Failure(f"after :{command}, ghost text {ghost!r} looks like code {code!r}")


def check_plug_maps(editor):
    ghost = editor.begin()
    editor.command("imap <F5> <Plug>(fimd-accept-word)")
    editor.command("imap <F6> <Plug>(fimd-accept)")
    editor.terminal.keys("A")
    expect("the ghost text", editor.ghost(), ghost)
    editor.terminal.keys("F5")
    word = editor.written()[HOLE_ROW]
    expect("a word is accepted", INDENT < word and (INDENT + ghost).startswith(word), True)
    editor.terminal.keys("A")
    shown = editor.terminal.wait_for("the rest", lambda rows: len(rows[HOLE_ROW]) > len(word)
                                     and rows[HOLE_ROW])
    editor.terminal.keys("F6")
    expect("the accepted line", editor.written()[HOLE_ROW], shown)


def check_toggle_filetype(editor):
    editor.begin()
    editor.command_output("Fimd toggle python", "off for python")
    editor.wait_for_documents({})
    editor.command_output("Fimd status", "does not have this buffer")
    editor.terminal.keys("A", "Tab")
    editor.terminal.wait_for("Tab as the user mapped it", lambda rows: "mapped" in rows[HOLE_ROW])
    editor.terminal.keys("Escape", "u")
    editor.command_output("Fimd toggle python", "on for python")
    editor.wait_for_documents({"queue.py": ("python", SOURCE)})
    editor.terminal.keys("A")
    editor.ghost()


def check_snooze(editor):
    """Nothing comes by itself; by hand it does."""
    ghost = editor.begin()
    editor.command_output("Fimd snooze 10", "queue.py fimd: snoozed")
    wait_for("the server to know", lambda: record.settings(editor.record)["trigger"] == "manual")
    editor.terminal.keys("A")
    editor.terminal.type("x")
    editor.terminal.keys("BSpace")
    if not editor.options.ghost_text == "native":
        editor.terminal.keys("M-\\")
        expect("the ghost text", editor.ghost(), ghost)
    editor.command_output("Fimd snooze 0", "awake")
    editor.terminal.keys("A")
    expect("the ghost text", editor.ghost(), ghost)


def check_identity(editor):
    """A buffer with another name or filetype is another document."""
    editor.begin()
    editor.command(f"file {editor.file.with_name('other.py')}")
    editor.wait_for_documents({"other.py": ("python", SOURCE)})
    editor.command(f"saveas {editor.file.with_name('third.py')}")
    editor.wait_for_documents({"third.py": ("python", SOURCE)})
    editor.command("set filetype=lua")
    editor.wait_for_documents({"third.py": ("lua", SOURCE)})
    editor.command("1delete")
    shorter = SOURCE.partition("\n")[2]
    editor.wait_for_documents({"third.py": ("lua", shorter)})
    editor.command("set filetype=markdown")
    editor.wait_for_documents({})
    editor.command("set filetype=python")
    editor.command("write")
    editor.wait_for_documents({"third.py": ("python", shorter)})
    editor.command("edit!")
    editor.command("1delete")
    editor.wait_for_documents({"third.py": ("python", shorter.partition("\n")[2])})
    editor.command("enew")
    editor.command("bdelete! third.py")
    editor.wait_for_documents({})
    editor.command(f"edit {editor.file}")
    editor.wait_for_documents({"queue.py": ("python", SOURCE)})
    editor.terminal.type(f":{HOLE_ROW + 1}\r")
    editor.terminal.keys("A")
    shown = editor.ghost()
    editor.terminal.keys("Tab")
    expect("the accepted line", editor.written()[HOLE_ROW], INDENT + shown)


def check_text_that_the_protocol_cannot_hold(editor):
    """A CR within a line is no line end of the server's, bytes that are no characters are marks."""
    ghost = editor.begin()
    editor.terminal.keys("C-]", "Escape", "g", "g", "O")
    editor.terminal.type("#a")
    editor.terminal.keys("C-v", "C-m")
    editor.terminal.type("b")
    editor.terminal.keys("Escape")
    editor.command(r'''call append(0, ['#' .. "\xff" .. '-' .. "\xed\xa0\xbd" .. "-\u00e9"])''')
    head = "#?-\ufffd-\u00e9\n#a b\n"
    editor.wait_for_documents({"queue.py": ("python", head + SOURCE)})
    editor.terminal.type(f":{HOLE_ROW + 3}\r")
    editor.terminal.keys("A")
    editor.terminal.wait_for("the ghost text", lambda rows: rows[HOLE_ROW + 2] == INDENT + ghost)
    editor.terminal.keys("C-]", "Escape")
    editor.command("2substitute/\\r//")
    editor.wait_for_documents({"queue.py": ("python", head.replace(" ", "") + SOURCE)})
    editor.command("1,2delete")
    editor.wait_for_documents({"queue.py": ("python", SOURCE)})
    editor.terminal.type(f":{HOLE_ROW + 1}\r")
    editor.terminal.keys("A")
    expect("the ghost text", editor.ghost(), ghost)


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
          check_trigger_after_dismissal, check_commands, check_settings_reach_the_server,
          check_death_while_typing, check_five_deaths, check_log_has_the_reason,
          check_popup_without_selection, check_ghost_text_is_no_code, check_plug_maps,
          check_toggle_filetype, check_snooze, check_identity,
          check_text_that_the_protocol_cannot_hold, check_end]
BODIES = ["lru_cache.py", "groups.ts", "divisor.cc", "stack.py"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fimd", required=True)
    parser.add_argument("--nvim", required=True)
    parser.add_argument("--ghost-text", default="own", choices=["own", "native"])
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
    return hole.run(CHECKS, make, options.only)


if __name__ == "__main__":
    sys.exit(main())
