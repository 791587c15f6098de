"""The console on AWS: files in a bucket that only CloudFront reads, and the API behind the same address."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.console_headers import WIDGET, security_headers
from infra.constructs.api import STAGE_NAME
from infra.constructs.private_bucket import PrivateBucket

#: What the API answers; everything else is a file of the console, or one of the application's own addresses.
API_PATHS = ("/v1/*", "/openapi.json", "/docs")
#: Heartbeats come every 15 s, so a longer silence of the API is a broken connection.
_SILENCE = cdk.Duration.seconds(60)
_YEAR = cdk.Duration.days(365)

#: Addresses of the application are not names of files: all of them are its one page.
_ONE_PAGE = """function handler(event) {
  var request = event.request;
  if (request.uri.split('/').pop().indexOf('.') < 0) request.uri = '/index.html';
  return request;
}
"""
#: Headers that CloudFront has a place of its own for; the rest are custom ones.
_OWN_PLACE = {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"}


class Console(Construct):
    """One distribution, so that the console and the API have one origin. ``url`` is where people go.

    ``sign_in_origin`` is the sign-in service's, which the console may ask for tokens.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        rest: apigateway.RestApi,
        sign_in_origin: str,
        logs: s3.IBucket,
        keep: bool,
        web_acl_arn: str | None,
    ) -> None:
        super().__init__(scope, id_)
        old = [s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))]
        self.bucket = PrivateBucket(
            self, "Files", keep=keep, emptied=True, versioned=True, lifecycle_rules=old, logs=logs, log_folder="console"
        )
        origin = origins.S3BucketOrigin.with_origin_access_control(self.bucket)
        headers = self._headers("Headers", f"{name}-console", security_headers((sign_in_origin,)))
        widget = self._headers("WidgetHeaders", f"{name}-widget", security_headers((sign_in_origin,), everywhere=True))
        one_page = cloudfront.Function(
            self, "OnePage", code=cloudfront.FunctionCode.from_inline(_ONE_PAGE), runtime=cloudfront.FunctionRuntime.JS_2_0
        )
        viewed = cloudfront.FunctionEventType.VIEWER_REQUEST
        files = self._files(origin, headers, cloudfront.FunctionAssociation(event_type=viewed, function=one_page))
        api = self._api(rest)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{name}: the console and the API",
            default_root_object="index.html",
            default_behavior=files,
            additional_behaviors={**dict.fromkeys(API_PATHS, api), WIDGET: self._files(origin, widget)},
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=web_acl_arn,
        )
        self.url = f"https://{self.distribution.distribution_domain_name}"

    def _files(
        self, origin: cloudfront.IOrigin, headers: cloudfront.ResponseHeadersPolicy, *functions: cloudfront.FunctionAssociation
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            response_headers_policy=headers,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            function_associations=list(functions) or None,
        )

    def _api(self, rest: apigateway.RestApi) -> cloudfront.BehaviorOptions:
        stack = cdk.Stack.of(self)
        host = f"{rest.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}"
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(
                host, origin_path=f"/{STAGE_NAME}", read_timeout=_SILENCE, protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # All of the caller's headers, `Authorization` among them, but `Host`, by which API Gateway knows its own.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            compress=False,  # a stream that is compressed is a stream that waits
        )

    def _headers(self, id_: str, name: str, headers: Mapping[str, str]) -> cloudfront.ResponseHeadersPolicy:
        custom = [
            cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
            for header, value in headers.items()
            if header not in _OWN_PLACE
        ]
        return cloudfront.ResponseHeadersPolicy(
            self,
            id_,
            response_headers_policy_name=name,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(custom_headers=custom),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=headers["content-security-policy"], override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(frame_option=cloudfront.HeadersFrameOption.DENY, override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=_YEAR, include_subdomains=True, override=True
                ),
            ),
        )
