"""A side of the bench is a process that does what it is told, a JSON line at a time, so that sides can take turns."""

import json
import sys


def serve(commands) -> None:
    """Answer {"do": NAME, ...} lines with what commands[NAME](**rest) returns."""
    for line in sys.stdin:
        request = json.loads(line)
        answer = commands[request.pop("do")](**request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
