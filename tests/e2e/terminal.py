"""A program in a real terminal (tmux), driven by keys and read from its screen.

Nothing sleeps for a result: wait_for() polls until a deadline, and fails with the screen. The
terminal and all that runs in it are gone when the `with` block ends.
"""

import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

DEADLINE_S = 30  # far beyond any answer; only a failing test waits so long
POLL_S = 0.05


class Failure(Exception):
    """What a test expected and did not see."""


def wait_for(what, found, deadline_s=DEADLINE_S, show=lambda: ""):
    """The first truthy found(), or a Failure that says `what` was waited for."""
    end = time.monotonic() + deadline_s
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {deadline_s} s for {what}\n{show()}")
        time.sleep(POLL_S)


class Terminal:
    """One tmux server with one window, of which the command is the only program."""

    def __init__(self, command, columns=80, rows=24, environment=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fimd_e2e_"))
        self.tmux = ["tmux", "-u", "-f", "/dev/null", "-S", str(self.folder / "tmux")]
        self.columns = columns
        shown = dict(environment or {}, TERM="screen-256color", LC_ALL="C.UTF-8")
        assignments = [f"{name}={value}" for name, value in shown.items()]
        line = shlex.join(["env", *assignments, *map(str, command)])
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        subprocess.run(
            [*self.tmux, "new-session", "-d", "-x", str(columns), "-y", str(rows), f"exec {line}"],
            check=True, env=dict(bare, LC_ALL="C.UTF-8"))
        # A lone Escape must not wait for more of a sequence.
        self.run("set-option", "-s", "escape-time", "0")
        self.run("set-option", "-g", "status", "off")
        self.process_id = int(self.run("display-message", "-p", "#{pane_pid}"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        left = [self.process_id, *descendants(self.process_id)]
        subprocess.run([*self.tmux, "kill-server"], capture_output=True, check=False)
        for process_id in left:
            try:
                os.kill(process_id, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments):
        result = subprocess.run([*self.tmux, *arguments], capture_output=True, text=True,
                                check=False)
        if result.returncode != 0:
            raise Failure(f"tmux {arguments[0]}: {result.stderr.strip()}")
        return result.stdout

    def keys(self, *names):
        """Keys by tmux's names: "Tab", "M-Right", "C-]"."""
        self.run("send-keys", *names)

    def type(self, text):
        self.run("send-keys", "-l", text)

    def screen(self, colours=False):
        """The rows, without blanks at their ends; with `colours` as escape sequences."""
        text = self.run("capture-pane", "-p", *(["-e"] if colours else []))
        return [row.rstrip() for row in text.split("\n")]

    def row(self, number):
        return self.screen()[number]

    def wait_for(self, what, found):
        """The first truthy found(rows)."""
        return wait_for(what, lambda: found(self.screen()), show=lambda: "\n".join(self.screen()))

    def wait_for_end(self):
        wait_for("the program to end", lambda: not alive(self.process_id))

    def servers(self):
        """The ids of the `fimd lsp` processes below the program."""
        return [process_id for process_id in descendants(self.process_id)
                if is_server(command_line(process_id))]


def alive(process_id):
    try:
        status = pathlib.Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def command_line(process_id):
    try:
        text = pathlib.Path(f"/proc/{process_id}/cmdline").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rstrip("\0").split("\0")


def is_server(arguments):
    return bool(arguments) and pathlib.Path(arguments[0]).name == "fimd" and arguments[-1] == "lsp"


def descendants(process_id):
    """The ids of the processes below `process_id`."""
    children = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(folder.name))
    found, ahead = [], [process_id]
    while ahead:
        below = children.get(ahead.pop(), [])
        found += below
        ahead += below
    return found
