"""The converter in a process of its own, so that no form can hold up or fill up a server: sheets as JSON on stdin, the XForm as JSON on stdout.

It is run by its path and imports nothing of the house. What it gives: {"xform", "warnings", "itemsets"} or {"error", "code", "says"}.
"""

import json
import re
import string
import sys

SECONDS, MEGABYTES = 25, 900


def limit():
    """Bound time and memory, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def recognised(message):
    """The code and the values of a message that pyxform made from one of its templates; ("", {}) for others."""
    from pyxform.errors import ErrorCode

    for code in ErrorCode:
        pattern, names = "", {}
        for number, (text, name, _spec, _conversion) in enumerate(string.Formatter().parse(code.value.msg)):
            pattern += re.escape(text)
            if name is not None:
                names[f"v{number}"] = name
                pattern += f"(?P<v{number}>.*?)"
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return code.name, {name: found[group] for group, name in names.items()}
    return "", {}


def said(error):
    """What a refusal of pyxform says, taken apart."""
    message = str(error)
    code = getattr(error, "code", None)
    if code is not None:
        return {
            "error": message,
            "code": code.name,
            "says": {name: str(value) for name, value in error.context.items()},
        }
    name, values = recognised(message)
    return {"error": message, "code": name, "says": values}


def lines(text):
    """A warning; one that names a language a line is several."""
    return text.split("\n") if text.startswith("Language '") else [text]


def convert(sheets):
    """The result of one conversion."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    try:
        found = pyxform_convert(sheets, warnings=[])
    except PyXFormError as why:
        return {"errors": [said(why)]}
    except RecursionError:
        return {"errors": [{"error": "too deep", "code": "TOO_DEEP", "says": {}}]}
    except MemoryError:
        return {"errors": [{"error": "too large", "code": "TOO_LARGE", "says": {}}]}
    except Exception as why:  # whatever a stranger's sheet sets off inside the converter is a fault of that sheet
        return {"errors": [{"error": f"{type(why).__name__}: {why}"[:500], "code": "", "says": {}}]}
    warnings = []
    for warning in (line for text in found.warnings for line in lines(str(text))):
        name, values = recognised(str(warning))
        warnings.append({"error": str(warning), "code": name, "says": values})
    return {"xform": found.xform, "warnings": warnings, "itemsets": found.itemsets}


def main():
    limit()
    result = convert(json.load(sys.stdin))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
