"""The functions a form may call: XPath 1.0, and those the clients of ODK add to it."""

FUNCTIONS = frozenset((
    "abs", "acos", "area", "asin", "atan", "atan2", "base64-decode", "boolean", "boolean-from-string", "ceiling", "checklist", "choose",
    "coalesce", "concat", "contains", "cos", "count", "count-non-empty", "count-selected", "current", "date", "date-time", "decimal-date",
    "decimal-date-time", "decimal-time", "depend", "digest", "distance", "ends-with", "exp", "exp10", "extract-signed", "false", "floor",
    "format-date", "format-date-time", "geofence", "id", "if", "ignore", "indexed-repeat", "instance", "int", "intersects", "is-selected",
    "join", "jr:choice-name", "jr:itext", "lang", "last", "local-name", "log", "log10", "lower-case", "max", "min", "name", "namespace-uri",
    "normalize-space", "not", "now", "number", "once", "pi", "position", "pow", "power", "property", "pulldata", "random", "randomize",
    "regex", "relevant", "replace", "reverse", "round", "selected", "selected-at", "sin", "sort", "sqrt", "starts-with", "string",
    "string-length", "sub", "substr", "substring", "substring-after", "substring-before", "sum", "tan", "today", "translate", "trim",
    "true", "upper-case", "uuid", "version", "weighted-checklist",
))  # fmt: skip
