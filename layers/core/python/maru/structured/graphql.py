"""A GraphQL schema made from the allow-list: one field for each view, with its columns, filters and pages.

https://spec.graphql.org/October2021/. The same schema text is AppSync's, and the same reader answers there.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from maru.errors import BadRequest, MaruError
from maru.identity import Caller
from maru.structured.query import question
from maru.structured.reader import DataReader
from maru.structured.rows import reference
from maru.structured.views import View

if TYPE_CHECKING:
    from graphql import GraphQLSchema

LONGEST = 20_000  # characters of a document
_TOKENS = 1_000
#: Views that one document may ask for: each is a statement of its own.
MOST_FIELDS = 5
_EQUALITY = ("eq", "ne")
_ORDER = (*_EQUALITY, "gt", "gte", "lt", "lte", "in", "nin")


def answer(reader: DataReader, caller: Caller, query: str, variables: Mapping[str, Any] | None, operation: str | None) -> dict[str, Any]:
    """``{data, errors}`` as the specification has it; errors of a view have our code in ``extensions``. Raises :class:`BadRequest`
    for a document that cannot be read or asks for too much."""
    from graphql import GraphQLError

    if len(query) > LONGEST:
        raise BadRequest(f"'query' takes at most {LONGEST} characters.", param="query")
    try:
        return _answered(reader, caller, query, variables, operation)
    except GraphQLError as error:
        raise BadRequest(f"'query' is no GraphQL: {error.message}", param="query", code="invalid_graphql") from error
    except RecursionError as error:
        raise BadRequest("'query' or 'variables' are nested too deeply.", param="query", code="query_too_large") from error


def _answered(reader: DataReader, caller: Caller, query: str, variables: Mapping[str, Any] | None, operation: str | None) -> dict[str, Any]:
    from graphql import execute_sync, parse, validate

    schema = schema_of(tuple(reader.views.of(caller)))
    document = parse(query, max_tokens=_TOKENS)
    if problems := validate(schema, document, max_errors=1):
        raise BadRequest(f"'query' cannot be answered: {problems[0].message}", param="query", code="invalid_graphql")
    _bounded(schema, document)
    resolve = _Resolving(reader, caller)
    done = execute_sync(schema, document, context_value=resolve, variable_values=dict(variables or {}), operation_name=operation)
    return {"data": done.data} | ({"errors": [_error(one) for one in done.errors]} if done.errors else {})


class _Resolving:
    """Answers the fields of one document."""

    def __init__(self, reader: DataReader, caller: Caller) -> None:
        self._reader, self._caller = reader, caller

    def __call__(self, view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return resolved(self._reader, self._caller, view, arguments)


def resolved(reader: DataReader, caller: Caller, view: View, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A page as the schema's page type has it. Raises as :meth:`DataReader.read` does."""
    filters = arguments.get("filter")
    asked = question(
        view,
        filters=json.dumps(grammar(filters)) if filters else None,
        sort=arguments.get("sort"),
        limit=arguments.get("limit"),
        after=arguments.get("after"),
    )
    page = reader.read(caller, view, asked)
    rows = [{**_exact(view, row), "_reference": reference(view, row)} for row in page.rows]
    return {"rows": rows, "next": page.next, "lagSeconds": page.state.lag_seconds, "streaming": page.state.streaming}


