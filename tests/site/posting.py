"""A client of its own process: posts bodies one after the other and prints the status of each. `python posting.py < JSON`."""

from __future__ import annotations

import base64
import http.client
import json
import sys


def main() -> None:
    asked = json.load(sys.stdin)
    statuses = []
    for body in asked["bodies"]:
        connection = http.client.HTTPConnection("127.0.0.1", asked["port"], timeout=60)
        kind = f"multipart/form-data; boundary={asked['boundary']}"
        connection.request(
            "POST", asked["path"], base64.b64decode(body), {"Content-Type": kind, "X-OpenRosa-Version": "1.0"}
        )
        statuses.append(connection.getresponse().status)
        connection.close()
    print(json.dumps(statuses))


if __name__ == "__main__":
    main()
