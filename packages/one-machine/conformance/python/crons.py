"""The next times of cron expressions by pyawscron, which reads them by AWS's grammar."""

import datetime
import importlib.metadata

from pyawscron import AWSCron
from trial import config, same, tell, trial

start = datetime.datetime.fromisoformat(config["start"].replace("Z", "+00:00"))


def check(expression, times):
    def compare():
        cron, at = AWSCron(expression), start
        found = []
        for _ in times or [None]:
            at = cron.occurrence(at).next()
            if at is None:
                break
            found.append(at.strftime("%Y-%m-%dT%H:%M"))
        same(found, times)

    compare.__doc__ = f"cron({expression})"
    trial("Cron expressions")(compare)


for given in config["given"]:
    check(given["expression"], given["times"])

tell(f"pyawscron {importlib.metadata.version('pyawscron')}")
