"""Compares the tokenizer with the reference, the Python package `tokenizers`, on seeded texts.

Every tokenizer of the goldens is compared, and variants of the demo model's with other
pre-tokenizers and added tokens: encoding with special tokens recognised and literal, and decoding.

Code points: PCRE2 10.42 and the reference's regular expressions know Unicode 14. Texts therefore
hold no code point that a later version assigned: those that PYTHON calls unassigned are left out,
and what Unicode 15 and later added (LATER) is too, should PYTHON know it.
"""

import argparse
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

try:
    from tokenizers import Tokenizer
except ImportError:
    sys.exit("no Python package tokenizers: run ./dev test, which installs tests/requirements.txt")

NUM_TEXTS = 5000
NUM_VARIANT_TEXTS = 250
NUM_ID_LISTS = 500
SEED = 20240614

RESERVED = ["<\uff5cfim\u2581begin\uff5c>", "<\uff5cfim\u2581hole\uff5c>",
            "<\uff5cfim\u2581end\uff5c>", "<|EOT|>"]

# Blocks and single code points that Unicode 15 to 17 added to.
LATER = [
    (0x088F, 0x088F), (0x0897, 0x0897), (0x0CF3, 0x0CF3), (0x0C5C, 0x0C5C), (0x0CDC, 0x0CDC),
    (0x0ECE, 0x0ECE), (0x1ACF, 0x1AEF), (0x1B4E, 0x1B4F), (0x1B7F, 0x1B7F), (0x1C89, 0x1C8A),
    (0x20C1, 0x20C1), (0x2427, 0x2429), (0x2B96, 0x2B96), (0x2FFC, 0x2FFF), (0x31E4, 0x31E5),
    (0x31EF, 0x31EF), (0xA7CB, 0xA7DC), (0xA7F1, 0xA7F1), (0xFBC3, 0xFBD2), (0xFD90, 0xFD91),
    (0xFDC8, 0xFDCE), (0x10000, 0x10FFFF),
]
ASTRAL_BLOCKS = [  # complete in Unicode 14
    (0x10000, 0x100FA), (0x10280, 0x1031F), (0x10400, 0x1049F), (0x10900, 0x1091B),
    (0x11000, 0x11075), (0x12000, 0x12399), (0x12400, 0x1246E), (0x13000, 0x1342E),
    (0x1D100, 0x1D126), (0x1D400, 0x1D7FF), (0x1E900, 0x1E95F), (0x1F000, 0x1F02B),
    (0x1F100, 0x1F1AD), (0x1F300, 0x1F6D7), (0x1F780, 0x1F7D8), (0x1F900, 0x1FA53),
    (0x20000, 0x2A6DF), (0xE0100, 0xE01EF),
]
BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2AF), (0x300, 0x36F),
    (0x370, 0x3FF), (0x400, 0x52F), (0x531, 0x58F), (0x590, 0x5F4), (0x600, 0x6FF),
    (0x900, 0x97F), (0xE01, 0xE5B), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x13A0, 0x13FD),
    (0x1E00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x218B),
    (0x2190, 0x23FF), (0x2460, 0x24FF), (0x2C00, 0x2DFF), (0x3000, 0x303F), (0x3041, 0x30FF),
    (0x3200, 0x33FF), (0x4E00, 0x9FA6), (0xA640, 0xA69F), (0xA720, 0xA7CA), (0xAC00, 0xD7A3),
    (0xE000, 0xE010), (0xFB00, 0xFB4F), (0xFE00, 0xFE6F), (0xFF00, 0xFFEF),
] + ASTRAL_BLOCKS

SPACES = [
    " ", "  ", "    ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u1680",
    "\u180e", "\u2000", "\u2003", "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f",
    "\u2060", "\u3000", "\ufeff", " \n", "\n\n\n", " " * 9,
]
WORDS = [
    "the", "Hello", "naive", "na\u00efve", "don't", "I'LL", "we'\u017f", "x1", "_id", "__init__",
    "return", "def ", "int ", "self.", "0", "12", "1234567890", "3.14e-10", "0xFF", "\u0663\u0664",
    "\u2167", "\u00bd", "\u2460", "\u4e2d\u6587", "\u4f60\u597d\u4e16\u754c", "\u9fa5\u9fa6",
    "\u3053\u3093\u306b\u3061\u306f", "\u30ab\u30bf", "\ud55c\uad6d\uc5b4", "\u0416\u0443\u043a",
    "\u03a9\u03bc\u03ad\u03b3\u03b1", "\u0627\u0644\u0639\u0631\u0628", "\u0e44\u0e17\u0e22",
    "\u0939\u093f\u0928\u094d\u0926\u0940", "e\u0301", "a\u0308\u0323", "\u200d", "\ufe0f",
    "\u20e3", "\U0001f642", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea",
    "\U0001d518", "\U00020000", "\u00fc", "\u00f8", "\u00ff", "\u00df", "\u212a", "\u0130", "\x00",
    "\x7f", "\ufffd",
]
SYMBOLS = [
    "(", ")", "{", "}", "[]", "();", "->", "=>", "!=", "==", "//", "/*", "*/", "#", "\"", "'", "'s",
    "``", "...", ",", ";", ":", "::", "<", ">", "<|", "|>", "<\uff5c", "\uff5c>", "\u2581",
    "\u2019", "\u201c", "\u3002", "\uff01", "$", "%", "&&", "@", "^", "~", "\\", "+", "-", "_",
]


