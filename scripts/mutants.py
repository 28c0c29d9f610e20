"""Mutants of a Python source: one small fault each, as a hand might slip.

An operator turned (`<` and `<=`, `is` and `is not`, `and` and `or`, `+` and `-`), a condition negated, a number or a flag
changed, `min` for `max`, a call or an assignment left out, nothing returned, a fault not caught or not raised. Left
alone: annotations, docstrings, texts, log lines.
"""

import ast
import dataclasses
from collections.abc import Iterator
from typing import Final

_COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_NAMED: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_LOGS: Final = {"log", "logger", "structlog"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        where: Qualified name of the function or class that holds it; empty on the module's own level.
        lines: Lines that run when the changed place runs; empty if that is at import.
        was: The source text replaced, on one line.
        now: The text put there.
        source: The whole file with the change.
    """

    where: str
    lines: frozenset[int]
    was: str
    now: str
    source: str


def mutants_of(source: str) -> list[Mutant]:
    """All of a file, in the order of the file."""
    return list(_Walk(source).module())


class _Walk:
    def __init__(self, source: str) -> None:
        self._bytes = source.encode()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._tree = ast.parse(source)
        self._where: list[str] = []
        self._in_function = False

    def module(self) -> Iterator[Mutant]:
        yield from self._body(self._tree.body)

    def _body(self, body: list[ast.stmt]) -> Iterator[Mutant]:
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, at: ast.stmt) -> Iterator[Mutant]:
        if _is_docstring(at) or _is_log_line(at):
            return
        match at:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = [*at.args.defaults, *(given for given in at.args.kw_defaults if given)]
                for default in defaults:
                    yield from self._expression(default, at)
                yield from self._named(at.name, at.body, in_function=True)
            case ast.ClassDef():
                yield from self._named(at.name, at.body, in_function=False)
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                return
            case ast.AnnAssign():
                if at.value is not None:
                    yield from self._expression(at.value, at)
            case _:
                yield from self._left_out(at)
                yield from self._parts(at)

    def _named(self, name: str, body: list[ast.stmt], *, in_function: bool) -> Iterator[Mutant]:
        before, self._in_function = self._in_function, in_function
        self._where.append(name)
        yield from self._body(body)
        self._where.pop()
        self._in_function = before

    def _left_out(self, at: ast.stmt) -> Iterator[Mutant]:
        """The statement does not happen."""
        if not self._in_function:
            return
        match at:
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Delete() | ast.Raise():
                yield self._change(at, "pass", at)
            case ast.Continue() | ast.Break():
                yield self._change(at, "pass", at)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if self._where[-1] != "__init__":
                yield self._change(at, "pass", at)
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield self._change(at, "return None", at)

    def _parts(self, at: ast.stmt) -> Iterator[Mutant]:
        """Changes of the statement's own expressions, then those of its blocks."""
        if isinstance(at, ast.If | ast.While):
            yield from self._negated(at.test, at)
        for child in ast.iter_child_nodes(at):
            match child:
                case ast.expr():
                    yield from self._expression(child, at)
                case ast.stmt():
                    yield from self._statement(child)
                case ast.ExceptHandler():
                    if child.type is not None:
                        yield self._change(child.type, "()", child)
                    yield from self._body(child.body)
                case ast.match_case():
                    if child.guard is not None:
                        yield from self._negated(child.guard, child.guard)
                        yield from self._expression(child.guard, child.guard)
                    yield from self._body(child.body)
                case ast.withitem():
                    yield from self._expression(child.context_expr, at)

    def _negated(self, test: ast.expr, at: ast.AST) -> Iterator[Mutant]:
        """Where turning its operator does not already say the opposite."""
        turned = isinstance(test, ast.Compare) and isinstance(
            test.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn
        )
        if not turned and not isinstance(test, ast.UnaryOp | ast.Constant):
            yield self._change(test, f"(not ({ast.unparse(test)}))", at)

    def _expression(self, of: ast.expr, at: ast.AST) -> Iterator[Mutant]:
        if isinstance(of, ast.JoinedStr):
            return
        yield from self._turned(of, at)
        for child in ast.iter_child_nodes(of):
            match child:
                case ast.expr():
                    yield from self._expression(child, at)
                case ast.keyword():
                    yield from self._expression(child.value, at)
                case ast.comprehension():
                    yield from self._expression(child.iter, at)
                    for test in child.ifs:
                        yield from self._negated(test, at)
                        yield from self._expression(test, at)

    def _turned(self, of: ast.expr, at: ast.AST) -> Iterator[Mutant]:
        match of:
            case ast.Compare(left=left, ops=ops, comparators=others):
                for index, operator in enumerate(ops):
                    compared = [*ops[:index], _COMPARED[type(operator)](), *ops[index + 1 :]]
                    yield self._change(of, f"({ast.unparse(ast.Compare(left, compared, others))})", at)
            case ast.BoolOp(op=operator, values=values):
                other = ast.Or() if isinstance(operator, ast.And) else ast.And()
                yield self._change(of, f"({ast.unparse(ast.BoolOp(other, values))})", at)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._change(of, f"({ast.unparse(operand)})", at)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _COUNTED:
                turned = ast.BinOp(left, _COUNTED[type(operator)](), right)
                yield self._change(of, f"({ast.unparse(turned)})", at)
            case ast.IfExp(test=test):
                yield from self._negated(test, at)
            case ast.Constant(value=bool() as value):
                yield self._change(of, str(not value), at)
            case ast.Constant(value=int() | float() as value):
                yield self._change(
                    of, repr(value * 2 if isinstance(value, float) and value else value + 1), at
                )
            case ast.Call(func=ast.Name(id=name)) if name in _NAMED:
                yield self._change(of.func, _NAMED[name], at)

    def _change(self, of: ast.expr | ast.stmt, now: str, at: ast.AST) -> Mutant:
        assert of.end_lineno is not None
        assert of.end_col_offset is not None
        first = self._starts[of.lineno - 1] + of.col_offset
        last = self._starts[of.end_lineno - 1] + of.end_col_offset
        was = self._bytes[first:last].decode()
        source = (self._bytes[:first] + now.encode() + self._bytes[last:]).decode()
        lines = {getattr(at, "lineno", of.lineno), *range(of.lineno, of.end_lineno + 1)}
        return Mutant(
            where=".".join(self._where),
            lines=frozenset(lines if self._in_function else ()),
            was=" ".join(was.split()),
            now=now,
            source=source,
        )


def _is_docstring(at: ast.stmt) -> bool:
    return isinstance(at, ast.Expr) and isinstance(at.value, ast.Constant)


def _is_log_line(at: ast.stmt) -> bool:
    """A call such as `log.info(...)` or `await log.ainfo(...)`."""
    value = at.value if isinstance(at, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return False
    owner: ast.expr = call.func
    while isinstance(owner, ast.Attribute | ast.Call):
        owner = owner.value if isinstance(owner, ast.Attribute) else owner.func
    return isinstance(owner, ast.Name) and owner.id in _LOGS
