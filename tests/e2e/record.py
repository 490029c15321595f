"""What an editor sent to its server: recorded between the two, and replayed into documents.

    record.py FILE PROGRAM ARGUMENT...

runs the program, passes on what comes on stdin, and appends each message to FILE, a line of JSON
each. It ends when the program does, in the same way.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading

UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
UNIT_BYTES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def command(file, *program):
    """The command line that runs the program and records what it is sent."""
    return [sys.executable, os.path.abspath(__file__), str(file), *map(str, program)]


def messages(file):
    """All messages so far."""
    if not file.exists():
        return []
    complete = file.read_text(encoding="utf-8").rpartition("\n")[0]
    return [json.loads(line) for line in complete.split("\n") if line]


def offset(text, position, encoding):
    """Of a position, where lines end as the protocol says; past an end means the end."""
    start = 0
    for end in list(re.finditer(r"\r\n|\r|\n", text))[:position["line"]]:
        start = end.end()
    line = re.split(r"[\r\n]", text[start:], maxsplit=1)[0]
    units = line.encode(UNITS[encoding])[:position["character"] * UNIT_BYTES[encoding]]
    return start + len(units.decode(UNITS[encoding]))


def documents(file):
    """The documents that are open, by URI: {"language", "text"}. Fails on what no server takes."""
    found, encoding = {}, "utf-16"
    for message in messages(file):
        method, params = message.get("method"), message.get("params")
        if method == "initialize":
            found = {}
            offered = params["capabilities"].get("general", {}).get("positionEncodings")
            encoding = offered[0] if offered else "utf-16"
        elif method == "textDocument/didOpen":
            document = params["textDocument"]
            assert document["uri"] not in found, f"{document['uri']} is opened twice"
            found[document["uri"]] = {"language": document["languageId"],
                                      "text": document["text"]}
        elif method == "textDocument/didClose":
            del found[params["textDocument"]["uri"]]
        elif method == "textDocument/didChange":
            document = found[params["textDocument"]["uri"]]
            for change in params["contentChanges"]:
                text, area = document["text"], change.get("range")
                first = offset(text, area["start"], encoding) if area else 0
                last = offset(text, area["end"], encoding) if area else len(text)
                document["text"] = text[:first] + change["text"] + text[last:]
    return found


def settings(file):
    """The settings that the server was given last, pushed or pulled; None if it was given none."""
    found = None
    for message in messages(file):
        if message.get("method") == "workspace/didChangeConfiguration":
            pushed = message["params"].get("settings") or {}
            found = pushed.get("fimd", found)
        elif isinstance(message.get("result"), list) and message["result"]:
            found = message["result"][0]
    return found


def copy(source, target, file):
    """Passes messages on until there are no more."""
    while True:
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            byte = source.read(1)
            if not byte:
                return
            header += byte
        size = int(re.search(rb"Content-Length: *(\d+)", header, re.IGNORECASE)[1])
        body = source.read(size)
        file.write(json.dumps(json.loads(body)) + "\n")
        file.flush()
        target.write(header + body)
        target.flush()


def main():
    program = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE)
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        def end_with_it():
            status = program.wait()
            if status < 0:
                os.kill(os.getpid(), -status)
            os._exit(status)

        threading.Thread(target=end_with_it).start()
        with contextlib.suppress(BrokenPipeError):
            copy(sys.stdin.buffer, program.stdin, file)
            program.stdin.close()


if __name__ == "__main__":
    main()
