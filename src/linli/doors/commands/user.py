"""People on the register, for whoever runs this installation. WHO is a phone number, a person's id, or - to read it from standard input.

linli user create --name 陈工 --phone 13800000000 --place 440104001001    enter somebody and let them sign in by one-time code
linli user grant WHO worker 440104001001                                 give a post at a place; it reaches everything below
linli user end WHO worker 440104001001                                   take it away; gone at the person's next request
linli user account WHO [--password]                                      let somebody who is on the register sign in
linli user posts WHO                                                     list somebody's posts
linli user token WHO --label reports                                     issue a token for a program that acts for them; told this once
linli user tokens WHO                                                    list the tokens that still open something
linli user revoke WHO ID                                                 end a token
"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from uuid import UUID

from linli.doors.commands.output import answer, json_option
from linli.ground.people import reads as people
from linli.ground.steps.reads import now
from linli.journeys import tokens
from linli.journeys.accounts import open_account
from linli.journeys.ground import ResidentForm, end_post, enter_resident, grant_post
from linli.kernel.actor import Actor, Role
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_token

OPERATOR = Actor.system("operator")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what to do and with whom."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="enter somebody on the register")
    create.add_argument("--name", required=True)
    create.add_argument("--place", required=True, metavar="CODE", help="community, grid or building they live in")
    create.add_argument("--phone", default="", help="mobile number; - reads it from standard input")
    account = actions.add_parser("account", help="let somebody who is on the register sign in")
    account.add_argument("who", metavar="WHO")
    for action in (create, account):
        action.add_argument("--password", action="store_true", help="ask for a password (at a terminal, or a line of standard input)")
    posts = actions.add_parser("posts", help="list somebody's posts")
    posts.add_argument("who", metavar="WHO")
    grant = actions.add_parser("grant", help="give somebody a post")
    end = actions.add_parser("end", help="end somebody's post")
    for action in (grant, end):
        action.add_argument("who", metavar="WHO")
        action.add_argument("role", type=Role, choices=list(Role), metavar="ROLE", help=", ".join(Role))
        action.add_argument("place", metavar="CODE")
    token = actions.add_parser("token", help="issue a token for a program that acts for somebody")
    token.add_argument("--label", required=True, help="what the program is, in a few words")
    revoke = actions.add_parser("revoke", help="end a token")
    for action in (token, actions.add_parser("tokens", help="list somebody's tokens"), revoke):
        action.add_argument("who", metavar="WHO")
        json_option(action)
    revoke.add_argument("id", type=UUID, metavar="ID")
    for action in (create, account, posts, grant, end):
        json_option(action)


def run(options: argparse.Namespace) -> int:
    """Do it and say what stands now. Errors: NotFound for an unknown person, Refused for bad input."""
    if options.action in {"token", "tokens", "revoke"}:
        return _tokens(options, _person(options.who))
    person = _create(options) if options.action == "create" else _person(options.who)
    if options.action == "account" or (options.action == "create" and options.phone):
        open_account(OPERATOR, person, _password(options), new_token())
    elif options.action == "grant":
        grant_post(OPERATOR, person, options.role, options.place, new_token())
    elif options.action == "end":
        end_post(OPERATOR, person, options.role, options.place, new_token())
    posts = [(post.role.value, post.place) for post in people.posts_of(person, now())]
    words = "".join(f"\n  {role} at {place or 'the nation'}" for role, place in posts) or "\n  no post"
    answer(options, {"person": str(person), "posts": [{"role": role, "place": place} for role, place in posts]}, f"{person}{words}")
    return 0


def _tokens(options: argparse.Namespace, person: UUID) -> int:
    if options.action == "token":
        made = tokens.issue(OPERATOR, person, options.label, new_token())
        answer(options, made, f"{made['token']}\n  {made['id']} until {made['until']}; told this once")
        return 0
    if options.action == "revoke":
        tokens.revoke(OPERATOR, person, options.id, new_token())
    rows = people.tokens_of(person, now())
    plain = [{"id": str(r.id), "label": r.label, "issued_at": r.issued_at.isoformat(), "until": r.until.isoformat()} for r in rows]
    answer(
        options,
        {"person": str(person), "tokens": plain},
        "\n".join(f"{r['id']}  {r['label']}  until {r['until']}" for r in plain) or "no token",
    )
    return 0


def _line() -> str:
    return sys.stdin.readline().strip()


def _create(options: argparse.Namespace) -> UUID:
    phone = _line() if options.phone == "-" else options.phone
    return UUID(enter_resident(OPERATOR, ResidentForm(options.name, options.place, phone), new_token())["person"])


def _password(options: argparse.Namespace) -> str | None:
    if not options.password:
        return None
    return getpass("Password: ") if sys.stdin.isatty() else _line()


def _person(who: str) -> UUID:
    """Return the person behind a phone number or id. Raises NotFound, Refused(PHONE_INVALID)."""
    text = _line() if who == "-" else who
    try:
        return UUID(text)
    except ValueError:
        found = people.person_by_phone(text)
    if found is None:
        raise NotFound
    return found
