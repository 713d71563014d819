"""What every operation has in common, put into the description once: refusals, headers, examples, strictness.

A new operation needs nothing here but its example in `examples`; the tests say so where it is missing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from tickets.api import problems, tags
from tickets.api.examples import ANSWERS, PARAMETERS, REQUESTS
from tickets.api.problems import PROBLEM
from tickets.api.scopes import scope_of

DESCRIPTION = """
Opens, reads and works tickets, keeps people and companies, reads, explains and publishes the support policy, and enters event
windows.

**Who asks.** An API key in `Authorization: Bearer hd_…` (made in the admin, shown once) acts as one person of this desk, for the
scopes that it was made for: each operation names its own. A signed-in browser uses its session and sends the CSRF token with
writes. What a person may not see answers 404.

**To open, answer and close a ticket:** `tickets_open`, `messages_write`, `tickets_resolve` (most policies demand a written
solution), `tickets_close`.

**Moments** are ISO 8601 with an offset; answers are in UTC. **Lists** come in pages: follow `next` until it is null. Unknown
fields and parameters are refused. **Refusals** are `application/problem+json` (RFC 9457) with `errors` by field.

**Writing twice.** Send `Idempotency-Key` with a write: a repeated request is done once and answered as the first time.

**Writing over each other.** What is one resource has an `ETag`: send it as `If-Match` with a change, and the change is refused
(412) where somebody else was quicker. It belongs to the language that was asked for: send the same `Accept-Language`. It is
optional. `If-None-Match` saves reading what you have.

**Files** come in as `multipart/form-data` with the message that brings them, under the policy's rule for attachments, and are
fetched from the `url` of each.

**How much.** `RateLimit-Limit`, `-Remaining` and `-Reset` tell where you stand; beyond it 429 with `Retry-After`.

**No ticket.** The policy may decline a contact. Opening then answers 200 with `accepted` false, a `pointer` and the reasons.
"""
OPEN = {"index"}  # no key, no refusals
READ = {
    "400": "Malformed, or a parameter is not as it must be",
    "401": "Nobody is known by this key or session",
    "403": "Not for this role, or the key lacks the scope (named in `scope`)",
    "404": "It does not exist, or may not be seen",
    "409": "No policy is in force, or it met a change of somebody else",
    "429": "Too many requests in this minute: wait for `Retry-After` seconds",
}
WRITE = READ | {
    "400": "Malformed, or a field is not as it must be",
    "412": "If-Match names another state than the present one",
    "413": "The request is larger than this API accepts",
    "415": "Send application/json (or, where files are welcome, multipart/form-data)",
    "422": "Understood, and refused by the policy, by the present state, or because the idempotency key was used otherwise",
}


def header(name: str, about: str, pattern: str, longest: int, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern, "maxLength": longest}
    return {"in": "header", "name": name, "description": about, "schema": schema, "example": example}


MORE = {
    "400": {"errors": {"summary": ["This field is required."]}},
    "403": {"scope": "tickets:write"},
    "422": {"errors": {"solution": ["Write the solution: the customer receives it."]}},
}  # of a problem, in the examples
IDEMPOTENCY = header(
    "Idempotency-Key",
    "Any text of 1 to 255 printable ASCII characters without blanks. For 24 hours the same request with the same key is answered "
    "as the first time, with `Idempotency-Replayed: true`, and not done again; another request with this key is refused (422).",
    "^[!-~]{1,255}$",
    255,
    "order-4711",
)
IF_MATCH = header(
    "If-Match",
    "Optional. The ETag that you read: the change is done only if nothing was changed since, else 412.",
    tags.TAGS,
    tags.LONGEST,
    '"8f14e45fceea167a5a36dedd4bea2543"',
)
IF_NONE_MATCH = header(
    "If-None-Match",
    "Optional. The ETag that you have: 304 without a body where it is still the present one.",
    tags.TAGS,
    tags.LONGEST,
    '"8f14e45fceea167a5a36dedd4bea2543"',
)
NUMBER = {"schema": {"type": "integer"}}
LIMITS = {
    "RateLimit-Limit": NUMBER | {"description": "Requests a minute, reading or writing."},
    "RateLimit-Remaining": NUMBER | {"description": "How many are left."},
    "RateLimit-Reset": NUMBER | {"description": "Seconds until the next minute begins."},
}
RETRY = {"Retry-After": NUMBER | {"description": "Seconds to wait."}}
ETAG = {"ETag": {"description": "What If-Match compares with.", "schema": {"type": "string"}}}


def completed(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular, after its own."""
    schemas = result["components"].setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    result["info"]["description"] = DESCRIPTION.strip()
    views = {(path.replace("{pk}", "{id}"), method.lower()): callback.cls
             for path, _, method, callback in generator.endpoints}  # fmt: skip
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            operation["summary"] = operation.get("description", "").partition("\n")[0].partition(".")[0]
            _examples(operation)
            if operation["operationId"] in OPEN:
                continue
            view = views[path, method]
            _scope(operation, scope_of(view.area, method.upper()))
            _refusals(operation, READ if method == "get" else WRITE)
            _headers(
                operation,
                method,
                tagged=view.state is not None and operation["operationId"] != "messages_list",
            )
    for name in _accepted(result):
        schemas[name]["additionalProperties"] = False
    return result


def _scope(operation: dict[str, Any], scope: str) -> None:
    for scheme in operation["security"]:
        if "apiKey" in scheme:
            scheme["apiKey"] = [scope] if scope else []
    if scope:
        operation["description"] = f"{operation.get('description', '')}\n\nScope of a key: `{scope}`."


def _refusals(operation: dict[str, Any], refusals: dict[str, str]) -> None:
    for status, description in refusals.items():
        title = HTTPStatus(int(status)).phrase
        example = {"type": "about:blank", "title": title, "status": int(status), "detail": description}
        content = {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": example | MORE.get(status, {}),
        }
        told = {"description": description, "content": {problems.CONTENT_TYPE: content}, "headers": LIMITS}
        if status == "401":
            told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        if status == "429":
            told["headers"] = LIMITS | RETRY
        operation["responses"].setdefault(status, told)


def _headers(operation: dict[str, Any], method: str, tagged: bool) -> None:
    parameters = operation.setdefault("parameters", [])
    if method != "get":
        parameters.append(IDEMPOTENCY)
    if tagged:
        parameters.append(IF_NONE_MATCH if method == "get" else IF_MATCH)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response["headers"] = LIMITS | (ETAG if tagged and status == "200" else {})
    if tagged and method == "get":
        operation["responses"]["304"] = {"description": "You have it already", "headers": LIMITS | ETAG}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _examples(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if name in REQUESTS and kind == "application/json":
            content["examples"] = {key: {"value": value} for key, value in REQUESTS[name].items()}
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        if content is not None and status.startswith("2") and (name, status) in ANSWERS:
            content["example"] = ANSWERS[name, status]
    for parameter in operation.get("parameters", []):
        if parameter["in"] != "header" and parameter["name"] in PARAMETERS:
            parameter["example"] = PARAMETERS[parameter["name"]]


def _accepted(result: dict[str, Any]) -> set[str]:
    """The names of the schemas that say what is accepted: unknown fields are refused."""
    found = set()
    for methods in result["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found.add(content["schema"].get("$ref", "").rpartition("/")[2])
    return found - {""}
