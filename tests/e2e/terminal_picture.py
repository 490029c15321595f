"""Draws what a terminal shows, with its colours, as an SVG picture for the documents."""

import collections
import html
import pathlib
import re

CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 18, 12
FOREGROUND, BACKGROUND, CURSOR = "#d4d4d4", "#1e1e1e", "#ffffff"
NAMED = ["#1e1e1e", "#f14c4c", "#23d18b", "#e5e510", "#3b8eea", "#d670d6", "#29b8db", "#d4d4d4",
         "#808080", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"]


def indexed_colour(index):
    """Of xterm's 256: 16 named, a cube of 6 x 6 x 6, 24 greys."""
    if index < 16:
        return NAMED[index]
    if index >= 232:
        return "#" + f"{8 + 10 * (index - 232):02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    red, rest = divmod(index - 16, 36)
    return "#" + "".join(f"{levels[level]:02x}" for level in (red, rest // 6, rest % 6))


def page_colour(rows):
    """The background that most of the text has: the terminal paints only where there is text."""
    cells, pen = collections.Counter(), Pen()
    for piece in pieces_of("".join(rows)):
        if not pen.takes(piece):
            cells[pen.background or BACKGROUND] += len(piece)
    return cells.most_common(1)[0][0]


def pieces_of(text):
    """Escape sequences (SGR), and the texts between them."""
    return filter(None, re.split(r"(\x1b\[[0-9;:]*m)", text))


class Pen:
    """The attributes that escape sequences (SGR) set."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.foreground, self.background = FOREGROUND, None
        self.bold = self.italic = self.underlined = self.reversed = False

    def colour(self, codes):
        kind = codes.pop(0) if codes else 5
        if kind == 2:
            red, green, blue = (codes.pop(0) for _ in range(3))
            return f"#{red:02x}{green:02x}{blue:02x}"
        return indexed_colour(codes.pop(0) if codes else 7)

    def takes(self, piece):
        """Whether it is an escape sequence, which then counts."""
        if not piece.startswith("\x1b["):
            return False
        self.apply([int(code) if code else 0 for code in re.split("[;:]", piece[2:-1])])
        return True

    def apply(self, codes):
        codes = codes or [0]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 22):
                self.bold = code == 1
            elif code in (3, 23):
                self.italic = code == 3
            elif code in (4, 24):
                self.underlined = code == 4
            elif code in (7, 27):
                self.reversed = code == 7
            elif code == 38:
                self.foreground = self.colour(codes)
            elif code == 48:
                self.background = self.colour(codes)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.foreground = NAMED[code - 30 if code < 90 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.background = NAMED[code - 40 if code < 100 else code - 92]
            elif code == 39:
                self.foreground = FOREGROUND
            elif code == 49:
                self.background = None

    def draw(self, text, x, y):
        foreground, background = self.foreground, self.background
        if self.reversed:
            foreground, background = background or BACKGROUND, foreground
        width = len(text) * CELL_WIDTH
        parts = []
        if background:
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
                         f'height="{CELL_HEIGHT}" fill="{background}"/>')
        if text.strip():
            style = ' font-weight="bold"' if self.bold else ""
            style += ' font-style="italic"' if self.italic else ""
            style += ' text-decoration="underline"' if self.underlined else ""
            style += f' textLength="{width:.1f}" xml:space="preserve"'
            parts.append(f'<text x="{x:.1f}" y="{y + 13}" fill="{foreground}"{style}>'
                         f'{html.escape(text)}</text>')
        return parts


def write(terminal, path):
    """Draws the terminal's screen of now, and its cursor."""
    rows = terminal.screen(colours=True)
    while rows and not rows[-1]:
        rows.pop()
    column, row = map(int, terminal.run("display-message", "-p", "#{cursor_x} #{cursor_y}").split())
    pen, parts = Pen(), []
    for number, text in enumerate(rows):
        at, y = 0, MARGIN + number * CELL_HEIGHT
        for piece in pieces_of(text):
            if not pen.takes(piece):
                parts += pen.draw(piece, MARGIN + at * CELL_WIDTH, y)
                at += len(piece)
    parts.append(f'<rect x="{MARGIN + column * CELL_WIDTH:.1f}" y="{MARGIN + row * CELL_HEIGHT}" '
                 f'width="{CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{CURSOR}" '
                 'fill-opacity="0.6"/>')
    width = terminal.columns * CELL_WIDTH + 2 * MARGIN
    height = len(rows) * CELL_HEIGHT + 2 * MARGIN
    picture = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
               f'height="{height}" font-family="monospace" font-size="14">',
               f'<rect width="100%" height="100%" fill="{page_colour(rows)}"/>',
               *parts, "</svg>", ""]
    pathlib.Path(path).write_text("\n".join(picture), encoding="utf-8")
