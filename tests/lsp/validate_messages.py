"""Holds every message of a server against the meta-model of LSP 3.18, by way of lsprotocol.

Usage: validate_messages.py LOG. A line of the log begins a session, {"session": name}, or is a
message, {"from_server": bool, "message": {...}}. A message passes when lsprotocol reads it and what
it read, written again, is the message: so a misspelled or unknown field is an error as well.
Messages of fimd's own, which the meta-model cannot know, are named in EXTENSIONS.
"""

import json
import sys

from lsprotocol import converters, types

EXTENSIONS = {"$/fimd/status", "didChangeStatus", "fimd/checksum"}

CONVERTER = converters.get_converter()


def check(message, message_type):
    """What is wrong with `message`, or None."""
    try:
        value = CONVERTER.structure(message, message_type)
        written = CONVERTER.unstructure(value, unstructure_as=message_type)
    except Exception as error:  # whatever the library finds wrong
        return f"{type(error).__name__}: {error} {getattr(error, 'exceptions', '')}"
    written = json.loads(json.dumps(written))
    if drop_nulls(written) != drop_nulls(message):
        return f"is read as {json.dumps(written)}"
    return None


def drop_nulls(value):
    """Absent and null are the same to the meta-model's optional fields."""
    if isinstance(value, dict):
        return {name: drop_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [drop_nulls(item) for item in value]
    return value


def check_sent(message, asked):
    """What is wrong with a message of the server; `asked` has the methods of its client's ids."""
    if "method" in message:
        method = message["method"]
        if method in EXTENSIONS:
            return None
        if method not in types.METHOD_TO_TYPES:
            return f"{method} is no method of the meta-model"
        return check(message, types.METHOD_TO_TYPES[method][0])
    if "error" in message:
        return check(message, types.ResponseErrorMessage)
    method = asked.get(json.dumps(message["id"]))
    if method is None:
        return "answers a request that nobody made"
    if "result" not in message:
        return "has neither a result nor an error"
    if method in EXTENSIONS:
        return None
    return check(message, types.METHOD_TO_TYPES[method][1])


def main():
    num_checked = 0
    num_bad = 0
    asked = {}
    session = ""
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            entry = json.loads(line)
            if "session" in entry:
                session = entry["session"]
                asked = {}
                continue
            message = entry["message"]
            if not entry["from_server"]:
                if isinstance(message, dict) and "method" in message and "id" in message:
                    asked[json.dumps(message["id"])] = message["method"]
                continue
            num_checked += 1
            problem = check_sent(message, asked)
            if problem is not None:
                num_bad += 1
                print(f"{session}: {json.dumps(message)}\n  {problem}")
    print(f"{num_checked} messages of the server, {num_bad} against the meta-model")
    return 1 if num_bad > 0 or num_checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
