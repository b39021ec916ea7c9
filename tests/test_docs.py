"""The README says all that there is, and nothing that there is not."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import webmap.cli  # noqa: F401  (adds the command serve)
from geo_wealth import ledger
from geo_wealth.cli import app
from geo_wealth.config import Settings
from geo_wealth.layouts import from_mapping
from webmap.api.blueprint import ROUTES
from webmap.app import create_app
from webmap.params import Param

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROSE = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
SCRIPT_OPTIONS = {"--port", "--no-browser", "--profile", "--quick", "--only"}
# What desktops and shells set, and nobody would set for us.
NOT_OURS = {"DISPLAY", "WAYLAND_DISPLAY", "PATH"}
OTHER_PROGRAMS = {"git", "cd", "docker", "export"}
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.~])/(?:work|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/\w",
    "the address of a package index": (
        r"(?<!no-emit-)index-url|pypi\.org/simple|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)"
        r'|"resolved"\s*:'
    ),
}


def section(title: str) -> str:
    found = re.search(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE
    )
    assert found, f"README.md lacks the section {title!r}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """Cells of the rows of all tables of a section; headings and rules left out."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def commands() -> dict[str, Any]:
    """Every command and group by its words: ``load ledger``."""

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        if words:
            yield " ".join(words), command
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*words, name))

    return dict(walk(typer.main.get_command(app), ()))


COMMANDS = commands()


def options(command: Any) -> set[str]:
    spelt = [name for param in command.params for name in (*param.opts, *param.secondary_opts)]
    return {name for name in spelt if name.startswith("--") and name != "--help"}


def documented_commands() -> dict[str, list[str]]:
    found = {}
    for cells in rows("Command line"):
        words = quoted(cells[0])[0].removeprefix("geo-wealth ").split()
        found[" ".join(word for word in words if not word.isupper())] = cells
    return found


def test_every_command_is_documented_and_no_other() -> None:
    assert set(documented_commands()) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_documented_and_no_other(name: str) -> None:
    table = documented_commands()
    given = {option for part in quoted(table[name][-1]) for option in named_options(part)}
    shared = {
        option
        for group, cells in table.items()
        if "on each:" in cells[-1] and name.startswith(f"{group} ")
        for option in named_options(cells[-1])
    }
    if "on each:" in table[name][-1]:
        given = set()
    assert given | shared == options(COMMANDS[name])


def named_options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def test_options_named_anywhere_exist() -> None:
    known = {option for command in COMMANDS.values() for option in options(command)}
    known |= {"--help"} | SCRIPT_OPTIONS
    named = {option for part in quoted(PROSE) for option in named_options(part)}
    assert named <= known


def test_every_command_tells_an_example() -> None:
    leaves = {name: each for name, each in COMMANDS.items() if not hasattr(each, "commands")}
    assert [name for name, each in leaves.items() if "Example: " not in (each.help or "")] == []


