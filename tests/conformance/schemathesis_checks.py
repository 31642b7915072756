"""What schemathesis holds every answer against.

Its own check takes every `errors` for a fault of the server. Here a refusal is an answer like any other, as long as it is
one of the documented ones: so this check asks that the status is not of the 500s, that the answer is JSON of bounded size,
that every error carries a code from the schema's own list, that none of them is INTERNAL, and that nothing of the inside
shows in a text.
"""

import re
from pathlib import Path

import schemathesis

SCHEMA = Path(__file__).with_name("schema.graphql").read_text()
CODES = set(re.findall(r"^\t([A-Z_]+)$", re.search(r"enum FaultCode \{(.*?)\n\}", SCHEMA, re.S).group(1), re.M))
INSIDE = re.compile(r"sqlx|sea_orm|SELECT |\.rs\b|panicked|/src/|stack backtrace", re.I)
MESSAGE_LENGTH = 310


@schemathesis.check
def only_documented_faults(context, response, case):
    assert response.status_code < 500, f"status {response.status_code}"
    assert len(response.content) < 1 << 20, "an answer of more than a megabyte"
    body = response.json()
    for error in body.get("errors", []):
        code = error.get("extensions", {}).get("code")
        assert code in CODES, f"undocumented code {code!r}"
        assert code != "INTERNAL", "a fault inside"
        assert len(error["message"]) <= MESSAGE_LENGTH, "an unbounded message"
        assert not INSIDE.search(error["message"]), f"the inside shows: {error['message']}"
