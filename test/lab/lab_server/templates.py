"""Resource types that CloudFormation has and moto's does not, as far as a deployed service needs them to work."""

import json
from typing import Any

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import JsonRESTError
from moto.sns.models import sns_backends

from .queues import queue_of
from .settings import endpoint


class Resource:
    """What the types below have in common. moto finds only those that derive from its own class directly."""

    attributes: dict[str, str]
    physical_resource_id: str

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes[attribute_name]

    def is_created(self) -> bool:
        return True

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> Any:
        original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)


class TopicSubscription(Resource, CloudFormationModel):
    """AWS::SNS::Subscription"""

    def __init__(self, arn: str) -> None:
        self.physical_resource_id = arn
        self.attributes = {}

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SNS::Subscription"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Any:
        asked = cloudformation_json["Properties"]
        backend = sns_backends[account_id][asked.get("Region", region_name)]
        arn = backend.subscribe(asked["TopicArn"], asked["Endpoint"], asked["Protocol"]).arn
        # The scope comes first: the policy is read by it.
        if "FilterPolicyScope" in asked:
            backend.set_subscription_attributes(arn, "FilterPolicyScope", asked["FilterPolicyScope"])
        if "FilterPolicy" in asked:
            backend.set_subscription_attributes(arn, "FilterPolicy", json.dumps(asked["FilterPolicy"]))
        is_raw = str(asked.get("RawMessageDelivery", False)).lower() == "true"
        backend.set_subscription_attributes(arn, "RawMessageDelivery", is_raw)
        return cls(arn)

    def delete(self, account_id: str, region_name: str) -> None:
        region = self.physical_resource_id.split(":")[3]
        sns_backends[account_id][region].unsubscribe(self.physical_resource_id)


class FunctionUrl(Resource, CloudFormationModel):
    """AWS::Lambda::Url, answered by routes.py."""

    def __init__(self, fn: Any) -> None:
        self.physical_resource_id = fn.function_arn
        self.attributes = {"FunctionArn": fn.function_arn, "FunctionUrl": fn.url_config.url}

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Url"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("FunctionArn", "FunctionUrl")

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Any:
        asked = cloudformation_json["Properties"]
        backend = lambda_backends[account_id][region_name]
        fn = backend.get_function(asked["TargetFunctionArn"])
        fn.create_url_config(asked).url = f"{endpoint()}/_lab/url/{fn.function_name}/"
        return cls(fn)

    def delete(self, account_id: str, region_name: str) -> None:
        fn = _function_if_there(self.physical_resource_id)
        if fn is not None:
            fn.delete_url_config()


class AsynchronousSettings(Resource, CloudFormationModel):
    """AWS::Lambda::EventInvokeConfig, kept on the function and read when it is invoked asynchronously."""

    def __init__(self, fn: Any) -> None:
        self.physical_resource_id = f"{fn.function_arn}:$LATEST"
        self.attributes = {}

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::EventInvokeConfig"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Any:
        asked = cloudformation_json["Properties"]
        fn = lambda_backends[account_id][region_name].get_function(asked["FunctionName"])
        fn.lab_event_invoke_config = asked
        return cls(fn)

    def delete(self, account_id: str, region_name: str) -> None:
        fn = _function_if_there(self.physical_resource_id.removesuffix(":$LATEST"))
        if fn is not None:
            fn.lab_event_invoke_config = {}


def _function_if_there(arn: str) -> Any | None:
    """A stack that goes may have lost the function first."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    return next((fn for fn in lambda_backends[account][region].list_functions() if fn.function_name == name), None)


def _create_event_source_mapping(self: Any, spec: dict[str, Any]) -> Any:
    """Refuses what Lambda refuses and moto takes, and what would silently work otherwise than it should."""
    queue = queue_of(spec["EventSourceArn"]) if ":sqs:" in spec["EventSourceArn"] else None
    if queue is not None:
        timeout = int(self.get_function(spec["FunctionName"]).timeout)
        if queue.visibility_timeout < timeout:
            raise JsonRESTError(
                "InvalidParameterValueException",
                f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than Function timeout: {timeout} seconds",
            )
        if spec.get("FilterCriteria"):
            raise JsonRESTError("InvalidParameterValueException", "the lab filters nothing between a queue and a function")
    return _stock_create(self, spec)


_stock_create = LambdaBackend.create_event_source_mapping


def install() -> None:
    LambdaBackend.create_event_source_mapping = _create_event_source_mapping
