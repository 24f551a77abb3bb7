"""XPath 1.0 as XForms write it, read into a tree: is it well-formed, which functions it calls, which nodes it reads.

It computes nothing. Besides the recommendation it takes what clients of ODK take: `AND`, `OR`, `DIV`, `MOD` in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST_LENGTH = 100_000
MOST_NESTED = 60

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"[^"]*"|'[^']*')
  | (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<mark>::|//|\.\.|!=|<=|>=|[()\[\]@,./|+\-=<>*$])
  | (?P<name>[^\W\d][\w.\-]*(?::(?!:)(?:[^\W\d][\w.\-]*|\*))?)
    )""",
    re.VERBOSE,
)
_LEVELS = ({"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "div", "mod"})
_MARKS = {"|", "+", "-", "=", "!=", "<", "<=", ">", ">="}
_WORDS = {"or", "and", "div", "mod"}
_AXES = frozenset(
    [
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    ]
)
_LAZY = {"if", "coalesce", "once"}
_NODE_TYPES = {"node", "text", "comment", "processing-instruction"}


class BadExpression(ValueError):
    """No XPath; `at` is the place in the text where it stops being one."""

    def __init__(self, at: int) -> None:
        super().__init__(f"at character {at + 1}")
        self.at = at


class TooDeep(Exception):
    """An expression nested deeper than is looked into. It may be well-formed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: "." and ".." as they are, else a test on an axis."""

    axis: str
    test: str
    predicates: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. `kind`: operator, number, text, variable, call or path; `head` is what a path goes out from, if not a node's place."""

    kind: str
    value: str = ""
    parts: tuple[Node, ...] = ()
    head: Node | None = None
    steps: tuple[Step, ...] = ()
    is_absolute: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    at: int


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Gives the expression's tree. Refuses what is none (BadExpression); gives up on what is nested too deeply (TooDeep)."""
    if len(text) > MOST_LENGTH:
        raise TooDeep
    parser = _Parser(_tokens(text), len(text))
    found = parser.expression()
    parser.done()
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadExpression(at)
        kind = str(match.lastgroup)
        value = match.group(kind)
        if _is_operand_before(found) and (value == "*" or (kind == "name" and value.lower() in _WORDS)):
            kind, value = "operator", value.lower()
        elif kind == "mark" and value in _MARKS:
            kind = "operator"
        found.append(_Token(kind, value, match.start(match.lastgroup or 0)))
        at = match.end()
    return found


def _is_operand_before(found: list[_Token]) -> bool:
    """XPath 1.0 §3.7: after an operand, `*` multiplies and a name is an operator."""
    return bool(found) and not (
        found[-1].kind == "operator" or found[-1].value in {"@", "::", "(", "[", ",", "/", "//", "$"}
    )


class _Parser:
    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._at = 0
        self._depth = 0

    def done(self) -> None:
        if self._at < len(self._tokens):
            raise BadExpression(self._tokens[self._at].at)

    def expression(self, level: int = 0) -> Node:
        """Operators by precedence, the weakest first; each level gathers from the left."""
        left = self._negated()
        return self._operators(left, level)

    def _operators(self, left: Node, level: int) -> Node:
        while (found := self._operator_level()) is not None and found >= level:
            operator = self._take().value
            right = self._operators(self._negated(), found + 1)
            left = Node("operator", operator, (left, right))
        return left

    def _operator_level(self) -> int | None:
        token = self._peek()
        if token is None or token.kind != "operator":
            return None
        return next((number for number, level in enumerate(_LEVELS) if token.value in level), None)

    def _negated(self) -> Node:
        is_negated = False
        while self._is("-"):
            self._take()
            is_negated = True
        found = self._union()
        return Node("operator", "-", (found,)) if is_negated else found

    def _union(self) -> Node:
        found = self._path()
        while self._is("|"):
            self._take()
            found = Node("operator", "|", (found, self._path()))
        return found

    def _path(self) -> Node:
        token = self._need()
        if token.value in ("/", "//") and token.kind == "mark":
            self._take()
            if token.value == "/" and not self._begins_step():
                return Node("path", is_absolute=True)
            first = (Step("descendant-or-self", "node()"),) if token.value == "//" else ()
            return Node("path", steps=(*first, *self._steps()), is_absolute=True)
        head = self._primary()
        if head is None:
            return Node("path", steps=self._steps())
        predicates = self._predicates()
        steps: tuple[Step, ...] = ()
        if self._is("/") or self._is("//"):
            first = (Step("descendant-or-self", "node()"),) if self._take().value == "//" else ()
            steps = (*first, *self._steps())
        return Node("path", parts=predicates, head=head, steps=steps) if predicates or steps else head

    def _primary(self) -> Node | None:
        token = self._need()
        if token.kind in ("text", "number"):
            self._take()
            return Node(token.kind, token.value[1:-1] if token.kind == "text" else token.value)
        if token.value == "$" and token.kind == "mark":
            self._take()
            return Node("variable", self._take("name").value)
        if token.value == "(" and token.kind == "mark":
            self._take()
            inner = self._inner()
            self._mark(")")
            return inner
        if token.kind == "name" and self._is("(", 1) and token.value not in _NODE_TYPES:
            return self._call()
        return None

    def _call(self) -> Node:
        name = self._take().value
        self._mark("(")
        given: list[Node] = []
        if not self._is(")"):
            given.append(self._inner())
            while self._is(","):
                self._take()
                given.append(self._inner())
        self._mark(")")
        return Node("call", name, tuple(given))

    def _inner(self) -> Node:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise TooDeep
        found = self.expression()
        self._depth -= 1
        return found

    def _steps(self) -> tuple[Step, ...]:
        found = [self._step()]
        while self._is("/") or self._is("//"):
            if self._take().value == "//":
                found.append(Step("descendant-or-self", "node()"))
            found.append(self._step())
        return tuple(found)

    def _begins_step(self) -> bool:
        token = self._peek()
        return token is not None and (token.kind == "name" or token.value in (".", "..", "@", "*"))

    def _step(self) -> Step:
        token = self._need()
        if token.kind == "mark" and token.value in (".", ".."):
            self._take()
            return Step(token.value, "", self._predicates())
        axis = "child"
        if token.value == "@" and token.kind == "mark":
            self._take()
            axis = "attribute"
        elif token.kind == "name" and self._is("::", 1):
            axis = self._take().value
            if axis not in _AXES:
                raise BadExpression(token.at)
            self._take()
        return Step(axis, self._test(), self._predicates())

    def _test(self) -> str:
        token = self._need()
        if token.value == "*" and token.kind == "mark":
            return self._take().value
        name = self._take("name").value
        if name in _NODE_TYPES and self._is("("):
            self._take()
            if self._need().kind == "text":
                self._take()
            self._mark(")")
            return f"{name}()"
        return name

    def _predicates(self) -> tuple[Node, ...]:
        found = []
        while self._is("["):
            self._take()
            found.append(self._inner())
            self._mark("]")
        return tuple(found)

    def _peek(self, ahead: int = 0) -> _Token | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _is(self, value: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token is not None and token.kind in ("mark", "operator") and token.value == value

    def _need(self) -> _Token:
        token = self._peek()
        if token is None:
            raise BadExpression(self._end)
        return token

    def _take(self, kind: str = "") -> _Token:
        token = self._need()
        if kind and token.kind != kind:
            raise BadExpression(token.at)
        self._at += 1
        return token

    def _mark(self, value: str) -> None:
        if not self._is(value):
            raise BadExpression(self._need().at)
        self._at += 1


def nodes(tree: Node) -> Iterator[Node]:
    """Every part of an expression, itself first, those of predicates too."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.parts)
        if node.head is not None:
            waiting.append(node.head)
        for step in node.steps:
            waiting.extend(step.predicates)


def functions(tree: Node, *, is_certain: bool = False) -> frozenset[str]:
    """The names of the functions an expression calls; `is_certain` = only those called whatever the answers are (not those inside
    an if, a coalesce, a predicate, or behind and/or).
    """
    if not is_certain:
        return frozenset(node.value for node in nodes(tree) if node.kind == "call")
    found = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.kind == "call":
            found.add(node.value)
        is_lazy = (node.kind == "call" and node.value in _LAZY) or (
            node.kind == "operator" and node.value in ("and", "or")
        )
        waiting.extend(node.parts[:1] if is_lazy else node.parts if node.kind != "path" else ())
        if node.head is not None:
            waiting.append(node.head)
    return frozenset(found)


Place = tuple[str, ...]


def walked(path: Node, origin: Place, context: Place | None) -> list[Place] | None:
    """The places a path goes through, the last being where it leads; None where that cannot be told. ValueError above the root.

    `context` is the node it goes out from (None in another instance), `origin` what `current()` means.
    """
    if path.is_absolute:
        at: Place | None = ()
    elif path.head is None:
        at = context
    else:
        is_here = path.head.kind == "call" and path.head.value == "current" and not path.head.parts
        at = origin if is_here else None
    if at is None:
        return None
    found = [at]
    for step in path.steps:
        at = _stepped(found[-1], step)
        if at is None:
            return None
        found.append(at)
    return found


def _stepped(at: Place, step: Step) -> Place | None:
    if step.axis == "." or (step.axis == "self" and step.test == "node()"):
        return at
    if step.axis == ".." or (step.axis == "parent" and step.test == "node()"):
        if not at:
            raise ValueError("above the root")
        return at[:-1]
    if step.axis == "child" and "*" not in step.test and "(" not in step.test:
        return (*at, step.test.rpartition(":")[2])
    return None


def place_of(path: Node, context: Place) -> Place | None:
    """Where a plain path leads from `context`: names from the root. None where that cannot be told; ValueError above the root."""
    found = walked(path, context, context) if path.kind == "path" else None
    return found[-1] if found else None


def reads(tree: Node, origin: Place) -> frozenset[Place]:
    """The places of the form an expression at `origin` reads, predicates included; other instances are left out."""
    found: set[Place] = set()
    waiting: list[tuple[Node, Place | None]] = [(tree, origin)]
    while waiting:
        node, context = waiting.pop()
        waiting.extend((part, context) for part in node.parts)
        if node.head is not None:
            waiting.append((node.head, context))
        if node.kind != "path":
            continue
        try:
            places = walked(node, origin, context)
        except ValueError:
            places = None
        if places and not (places[-1] == origin and any(step.predicates for step in node.steps)):
            found.add(places[-1])  # itself in another round of its repeat is another node
        for number, step in enumerate(node.steps):
            waiting.extend((each, places[number + 1] if places else None) for each in step.predicates)
    return frozenset(found)
