"""The CloudFormation resource inside a construct, for properties that the construct does not offer."""

from aws_cdk import CfnElement
from constructs import IConstruct


def native[T: CfnElement](construct: IConstruct, kind: type[T]) -> T:
    """The resource of this kind; raises :class:`TypeError` where the construct holds another."""
    element = construct.node.default_child
    if not isinstance(element, kind):
        raise TypeError(f"{construct.node.path} is made of {type(element).__name__}, not {kind.__name__}")
    return element
