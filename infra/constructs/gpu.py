"""A GPU endpoint: vLLM on SageMaker with one inference component that scales from zero, woken by the first request it cannot take."""

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from infra.endpoints import REGISTRY, REPOSITORY, GpuEndpoint

_VARIANT = "main"
#: Driver 550 and CUDA 12, as the container needs. Source: SageMaker's API reference, ProductionVariant.InferenceAmiVersion.
_AMI = "al2-ami-sagemaker-inference-gpu-3-1"
#: Tens of gigabytes are fetched and compiled before the first answer.
_START_SECONDS = 1800
_MINUTE = cdk.Duration.minutes(1)
#: Where SageMaker keeps the metrics and, below it, the logs of inference components.
COMPONENT_METRICS = "/aws/sagemaker/InferenceComponents"


class GpuModel(Construct):
    """The endpoint, its component, and how it scales."""

    def __init__(self, scope: Construct, id_: str, *, name: str, gpu: GpuEndpoint) -> None:
        super().__init__(scope, id_)
        self.gpu = gpu
        self.endpoint_name = self.component_name = name
        self.endpoint = self._endpoint()
        self.component = self._component()
        self.target = self._scaling()
        self.wake = self._waking()

    def _endpoint(self) -> sagemaker.CfnEndpoint:
        limit = self.gpu.copies
        config = sagemaker.CfnEndpointConfig(
            self,
            "Config",
            execution_role_arn=self._role().role_arn,
            metrics_config=sagemaker.CfnEndpointConfig.MetricsConfigProperty(
                enable_detailed_observability=True, enable_enhanced_metrics=True, metric_publish_frequency_in_seconds=60
            ),
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name=_VARIANT,
                    instance_type=self.gpu.instance,
                    # An endpoint is made with a machine; its component's scaling takes it away.
                    initial_instance_count=max(1, limit.minimum),
                    inference_ami_version=_AMI,
                    volume_size_in_gb=None if _has_disks(self.gpu.instance) else self.gpu.volume_gib,
                    container_startup_health_check_timeout_in_seconds=_START_SECONDS,
                    model_data_download_timeout_in_seconds=_START_SECONDS,
                    routing_config=sagemaker.CfnEndpointConfig.RoutingConfigProperty(routing_strategy="LEAST_OUTSTANDING_REQUESTS"),
                    managed_instance_scaling=sagemaker.CfnEndpointConfig.ManagedInstanceScalingProperty(
                        status="ENABLED", min_instance_count=limit.minimum, max_instance_count=limit.maximum
                    ),
                )
            ],
        )
        return sagemaker.CfnEndpoint(
            self, "Endpoint", endpoint_name=self.endpoint_name, endpoint_config_name=config.attr_endpoint_config_name
        )

    def _role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        stack = cdk.Stack.of(self)
        image = stack.format_arn(service="ecr", account=REGISTRY, resource="repository", resource_name=REPOSITORY)
        pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
        colon = cdk.ArnFormat.COLON_RESOURCE_NAME
        group = f"{COMPONENT_METRICS}/{self.component_name}"
        logs = stack.format_arn(service="logs", resource="log-group", resource_name=group, arn_format=colon)
        for allowed, resources in (
            (pull, [image]),
            (["ecr:GetAuthorizationToken"], ["*"]),
            (["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [logs, f"{logs}:log-stream:*"]),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=allowed, resources=resources))
        return role

    def _component(self) -> sagemaker.CfnInferenceComponent:
        part, stack = sagemaker.CfnInferenceComponent, cdk.Stack.of(self)
        component = part(
            self,
            "Component",
            endpoint_name=self.endpoint.attr_endpoint_name,
            variant_name=_VARIANT,
            inference_component_name=self.component_name,
            runtime_config=part.InferenceComponentRuntimeConfigProperty(copy_count=self.gpu.copies.minimum),
            specification=part.InferenceComponentSpecificationProperty(
                container=part.InferenceComponentContainerSpecificationProperty(
                    image=self.gpu.image(stack.region, cdk.Aws.URL_SUFFIX), environment=self.gpu.environment()
                ),
                startup_parameters=part.InferenceComponentStartupParametersProperty(
                    container_startup_health_check_timeout_in_seconds=_START_SECONDS, model_data_download_timeout_in_seconds=_START_SECONDS
                ),
                compute_resource_requirements=part.InferenceComponentComputeResourceRequirementsProperty(
                    number_of_accelerator_devices_required=self.gpu.gpus, min_memory_required_in_mb=self.gpu.memory_mib
                ),
            ),
        )
        component.add_resource_dependency(self.endpoint)
        return component

    def _scaling(self) -> scaling.ScalableTarget:
        copies = self.gpu.copies
        target = scaling.ScalableTarget(
            self,
            "Copies",
            service_namespace=scaling.ServiceNamespace.SAGEMAKER,
            scalable_dimension="sagemaker:inference-component:DesiredCopyCount",
            resource_id=f"inference-component/{self.component_name}",
            min_capacity=copies.minimum,
            max_capacity=copies.maximum,
        )
        target.node.add_dependency(self.component)
        target.scale_to_track_metric(
            "Load",
            predefined_metric=scaling.PredefinedMetric.SAGEMAKER_INFERENCE_COMPONENT_CONCURRENT_REQUESTS_PER_COPY_HIGH_RESOLUTION,
            target_value=copies.requests_each,
            scale_in_cooldown=cdk.Duration.minutes(copies.idle_minutes),
            scale_out_cooldown=_MINUTE,
        )
        for place, warm in enumerate(self.gpu.warm):
            awake = max(1, copies.minimum)
            target.scale_on_schedule(f"Warm{place}", schedule=scaling.Schedule.expression(warm.start), min_capacity=awake)
            target.scale_on_schedule(f"Cool{place}", schedule=scaling.Schedule.expression(warm.end), min_capacity=copies.minimum)
        return target

    def _waking(self) -> cloudwatch.Alarm:
        """Tracking cannot see a load at zero copies: the first request that finds none makes one."""
        step = scaling.StepScalingAction(
            self,
            "Wake",
            scaling_target=self.target,
            adjustment_type=scaling.AdjustmentType.CHANGE_IN_CAPACITY,
            metric_aggregation_type=scaling.MetricAggregationType.MAXIMUM,
            cooldown=_MINUTE,
        )
        step.add_adjustment(adjustment=1, lower_bound=0)
        metric = cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name="NoCapacityInvocationFailures",
            dimensions_map={"InferenceComponentName": self.component_name},
            statistic="Maximum",
            period=cdk.Duration.seconds(30),
        )
        alarm = cloudwatch.Alarm(
            self,
            "NoCapacity",
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="A request found no copy of the model, and one is being made. No runbook: this is how the endpoint wakes.",
        )
        alarm.add_alarm_action(actions.ApplicationScalingAction(step))
        return alarm


def _has_disks(instance: str) -> bool:
    """Families with disks of their own take no volume. Source: SageMaker's Host instance storage volumes."""
    return instance.split(".")[1] in {"g5", "g6", "g6e", "p4d", "p5"}
