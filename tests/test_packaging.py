"""What is installed is the product: no tests, no benchmarks, no sandbox, no demo, no pictures."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = {"bot", "sender", "db"}
BUILD = """
import sys
from setuptools import build_meta
_, folder = sys.argv
build_meta.build_wheel(folder)
build_meta.build_sdist(folder)
"""


def sources() -> list[str]:
    """Return the files of the clone: what git tracks, and what it would track when added."""
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in told.split("\0") if name and (ROOT / name).is_file()]


def product_files() -> set[str]:
    return {name for name in sources() if PurePosixPath(name).parts[0] in PRODUCT}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the source distribution of a copy of the clone.

    They are built with the setuptools of the development environment, so without a network.
    """
    clone, built = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("built")
    for name in sources():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, clone / name)
    command = (sys.executable, "-I", "-c", BUILD, str(built))
    build = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stderr
    return built


def test_the_wheel_is_the_product_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    metadata = {name for name in names if re.match(r"predlagator-[0-9.]+\.dist-info/", name)}
    assert names - metadata == product_files()


def test_the_wheel_brings_its_sentences_and_its_migrations(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert fnmatch.filter(names, "bot/locales/ru/LC_MESSAGES/*.po")
    assert fnmatch.filter(names, "db/migrations/*.sql")


def test_the_source_distribution_has_no_tests_and_no_pictures(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames() if "/" in name}
    rooms = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    assert rooms == PRODUCT | {"predlagator.egg-info"}
    assert product_files() <= names


def test_the_image_is_given_the_product_and_nothing_else() -> None:
    """Neither the Dockerfile nor the context that .dockerignore leaves names anything more."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    copied = {
        word
        for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
        for word in line.split()
    }
    rules = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert copied == admitted
    assert copied == PRODUCT | {"requirements.txt", "pyproject.toml", "README.md", "LICENSE"}
