#!/usr/bin/env python3
"""Fetches the source files of sources.txt into a folder: fetch_sources.py FOLDER.

Each archive is checked by its digest and leaves only its source files. A registry that cannot be
reached costs a notice where the tests can do without it, and is an error elsewhere.
"""
import hashlib
import io
import pathlib
import sys
import tarfile
import urllib.request
import zipfile

WANTED = set("css go html java js kt php py rb rs sh swift toml ts tsx yaml".split())
MAX_ARCHIVE_BYTES = 8 << 20


def files_of(name, data):
    """Yields the path and the content of each file in an archive."""
    if name.endswith((".zip", ".jar")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, archive.read(info)
    else:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, archive.extractfile(member).read()


def fetch(digest, url, folder):
    name = url.rsplit("/", 1)[1]
    target = folder / name
    stamp = target / ".sha256"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    with urllib.request.urlopen(url, timeout=60) as response:
        data = response.read(MAX_ARCHIVE_BYTES)
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        raise ValueError(f"its SHA-256 is {found}, expected {digest}")
    for path, content in files_of(name, data):
        parts = pathlib.PurePosixPath(path).parts
        if parts[-1].rsplit(".", 1)[-1] not in WANTED or ".." in parts:
            continue
        file = target / "_".join(part for part in parts if part != "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    stamp.write_text(digest)


def main():
    folder = pathlib.Path(sys.argv[1])
    for line in pathlib.Path(__file__).with_name("sources.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        digest, need, url = line.split()
        try:
            fetch(digest, url, folder)
        except (OSError, ValueError) as error:
            print(f"fetch_sources: {url}: {error}", file=sys.stderr)
            if need == "needed":
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
