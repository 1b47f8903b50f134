"""The command `linli`: which subcommands there are, what each needs, and one place where errors become exit codes.

Exit codes: 0 done, 1 failed or found something, 2 used or set up wrongly.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from dataclasses import dataclass
from enum import IntEnum
from types import ModuleType

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from pydantic import ValidationError

from linli import __version__
from linli.doors.commands.database import database
from linli.doors.commands.output import complain
from linli.doors.commands.programs import ClusterError
from linli.doors.commands.surroundings import enter_demo
from linli.doors.site import logs
from linli.kernel.errors import LinliError, Refused


class Needs(IntEnum):
    """What stands before a command's module is loaded and run; each includes the ones before it."""

    NOTHING = 0
    SETTINGS = 1
    DATABASE = 2  # the embedded server is started for the command where it does not run


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: a module of this folder with `arguments(parser)` and `run(options) -> exit code`.

    `demo`: without settings of its own in the surroundings it is about the demo.
    """

    name: str
    module: str
    summary: str
    needs: Needs
    demo: bool = False


COMMANDS = (
    Command("serve", "serve", "run Linli: database, web, clock, matcher, worker", Needs.SETTINGS),
    Command("demo", "demo", "run Linli with made-up people, in a data folder of its own", Needs.SETTINGS, demo=True),
    Command("process", "process", "run one of Linli's processes alone", Needs.SETTINGS),
    Command("places", "places", "the national tree of places", Needs.DATABASE),
    Command("stage", "stage", "made-up people: the demo's district, and trials of policy sets", Needs.DATABASE, demo=True),
    Command("match", "match", "look for helpers now, for every need that waits", Needs.DATABASE),
    Command("take-stock", "take_stock", "count facts and score the health index now", Needs.DATABASE),
    Command("forecast", "forecast", "what is to be expected at a place in the next days, and how right that can be", Needs.DATABASE),
    Command("cities", "cities", "forecast or match many cities from files, here or on a cluster of Spark", Needs.DATABASE),
    Command("export", "export", "write indicators or frozen facts into a file", Needs.DATABASE),
    Command("publish", "publish", "bring the record up to date and sign it now", Needs.DATABASE),
    Command("verify", "verify", "recompute the ledger or the evidence and name what does not add up", Needs.DATABASE),
    Command("witness", "witness", "who signs that the record only grows, and for whom we sign it", Needs.DATABASE),
    Command("user", "user", "people on the register: enter, give and end posts", Needs.DATABASE),
    Command("clock", "clock", "show or move the time of a demo or test", Needs.SETTINGS, demo=True),
    Command("doctor", "doctor", "look whether everything is in order", Needs.SETTINGS),
)


def main(arguments: list[str] | None = None) -> int:
    """Run `linli` with `arguments` (those of the process where None); return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    words = [word for word in given if word != "--demo"]
    command = next((c for word in words for c in COMMANDS if c.name == word), None)
    if command is not None and ("--demo" in given or command.name == "demo" or (command.demo and not _set_by_hand())):
        enter_demo()  # what is set by hand stays: `LINLI_DATA=… linli demo` is a demo too, in that folder
    try:
        parser, module = _parser(command)
        options = parser.parse_args(words)
        if command is None or module is None:
            return 2  # argparse has ended before
        return _run(command, module, options)
    except (ValidationError, ImproperlyConfigured) as error:
        complain(_settings_fault(error))
        return 2
    except ClusterError as error:
        complain(str(error))
    except LinliError as error:
        complain(f"refused: {error}" + (f" (field {error.field})" if isinstance(error, Refused) and error.field else ""))
    except OperationalError as error:
        complain(f"the database does not answer: {str(error).strip()}\nIs Linli running, and is LINLI_DATA or LINLI_DATABASE_URL right?")
    except KeyboardInterrupt:
        complain("stopped")
    return 1


def _set_by_hand() -> bool:
    return any(name in os.environ for name in ("LINLI_DATA", "LINLI_DATABASE_URL", "LINLI_CLOCK"))


def _settings_fault(error: ValidationError | ImproperlyConfigured) -> str:
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    # Never the value: it may be an address with a password in it.
    return "\n".join(f"LINLI_{'_'.join(map(str, row['loc'])).upper()}: {row['msg']}" for row in error.errors(include_input=False))


def _parser(chosen: Command | None) -> tuple[argparse.ArgumentParser, ModuleType | None]:
    parser = argparse.ArgumentParser(prog="linli", description="邻里 Linli: needs and helpers in a neighbourhood find each other.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--demo", action="store_true", help="be about the demo; may stand anywhere")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    module: ModuleType | None = None
    for command in COMMANDS:
        child = commands.add_parser(command.name, help=command.summary, description=command.summary)
        if command is chosen:
            if command.needs >= Needs.SETTINGS:
                django.setup()
            module = importlib.import_module(f"linli.doors.commands.{command.module}")
            child.description = module.__doc__
            child.formatter_class = argparse.RawDescriptionHelpFormatter
            module.arguments(child)
    return parser, module


def _run(command: Command, module: ModuleType, options: argparse.Namespace) -> int:
    if command.needs >= Needs.SETTINGS:
        logs.configure()
    if command.needs < Needs.DATABASE:
        return int(module.run(options))
    with database():
        return int(module.run(options))


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.doors.site.settings")

if __name__ == "__main__":
    sys.exit(main())
