"""EventBridge as far as rules, queues and functions go; other targets are stock moto's."""

import copy
import json
import sys
from datetime import datetime, timezone
from typing import Any

from jsonpath_ng.ext import parse as parse_path
from moto.awslambda.models import lambda_backends
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser
from moto.sqs.models import sqs_backends

from .functions import invoke_later

#: What a target is sent: moto leaves the account out, and adds a time of its own.
ENVELOPE = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")

_stock_send = Rule.send_to_targets


def _send_to_targets(self: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:
    """Sends an event that matches to every target. A rule without a pattern is a schedule, and no event is its."""
    if self.state == "DISABLED" or not self.event_pattern.get_pattern():
        return
    event = {**original_event, "version": "0", "time": _time_of(original_event["time"])}
    if not self.event_pattern.matches_event(event):
        return
    for target in list(self.targets):
        try:
            _send(self, target, event)
        except Exception as error:  # a target that cannot be reached is not the sender's fault
            print(f"rule {self.name}, target {target['Arn']}: {error!r}", file=sys.stderr, flush=True)


def _send(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    _, _, service, region, account, name = target["Arn"].split(":", 5)
    if service == "sqs":
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        sqs_backends[account][region].send_message(name, _body_of(target, event), group_id=group)
    elif service == "lambda":
        invoke_later(lambda_backends[account][region].get_function(target["Arn"]), _body_of(target, event))
    else:
        alone = copy.copy(rule)
        alone.targets = [target]
        _stock_send(alone, event)


def _body_of(target: dict[str, Any], event: dict[str, Any]) -> str:
    envelope = {name: event[name] for name in ENVELOPE}
    if "Input" in target:
        return target["Input"]
    if "InputPath" in target:
        found = parse_path(target["InputPath"]).find(envelope)
        return json.dumps(found[0].value if found else None)
    transformer = target.get("InputTransformer")
    if transformer:
        parsed = EventTemplateParser.parse(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event)
        return json.dumps(parsed)
    return json.dumps(envelope)


def _time_of(time: Any) -> str:
    if isinstance(time, str) and not time.replace(".", "", 1).isdigit():
        return time
    return datetime.fromtimestamp(float(time), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def install() -> None:
    Rule.send_to_targets = _send_to_targets