def is_tested(code_point):
    """Whether every Unicode version from 14 on says the same of it."""
    if 0xD800 <= code_point <= 0xDFFF or unicodedata.category(chr(code_point)) == "Cn":
        return False
    if any(first <= code_point <= last for first, last in ASTRAL_BLOCKS):
        return True
    return not any(first <= code_point <= last for first, last in LATER)


def make_text(rng, added):
    """One text of up to some 40 parts of every kind."""
    parts = []
    for _ in range(rng.choice([1, 2, 3, 5, 8, 13, 40])):
        kind = rng.randrange(10)
        if kind < 3:
            parts.append(rng.choice(WORDS))
        elif kind < 5:
            parts.append(rng.choice(SPACES))
        elif kind < 7:
            parts.append(rng.choice(SYMBOLS))
        elif kind < 8 and added:
            token = rng.choice(added)
            cut = rng.choice([None, None, None, 1, -1])
            parts.append(token[:cut] if cut != 1 else token[1:])
        else:
            first, last = rng.choice(BLOCKS)
            points = [rng.randint(first, last) for _ in range(rng.randint(1, 6))]
            parts.append("".join(chr(point) for point in points if is_tested(point)))
    return "".join(parts)


def sweep_texts():
    """Every code point of the test, once among letters and once by itself."""
    points = [point for point in range(0x110000) if is_tested(point)]
    for begin in range(0, len(points), 64):
        chunk = [chr(point) for point in points[begin:begin + 64]]
        yield "a".join(chunk)
        yield " ".join(chunk)


def mark_reserved(spec):
    """fimd takes markers for holes and ends of answers for special whatever the file says."""
    for token in spec.get("added_tokens", []):
        if token["content"] in RESERVED:
            token["special"] = True
    return spec


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex=False, add_prefix_space=False):
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True,
            "use_regex": use_regex}


def sequence(*members):
    return {"type": "Sequence", "pretokenizers": list(members)}


