"""Runs functions as trials and tells how each came out, as one JSON document on standard output."""

import json
import sys

config = json.load(sys.stdin)
_trials = []


def trial(area):
    """A function that raises where an answer isn't what AWS gives; its docstring is the trial's name."""

    def keep(function):
        _trials.append((area, function))
        return function

    return keep


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r} is not {wanted!r}")


def refused(code, call, words=""):
    """The call fails with this error code of AWS, and says these words."""
    try:
        call()
    except Exception as error:  # botocore makes its classes at run time
        told = getattr(error, "response", {}).get("Error", {})
        if told.get("Code") != code:
            raise AssertionError(f"{told.get('Code') or error!r} is not {code}") from error
        if words not in told.get("Message", ""):
            raise AssertionError(f"{told.get('Message')!r} has not {words!r}") from error
        return error.response
    raise AssertionError(f"nothing was refused, where AWS says {code}")


def tell(against):
    told = []
    for area, function in _trials:
        try:
            function()
            error = None
        except Exception as caught:
            error = (str(caught) or repr(caught)).splitlines()[0][:200]
        told.append({"area": area, "name": function.__doc__ or function.__name__, "error": error})
    json.dump({"against": against, "trials": told}, sys.stdout)
