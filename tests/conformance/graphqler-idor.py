"""Can one family reach what belongs to another, by knowing its ids? GraphQLer's mode `idor`, with two families' tokens.

GraphQLer compiles the schema; the bucket of ids is filled with everything that the first family can see of its own; then
every query and mutation runs with those ids as the second family. No answer may hold one of them. (The tool's own verdict
is no use here: it adds to the bucket what the caller finds of its own, and then calls that reached.) As a control the first
family runs the same and must see its records, else the ids or the tool were of no use.

usage: graphqler-idor.py PYTHON DEMO.json FOLDER
"""

import json
import pickle
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import yaml

PYTHON, DEMO, FOLDER = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
# Whoever runs these is signed out for the rest of the run.
ENDS_THE_SIGN_IN = re.compile(r"^(signOut|signOutEverywhere|switchRole|refreshTokens|end\w*SignIns?|changePassphrase)$")
RECORDS = """{
  myFamily { id }
  supportRequests(first: 20) { nodes { id } }
  proposals(first: 20) { nodes { id } }
  matches(first: 20) { nodes { id } }
  mySessions(when: UPCOMING, first: 20) { nodes { id } }
  viewer { account { id roles { id programmeId } } }
}"""
MESSAGES = "query($id: ID!) { messages(matchId: $id, first: 20) { nodes { id } } }"
TYPES = {
    "acc": "Account", "rol": "Role", "prg": "Programme", "fam": "Family", "req": "SupportRequest", "prp": "Proposal",
    "mat": "Match", "ses": "Session", "msg": "Message",
}


def ask(token, query, variables=None):
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    headers = {"content-type": "application/json", "accept": "application/json", "authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(DEMO["endpoint"], body, headers), timeout=20) as answer:
        return json.load(answer)


def ids_in(value):
    """Every global id in an answer."""
    return set(re.findall(r'"([a-z]{3}_[A-Za-z0-9_-]{22})"', json.dumps(value)))


def bucket(token):
    records = ask(token, RECORDS)
    found = ids_in(records)
    for match in [id for id in found if id.startswith("mat_")]:
        found |= ids_in(ask(token, MESSAGES, {"id": match}))
    by_type = {}
    for id in sorted(found):
        if id[:3] in TYPES:
            by_type.setdefault(TYPES[id[:3]], []).append(id)
    missing = {"Family", "SupportRequest", "Proposal", "Match", "Session", "Message"} - set(by_type)
    assert not missing, f"the first family has no {missing}: {records}"
    return by_type


def graphqler(mode, token):
    command = [PYTHON, "-m", "graphqler", "--url", DEMO["endpoint"], "--path", str(FOLDER), "--mode", mode]
    done = subprocess.run([*command, "--auth", f"Bearer {token}"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def shown(token, ids):
    """The ids that the caller's answers hold, when every field is asked with them."""
    graphqler("idor", token)
    log = (FOLDER / "logs" / "idor.log").read_text()
    asked = log.count("Request Response code: ")
    assert asked > 60, f"only {asked} fields were asked"
    answers = [line.split("Response: ", 1)[1] for line in log.splitlines() if "Response: " in line]
    return {id for id in ids if any(id in answer for answer in answers)}


def without_the_ends_of_sign_ins():
    """Takes those mutations out of what was compiled, also where an object says which mutations concern it."""

    def kept(value):
        if isinstance(value, dict):
            return {name: kept(part) for name, part in value.items() if not ENDS_THE_SIGN_IN.search(str(name))}
        if isinstance(value, list):
            return [kept(part) for part in value if not ENDS_THE_SIGN_IN.search(str(part))]
        return value

    for name in ("compiled_mutations.yml", "compiled_objects.yml"):
        compiled = FOLDER / "compiled" / name
        compiled.write_text(yaml.safe_dump(kept(yaml.safe_load(compiled.read_text()))))


def main():
    first, second = DEMO["tokens"]["family"], DEMO["tokens"]["second family"]
    graphqler("compile", first)
    without_the_ends_of_sign_ins()
    by_type = bucket(first)
    (FOLDER / "objects_bucket.pkl").write_bytes(pickle.dumps(by_type))
    # Both families belong to the one programme of the demonstration.
    ids = {id for kind, ids in by_type.items() if kind != "Programme" for id in ids}
    strange, control = shown(second, ids), shown(first, ids)
    print(f"the first family knows {len(ids)} ids and is shown {len(control)} of them")
    print(f"the second family is shown {sorted(strange) or 'none'}")
    kinds = {TYPES[id[:3]] for id in control}
    assert {"Family", "SupportRequest", "Match", "Message"} <= kinds, f"the control is shown {sorted(kinds)} only"
    sys.exit(1 if strange else 0)


main()