def pre_tokenizer_variants():
    yield byte_level(use_regex=True)
    yield byte_level(use_regex=True, add_prefix_space=True)
    yield byte_level(add_prefix_space=True)
    for behavior in ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        for invert in [False, True]:
            yield sequence(split(r"[aeiou\s]", behavior, invert), byte_level())
            yield sequence(split(r"\d*", behavior, invert), byte_level())
            yield sequence(split("()", behavior, invert, "String"), byte_level())
    for individual in [False, True]:
        yield sequence({"type": "Digits", "individual_digits": individual}, byte_level(True, True))
    for pattern in [
            r"\s+$", r"^\s+", r"\s+\Z", r"\S+", r"\w+", r"\W+", r"\d+", r"\h+", r"[^\S\r\n]+",
            r"[\w-]+", r"\b", r"\p{Han}+|\p{Hiragana}+", r"\p{^L}+", r"\P{L}+", r"[[:alpha:]]+",
            r"[[:space:][:digit:]]+", r"[[:upper:]]+|[[:lower:]]+|[[:alnum:]]+|[[:word:]]+",
            r"\p{Letter}+|\p{Punctuation}", r"(?m:.)+?\n", r".+", r"(a|b|\s){,2}x", r"\R+", r"\v+",
            r"\u4e2d|\x{6587}|\x61", r"(?i)return|SELF", r"(?<=\s)\p{L}++", r"\p{N}{1,3}(?!\p{N})",
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+"
            r"|\s+(?!\S)|\s+",
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+"
            r"[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
            "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    ]:
        yield sequence(split(pattern), byte_level())


def added_token_variants(spec):
    """Lists whose flags differ, over contents that overlap each other.

    A token of white space next to one that strips it makes the reference panic, so the two do not
    come together.
    """
    words = ["return", "zret", "zre", "<|", "<|x|>", "|>", "\u00fcx", "qdef ", "12", "e\u0301", "_"]
    flags = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    vocabulary = spec["model"]["vocab"]
    for seed in range(12):
        rng = random.Random(seed)
        strips = seed % 3 > 0
        contents = words if strips else words + [" ", "   ", "\t\n"]
        tokens = list(spec["added_tokens"])
        next_id = len(vocabulary)
        for content in contents:
            token = {"content": content, "id": vocabulary.get(content, next_id)}
            next_id += content not in vocabulary
            token.update({flag: rng.random() < 0.4 for flag in flags})
            if not strips:
                token.update({"lstrip": False, "rstrip": False})
            tokens.append(token)
        yield tokens


def variants(spec):
    """Tokenizers like `spec` but for one part."""
    for pre_tokenizer in pre_tokenizer_variants():
        yield json.dumps(pre_tokenizer), {**spec, "pre_tokenizer": pre_tokenizer}
    for index, tokens in enumerate(added_token_variants(spec)):
        yield f"added tokens {index}", {**spec, "added_tokens": tokens}
    merges = [" ".join(merge) for merge in spec["model"]["merges"]]
    yield "merges as strings", {**spec, "model": {**spec["model"], "merges": merges}}
    fewer = {**spec["model"], "merges": spec["model"]["merges"][:500], "ignore_merges": True}
    yield "ignore_merges", {**spec, "model": fewer}


def reference_answers(spec, texts, id_lists):
    reference = Tokenizer.from_str(json.dumps(spec))
    reference.no_truncation()
    reference.encode_special_tokens = False
    recognised = [code.ids for code in reference.encode_batch(texts, add_special_tokens=False)]
    reference.encode_special_tokens = True
    literal = [code.ids for code in reference.encode_batch(texts, add_special_tokens=False)]
    decoded = reference.decode_batch(recognised, skip_special_tokens=False)
    answers = [{"ids": a, "literal": b, "decoded": c}
               for a, b, c in zip(recognised, literal, decoded)]
    decoded = reference.decode_batch(id_lists, skip_special_tokens=False)
    return answers + [{"decoded": text} for text in decoded]


def driver_answers(driver, spec, queries):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "tokenizer.json").write_text(json.dumps(spec), encoding="utf-8")
        lines = "\n".join(json.dumps(query) for query in queries) + "\n"
        run = subprocess.run([driver, folder], input=lines.encode(), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    if run.returncode != 0:
        return None, run.stderr.decode(errors="replace").strip()
    return [json.loads(line) for line in run.stdout.splitlines()], ""


def compare(driver, name, spec, texts, rng):
    """Returns the number of queries that are answered differently, after printing the first."""
    size = len(spec["model"]["vocab"]) + len(spec["added_tokens"])
    id_lists = [[rng.randrange(size + 3) for _ in range(rng.randint(0, 12))]
                for _ in range(NUM_ID_LISTS)]
    queries = [{"text": text} for text in texts] + [{"ids": ids} for ids in id_lists]
    expected = reference_answers(mark_reserved(copy.deepcopy(spec)), texts, id_lists)
    found, error = driver_answers(driver, spec, queries)
    if found is None:
        print(f"{ascii(name)}: driver failed: {error}")
        return len(queries)
    wrong = [index for index in range(len(queries)) if found[index] != expected[index]]
    for index in wrong[:2]:
        print(f"{ascii(name)}: {ascii(queries[index])}\n  expected {ascii(expected[index])}\n"
              f"  found    {ascii(found[index])}")
    return len(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver", required=True)
    arguments = parser.parse_args()
    golden = pathlib.Path(os.environ.get("FIMD_GOLDEN", "tests/golden"))
    folders = sorted(golden.glob("tokenizer/*/tokenizer.json"))
    if not folders:
        sys.exit(f"no tokenizer in {golden}/tokenizer")
    total = wrong = 0
    swept = set()
    for file in folders:
        rng = random.Random(SEED)
        spec = json.loads(file.read_text(encoding="utf-8"))
        added = [token["content"] for token in spec["added_tokens"]][:40]
        texts = [make_text(rng, added) for _ in range(NUM_TEXTS)]
        pre_tokenizer = json.dumps(spec["pre_tokenizer"])
        if pre_tokenizer not in swept:
            texts += sweep_texts()
        swept.add(pre_tokenizer)
        total += len(texts)
        wrong += compare(arguments.driver, file.parent.name, spec, texts, rng)
    base = json.loads((golden / "tokenizer/demo/tokenizer.json").read_text(encoding="utf-8"))
    for name, spec in variants(base):
        rng = random.Random(SEED)
        added = [token["content"] for token in spec["added_tokens"]]
        texts = [make_text(rng, added) for _ in range(NUM_VARIANT_TEXTS)]
        total += len(texts)
        wrong += compare(arguments.driver, name, spec, texts, rng)
    print(f"{total} texts, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