def _exact(view: View, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as the schema's types have it: integers as strings."""
    return {name: str(value) if view.columns[name].type == "integer" and value is not None else value for name, value in row.items()}


def schema_text(views: Iterable[View]) -> str:
    """The schema in its own language, as AppSync takes it: without descriptions, the root named."""
    from graphql import Node, Visitor, parse, print_ast, print_schema, visit

    class Bare(Visitor):
        def enter(self, node: Node, *_: object) -> None:
            if getattr(node, "description", None):
                node.description = None

    document = parse(print_schema(schema_of(tuple(views))), no_location=True)
    return "schema {\n  query: Query\n}\n\n" + print_ast(visit(document, Bare())) + "\n"


def grammar(filters: Mapping[str, Any]) -> dict[str, Any]:
    """A filter of the schema (``{status: {eq: "open"}, and: […]}``) in OpenAI's grammar."""
    parts: list[dict[str, Any]] = []
    for name, wanted in filters.items():
        if wanted is None:
            continue
        if name in {"_and", "_or"}:
            parts.append({"type": name[1:], "filters": [grammar(one) for one in wanted]})
        else:
            parts += [{"type": operator, "key": name, "value": value} for operator, value in wanted.items() if value is not None]
    return parts[0] if len(parts) == 1 else {"type": "and", "filters": parts}


@lru_cache(maxsize=64)
def schema_of(views: tuple["View", ...]) -> "GraphQLSchema":
    """The schema of these views; one that shows none has a single field that says so."""
    from graphql import GraphQLArgument as Argument
    from graphql import GraphQLField as Field
    from graphql import GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString
    from graphql import GraphQLNonNull as Always

    comparison = cache(_comparison)  # a schema has one type of each name

    def field(view: View) -> Field:
        arguments = {"sort": Argument(GraphQLString), "limit": Argument(GraphQLInt), "after": Argument(GraphQLString)}
        if filters := _filter_type(view, comparison):
            arguments["filter"] = Argument(filters)
        return Field(
            Always(_page_type(view)),
            args=arguments,
            description=str(view.description),
            resolve=lambda _, info, **given: info.context(view, given),
        )

    fields = {view.view: field(view) for view in views} or {"none": Field(GraphQLString, description="No view is open to you.")}
    return GraphQLSchema(GraphQLObjectType("Query", fields))


def _page_type(view: View) -> Any:
    from graphql import GraphQLBoolean, GraphQLFloat, GraphQLList, GraphQLObjectType, GraphQLString
    from graphql import GraphQLField as Field
    from graphql import GraphQLNonNull as Always

    columns = {
        name: Field(_scalar(column.type), description=str(column.description) if column.description else None)
        for name, column in view.columns.items()
    }
    row = GraphQLObjectType(f"{_type_name(view)}Row", {**columns, "_reference": Field(Always(GraphQLString))})
    page = {
        "rows": Field(Always(GraphQLList(Always(row)))),
        "next": Field(GraphQLString),
        "lagSeconds": Field(GraphQLFloat),
        "streaming": Field(Always(GraphQLBoolean)),
    }
    return GraphQLObjectType(f"{_type_name(view)}Page", page)


def _filter_type(view: View, comparison: Callable[[str], Any]) -> Any:
    from graphql import GraphQLInputField as Input
    from graphql import GraphQLInputObjectType, GraphQLList
    from graphql import GraphQLNonNull as Always

    filtered = {name: column for name, column in view.columns.items() if column.filter}
    if not filtered:
        return None

    def fields() -> dict[str, Any]:
        joined = Input(GraphQLList(Always(whole)))
        return {**{name: Input(comparison(column.type)) for name, column in filtered.items()}, "_and": joined, "_or": joined}

    whole = GraphQLInputObjectType(f"{_type_name(view)}Filter", fields)
    return whole


def _comparison(kind: str) -> Any:
    """What a column of a type is compared with."""
    from graphql import GraphQLInputField as Input
    from graphql import GraphQLInputObjectType, GraphQLList
    from graphql import GraphQLNonNull as Always

    scalar = _scalar(kind)
    fields = {
        one: Input(GraphQLList(Always(scalar)) if one in {"in", "nin"} else scalar) for one in (_EQUALITY if kind == "boolean" else _ORDER)
    }
    return GraphQLInputObjectType(f"{kind.capitalize()}Comparison", fields)


def _scalar(kind: str) -> Any:
    """Integers are strings, as decimals are: GraphQL's have 32 bits, and its floats would not be exact."""
    from graphql import GraphQLBoolean, GraphQLFloat, GraphQLString

    if kind == "boolean":
        return GraphQLBoolean
    return GraphQLFloat if kind == "number" else GraphQLString


def _type_name(view: View) -> str:
    """Underscores stay: without them two views could share a name."""
    return view.view.capitalize()


def _bounded(schema: "GraphQLSchema", document: Any) -> None:
    """Views asked for in all operations and fragments, however they are named; introspection costs no statement."""
    from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, visit

    types = TypeInfo(schema)

    class Counting(Visitor):
        def __init__(self) -> None:
            super().__init__()
            self.views = 0

        def enter_field(self, node: FieldNode, *_: object) -> None:
            self.views += int(types.get_parent_type() is schema.query_type and not node.name.value.startswith("__"))

    counting = Counting()
    visit(document, TypeInfoVisitor(types, counting))
    if counting.views > MOST_FIELDS:
        raise BadRequest(f"One document asks for at most {MOST_FIELDS} views.", param="query", code="query_too_large")


def _error(error: Any) -> dict[str, Any]:
    """An error of a field: ours in its own words, any other with none of its text."""
    original = error.original_error
    told: dict[str, Any] = dict(error.formatted)
    if isinstance(original, MaruError):
        return told | {"extensions": {"code": original.code, "param": original.param}}
    return told if original is None else told | {"message": "The field could not be answered.", "extensions": {"code": "internal_error"}}
