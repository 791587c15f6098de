"""The API description in the tree is that of the routers."""

from scripts import openapi


def test_the_description_is_up_to_date() -> None:
    for target in openapi.TARGETS:
        assert target.read_text(encoding="utf-8") == openapi.text(), f"{target}: run `make openapi`"


def test_every_route_names_its_scope() -> None:
    for path, operations in openapi.document()["paths"].items():
        assert all("x-maru-scope" in operation for operation in operations.values()), path
