"""Files with a body that is missing, which a trained model finds, and what a right one does.

    bodies.py          prints the files as JSON, for the tests that are not in Python
    bodies.py FILE     fails unless FILE, which has the name of one of them, does what it should
"""

import dataclasses
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPESCRIPT = "editors/vscode/node_modules/typescript"
RUN_TYPESCRIPT = (f"const typescript = require('./{TYPESCRIPT}');"
                  "const text = require('node:fs').readFileSync(0, 'utf8');"
                  "eval(typescript.transpile(text, { target: 'es2022' }));")
RUNNERS = {".cc": ["g++", "-std=c++20", "-fsyntax-only", "-xc++", "-"],
           ".py": [sys.executable, "-"],
           ".ts": ["node", "-e", RUN_TYPESCRIPT]}


@dataclasses.dataclass(frozen=True)
class Body:
    """Enter behind the line `header` opens a line for the body."""

    name: str
    header: str
    text: str
    check: str  # of a right body, in the file's language
    by_hand: bool = True  # asked for, and so as long as it is right; else it comes by itself

    @property
    def trigger(self):
        return "manual" if self.by_hand else "automatic"

    @property
    def header_row(self):
        return self.lines.index(self.header)

    @property
    def lines(self):
        return self.text.rstrip("\n").split("\n")

    def shown_in(self, rows):
        """Of a screen that begins with the file, the lines between the header and what follows."""
        first, rest = self.header_row + 1, self.lines[self.header_row + 1:]
        for end in range(first + 1, len(rows)):
            if rows[first].strip() and rows[end:end + len(rest)] == rest:
                return rows[first:end]
        return []


# The demo's hole is a line that has its indentation already; here Enter makes it.
LRU_CACHE = Body("lru_cache.py", "    def get(self, key):",
                 (ROOT / "docs/demo/lru_cache.py").read_text().replace("        \n", ""), '''
cache = LruCache(2)
cache.put("a", 1)
cache.put("b", 2)
assert cache.get("a") == 1
cache.put("c", 3)
assert [cache.get(key) for key in "abc"] == [1, None, 3]
''')

GROUPS = Body("groups.ts", "  for (const person of people) {", '''interface Person {
  name: string;
  city: string;
}

/** The names of all people, by city. */
function groupByCity(people: Person[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const person of people) {
  }
  return groups;
}
''', '''
const people = [['Ada', 'London'], ['Emmy', 'Erlangen'], ['Alan', 'London']];
const groups = groupByCity(people.map(([name, city]) => ({ name, city })));
const found = JSON.stringify([...groups]);
if (found !== '[["London",["Ada","Alan"]],["Erlangen",["Emmy"]]]') throw new Error(found);
''')

DIVISOR = Body("divisor.cc", "constexpr int gcd(int a, int b) {",
               '''/// The greatest common divisor of two numbers.
constexpr int gcd(int a, int b) {
}

constexpr int gcd_of_three(int a, int b, int c) { return gcd(gcd(a, b), c); }
''', '''
static_assert(gcd(12, 18) == 6 && gcd(7, 5) == 1 && gcd_of_three(12, 18, 27) == 3);
''')

# It comes by itself, and has a few words: what the slowest machine writes has room for them.
STACK = Body("stack.py", "    def is_empty(self):", '''class Stack:
    def __init__(self):
        self.items = []

    def is_empty(self):

    def push(self, item):
        self.items.append(item)
''', '''
stack = Stack()
assert stack.is_empty()
stack.push(0)
assert not stack.is_empty()
''', by_hand=False)

BODIES = [LRU_CACHE, GROUPS, DIVISOR, STACK]


def problem_of(file):
    """What is wrong with the file; nothing where it does what it should."""
    [body] = [body for body in BODIES if body.name == file.name]
    program = file.read_text(encoding="utf-8") + body.check
    run = subprocess.run(RUNNERS[file.suffix], input=program, capture_output=True, text=True,
                         check=False, cwd=ROOT)
    return f"{run.stderr}\nin\n{program}" if run.returncode != 0 else ""


def main():
    if len(sys.argv) > 1:
        return problem_of(pathlib.Path(sys.argv[1])) or 0
    print(json.dumps([{"name": body.name, "text": body.text, "headerRow": body.header_row,
                       "trigger": body.trigger} for body in BODIES]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
