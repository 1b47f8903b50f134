"""The rights table of routes: every named route says who may enter. A test walks the resolver; an unlisted route is not found."""

from __future__ import annotations

from enum import Enum

from linli.kernel.actor import STAFF, Actor, Role


class Need(Enum):
    """The least a visitor must be to enter a route. What they see there is decided again by place and relation."""

    PUBLIC = "public"
    DEMO = "demo"
    PERSON = "person"
    STAFF = "staff"
    UPPER = "upper"
    CITY = "city"
    OPERATOR = "operator"

    def met_by(self, actor: Actor) -> bool:
        """Tell whether a signed-in actor may enter."""
        roles = {post.role for post in actor.posts}
        match self:
            case Need.PUBLIC | Need.PERSON:
                return True
            case Need.STAFF:
                return bool(roles & STAFF)
            case Need.UPPER:
                return bool(roles & {Role.DISPATCHER, Role.CITY})
            case Need.CITY:
                return Role.CITY in roles
            case Need.OPERATOR:
                return Role.OPERATOR in roles
            case Need.DEMO:
                return False


# Route name -> least right. Names are namespace:name; one line per route, sorted within each door.
ROUTES: dict[str, Need] = {
    "street:case": Need.STAFF,
    "street:case-act": Need.STAFF,
    "street:community": Need.STAFF,
    "street:forecast": Need.STAFF,
    "street:indicator": Need.STAFF,
    "street:indicators": Need.STAFF,
    "street:own": Need.STAFF,
    "street:star": Need.STAFF,
    "street:star-appeal": Need.STAFF,
}

# Whole namespaces whose routes all ask the same.
DOORS: dict[str, Need] = {
    "public": Need.PUBLIC,
    "log": Need.PUBLIC,
    "resident": Need.PERSON,
    "worker": Need.STAFF,
    "street": Need.UPPER,
    "city": Need.CITY,
    "programme": Need.STAFF,
    "nation": Need.PUBLIC,  # published counts
    "demo": Need.DEMO,
    "api-1": Need.PUBLIC,  # each operation checks its own right (doors/api)
}


def need_of(view_name: str) -> Need | None:
    """Return the right a route asks, or None where it has no row."""
    if view_name in ROUTES:
        return ROUTES[view_name]
    namespace, _, name = view_name.rpartition(":")
    return DOORS.get(namespace) if name else None
