"""The front end is built from a lock that names no registry; only our own sources are kept; the policy stays strict."""

import json
import re
from pathlib import Path

import pytest

from ietvars.doors import furniture

FURNITURE = Path(furniture.__file__).parent
FRONT = FURNITURE / "frontend"
BUILT = FURNITURE / "static" / "ietvars"

is_built = pytest.mark.skipif(not (BUILT / "ietvars.css").exists(), reason="the front end is not built: make front")


def test_the_lock_pins_every_package_by_hash_and_names_no_registry() -> None:
    lock = json.loads((FRONT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages
    assert not [name for name, facts in packages.items() if "resolved" in facts]
    assert not [name for name, facts in packages.items() if "integrity" not in facts]


def test_direct_packages_are_pinned_to_one_version() -> None:
    package = json.loads((FRONT / "package.json").read_text(encoding="utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_licences_of_all_packages_are_ones_we_may_use() -> None:
    lock = json.loads((FRONT / "package-lock.json").read_text(encoding="utf-8"))
    allowed = {"MIT", "MIT-0", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "MPL-2.0", "OFL-1.1"}
    allowed |= {"BlueOak-1.0.0", "Python-2.0", "CC0-1.0", "CC-BY-4.0", "EUPL-1.2", "Unlicense"}
    said = {name: facts.get("license", "") for name, facts in lock["packages"].items()}
    assert {name: one for name, one in said.items() if not set(re.findall(r"[\w.-]+", one)) & allowed} == {}


def test_nothing_generated_or_third_party_stands_among_the_sources() -> None:
    ignored = (FRONT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"node_modules/", "design-tokens/", "theme/"} <= set(ignored)
    assert "static/" in (FURNITURE / ".gitignore").read_text(encoding="utf-8").split()
    made = {"node_modules", "design-tokens", "theme"}
    files = [path for path in FRONT.rglob("*") if path.is_file() and not made & set(path.parts)]
    assert {str(path.relative_to(FRONT)) for path in files} == {
        ".gitignore",
        "build.js",
        "css/components.css",
        "css/ietvars.css",
        "designsystemet.config.json",
        "flow.js",
        "main.css",
        "main.js",
        "mark.svg",
        "package-lock.json",
        "package.json",
    }


def test_no_colour_of_our_own_stands_outside_the_visual_language() -> None:
    """Components use tokens; white is the only literal, since charts and shapes sit on paper."""
    text = (FRONT / "css" / "components.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) <= {"#fff"}
    both = text + (FRONT / "css" / "ietvars.css").read_text(encoding="utf-8")
    assert "!important" not in re.sub(r"/\*.*?\*/", "", both, flags=re.DOTALL)


def test_every_class_of_the_templates_and_drawings_is_known_to_the_style_sheet() -> None:
    styles = "".join((FRONT / "css" / name).read_text(encoding="utf-8") for name in ("ietvars.css", "components.css"))
    known = set(re.findall(r"\.(iv-[\w-]+)", styles))
    # Names that only hold a place in the markup and need no rule.
    known |= {"iv-chartkey"}
    sources = [*FURNITURE.glob("templates/**/*.html"), *FURNITURE.glob("*.py"), *FURNITURE.glob("charts/*.py")]
    used = {name for path in sources for name in re.findall(r"\b(iv-[a-z][\w-]*)", path.read_text(encoding="utf-8"))}
    assert used - known == set()


@is_built
def test_the_build_makes_one_style_sheet_two_scripts_and_the_fonts() -> None:
    made = {path.name for path in BUILT.iterdir()}
    assert made == {"ietvars.css", "ietvars.js", "flow.js", "mark.svg", "fonts"}
    assert {path.suffix for path in (BUILT / "fonts").iterdir()} == {".woff2"}


@is_built
def test_the_build_fetches_nothing_from_elsewhere() -> None:
    styles = (BUILT / "ietvars.css").read_text(encoding="utf-8")
    addresses = re.findall(r"url\([\"']?([^\"')]+)", styles)
    assert addresses
    assert all(one.startswith(("./fonts/", "data:")) for one in addresses)
    assert "@import" not in styles


@is_built
def test_every_font_that_the_style_sheet_names_is_there() -> None:
    styles = (BUILT / "ietvars.css").read_text(encoding="utf-8")
    named = set(re.findall(r"\./fonts/([\w-]+\.woff2)", styles))
    assert named == {path.name for path in (BUILT / "fonts").iterdir()}