def examples() -> list[str]:
    """Lines of the blocks marked ``console`` that follow a ``$``, split at ``&&``."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line]
    assert all(line.startswith("$ ") for line in lines), "console blocks hold commands only"
    return [part.strip() for line in lines for part in line[2:].split("&&")]


@pytest.mark.parametrize("example", examples())
def test_console_examples_can_be_typed(example: str) -> None:
    words = shlex.split(example)
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    first, *arguments = words
    if first == "geo-wealth":
        parses(typer.main.get_command(app), arguments)
    elif "/" in first:
        assert os.access(ROOT / first, os.X_OK), first
    else:
        assert first in OTHER_PROGRAMS


def parses(command: Any, arguments: list[str]) -> None:
    """Parse as the command line would, running nothing; wrong usage raises."""
    below = getattr(command, "commands", {})
    if below and arguments:
        assert arguments[0] in below, arguments[0]
        parses(below[arguments[0]], arguments[1:])
    else:
        command.make_context(command.name, list(arguments))


def test_commands_named_in_passing_exist() -> None:
    for part in quoted(PROSE):
        if part.startswith("geo-wealth "):
            words = [w for w in part.split()[1:3] if re.fullmatch(r"[a-z][a-z0-9-]*", w)]
            assert " ".join(words) in COMMANDS or words[0] in COMMANDS, part


def settings() -> dict[str, Any]:
    return {str(field.alias): field for field in Settings.model_fields.values()}


def variables(title: str, header: str) -> dict[str, list[str]]:
    table = section(title).split(header, 1)[1].lstrip("|-\n ")
    lines = table.split("\n\n", 1)[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {quoted(line[0])[0]: line for line in cells if quoted(line[0])}


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    table = variables("Configuration", "| variable | default | what it sets |")
    assert set(table) == set(settings())
    for name, field in settings().items():
        shown = table[name][1]
        if field.default_factory is None:
            expected = {None: "none", "": "empty"}.get(field.default, f"`{field.default}`")
            assert shown == expected, name


def test_every_other_variable_is_documented_and_no_other() -> None:
    code = [text(path) for path in committed() if path.suffix == ".py"]
    shell = [text(path) for path in committed() if is_shell(path) or path.name == "compose.yaml"]
    read = {name for part in code for name in re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', part)}
    read |= {name for part in shell for name in re.findall(r"\$\{([A-Z][A-Z_]+):[-?]", part)}
    table = variables("Configuration", "| variable | what it sets |")
    assert set(table) == read - set(settings()) - NOT_OURS


def is_shell(path: Path) -> bool:
    return path.parent.name in {"script", ".ci"} and text(path).startswith("#")


def test_every_script_to_run_is_documented_and_no_other() -> None:
    named = set(re.findall(r"(?<![\w/.])script/[a-z]+", README))
    shipped = {f"script/{path.name}" for path in committed() if has_usage(path)}
    assert named == shipped


def has_usage(path: Path) -> bool:
    return path.parent == ROOT / "script" and "Usage: script/" in text(path)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def test_every_route_is_documented_and_no_other() -> None:
    web = create_app(Settings.model_validate({"DATABASE_URL": "postgresql://nobody@localhost/no"}))
    documented = [part for cells in rows("Addresses") for part in quoted(cells[0])]
    assert sorted(documented) == sorted(rule.rule for rule in web.url_map.iter_rules())


def test_every_parameter_of_an_address_is_documented() -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith("webmap.")]
    values = [value for module in modules for value in vars(module).values()]
    listed = [each for value in values if isinstance(value, tuple) for each in value]
    params = {each.name for each in [*values, *listed] if isinstance(each, Param)}
    params |= {param.name for route in ROUTES for param in route.params}
    named = set(quoted(section("Addresses")))
    assert params - named == set()


def committed() -> list[Path]:
    """Files that git holds; without git, those a clone would have."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return [
            path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()
        ]
    skipped = {".venv", "node_modules", "vendor", ".git", "build", "dist"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)
    ]


def test_links_between_files_lead_somewhere() -> None:
    for path in (path for path in committed() if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", text(path)):
            if not re.match(r"[a-z]+:|#", target):
                assert (path.parent / target.partition("#")[0]).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    own = Path(__file__).resolve()
    read = {".py", ".md", ".toml", ".json", ".yaml", ".html", ".js", ".css", ".sql", ".lock", ""}
    for path in committed():
        if path.suffix in read and path.resolve() != own:
            found = pattern.search(text(path))
            assert not found, f"{path.relative_to(ROOT)} holds {what}: {found and found[0]}"


def test_the_mapping_of_the_readme_is_one(tmp_path: Path) -> None:
    mapping = tmp_path / "our.toml"
    for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL):
        mapping.write_text(block, encoding="utf-8")
        assert from_mapping(mapping, ledger.FIELDS, ledger.REQUIRED).name == "our-council"


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{PROJECT['version']}]" in text(ROOT / "CHANGELOG.md")


def test_the_picture_is_small() -> None:
    for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / target).stat().st_size < 150_000
