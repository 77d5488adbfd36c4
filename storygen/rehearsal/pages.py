"""A long list, a page at a time, as the API's lists are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storygen.rehearsal.call import Found, invalid, not_found

_USUAL = 20
_MOST = 1000


def page(items: Sequence[Mapping[str, Any]], query: Iterable[tuple[str, str]]) -> Found:
    """Return the page of *items* that `limit` and `after_id` or `before_id` ask for.

    >>> page([{"id": "a"}, {"id": "b"}, {"id": "c"}], [("after_id", "a"), ("limit", "1")])
    {'data': [{'id': 'b'}], 'has_more': True, 'first_id': 'b', 'last_id': 'b'}
    """
    wanted = dict(query)
    limit = wanted.get("limit", str(_USUAL))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= _MOST):
        return invalid(f"limit: Input should be a whole number from 1 to {_MOST}")
    places = {item["id"]: place for place, item in enumerate(items)}
    for name in ("after_id", "before_id"):
        if name in wanted and wanted[name] not in places:
            return not_found(f"{name}: {wanted[name]}")
    start, end = 0, len(items)
    if "after_id" in wanted:
        start = places[wanted["after_id"]] + 1
    if "before_id" in wanted:
        end = places[wanted["before_id"]]
        found, more = items[max(start, end - int(limit)) : end], end - int(limit) > start
    else:
        found, more = items[start : start + int(limit)], start + int(limit) < end
    first, last = (found[0]["id"], found[-1]["id"]) if found else (None, None)
    return {"data": list(found), "has_more": more, "first_id": first, "last_id": last}
