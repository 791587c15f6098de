"""cdk-nag: the AwsSolutions pack as a validation of the whole app, and exceptions that carry their reason."""

from collections.abc import Mapping

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct


def check(app: cdk.App) -> None:
    """Fail the synthesis on every finding that nobody acknowledged."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings below `construct`; the keys are full ids as the report prints them."""
    accepted = [cdk.Acknowledgment(id=f"AwsSolutions-{finding}", reason=reason) for finding, reason in reasons.items()]
    cdk.Validations.of(construct).acknowledge(*accepted)
