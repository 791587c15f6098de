"""Cognito: one user pool, Maru's scopes as a resource server, and a client for machine-to-machine calls."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

#: The resource server's identifier: scopes read `maru/chat` in a token.
RESOURCE_SERVER = "maru"


class Identity(Construct):
    """`client` gets tokens by client credentials; what they may do is also bounded by the identity row of that client."""

    def __init__(self, scope: Construct, id_: str, *, stage: str, scopes: Mapping[str, str], keep: bool) -> None:
        super().__init__(scope, id_)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
            ),
            deletion_protection=keep,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        offered = [cognito.ResourceServerScope(scope_name=name, scope_description=what) for name, what in scopes.items()]
        server = self.pool.add_resource_server("Api", identifier=RESOURCE_SERVER, scopes=offered)
        #: What a client may ask for: everything but the platform's own scope.
        self.scopes = [cognito.OAuthScope.resource_server(server, scope) for scope in offered if scope.scope_name != "operator"]
        prefix = f"maru-{stage}-{cdk.Aws.ACCOUNT_ID}"
        self.domain = self.pool.add_domain("Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix))
        self.client = self.pool.add_client(
            "Machine",
            generate_secret=True,
            access_token_validity=cdk.Duration.hours(1),
            auth_flows=cognito.AuthFlow(),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=self.scopes,
            ),
        )

    def for_console(self, url: str) -> cognito.UserPoolClient:
        """The client of the console at `url`: people sign in by authorization code with PKCE, which a browser needs no secret for."""
        return self.pool.add_client(
            "Console",
            generate_secret=False,
            access_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=cdk.Duration.hours(12),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            auth_flows=cognito.AuthFlow(),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=self.scopes,
                callback_urls=[f"{url}/signed-in"],
                logout_urls=[url],
            ),
        )
