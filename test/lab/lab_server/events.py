"""EventBridge as far as rules, queues and functions go; other targets are stock moto's."""

import copy
import json
import re
import sys
from datetime import datetime, timezone
from typing import Any

from jsonpath_ng.ext import parse as parse_path
from moto.awslambda.models import lambda_backends
from moto.events.models import EventsBackend, Rule, events_backends
from moto.sqs.models import sqs_backends

from .functions import invoke_later

#: What a target is sent: moto leaves the account out, and adds a time of its own.
ENVELOPE = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")

_stock_send = Rule.send_to_targets
_stock_put = EventsBackend.put_events


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
        sqs_backends[account][region].send_message(name, _body_of(rule, target, event), group_id=group)
    elif service == "lambda":
        invoke_later(lambda_backends[account][region].get_function(target["Arn"]), _body_of(rule, target, event))
    else:
        alone = copy.copy(rule)
        alone.targets = [target]
        _stock_send(alone, event)


def _body_of(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str:
    envelope = {name: event[name] for name in ENVELOPE}
    if "Input" in target:
        return target["Input"]
    if "InputPath" in target:
        return json.dumps(_value_at(target["InputPath"], envelope))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(envelope)
    values = {name: _value_at(path, envelope) for name, path in transformer.get("InputPathsMap", {}).items()}
    given = {"aws.events.event": envelope, "aws.events.event.json": envelope, "aws.events.rule-name": rule.name}
    return _fill(transformer["InputTemplate"], {**given, "aws.events.rule-arn": rule.arn, **values})


def _value_at(path: str, envelope: dict[str, Any]) -> Any:
    found = parse_path(path).find(envelope)
    return found[0].value if found else None


def _fill(template: str, values: dict[str, Any]) -> str:
    """Puts values in the places of `<name>`: as JSON, or as bare text within a string. moto never writes the quotes."""
    is_in_string = False

    def replace(match: re.Match[str]) -> str:
        nonlocal is_in_string
        if match[0] == '"':
            is_in_string = not is_in_string
        if match[1] is None or match[1] not in values:
            return match[0]
        value = values[match[1]]
        if not is_in_string:
            return json.dumps(value)
        text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return re.sub(r'\\.|"|<([^<>"\s]+)>', replace, template)


def _time_of(time: Any) -> str:
    if isinstance(time, str) and not time.replace(".", "", 1).isdigit():
        return time
    return datetime.fromtimestamp(float(time), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name_of_bus(_self: Any, bus: Any) -> str:
    """Of a template that refers to a bus moto hands over the bus itself."""
    return "default" if bus is None else getattr(bus, "name", bus).split("/")[-1]


def _put_events(self: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Puts events on the bus of the ARN that they name, also of another account; who put them is who called."""
    entries = []
    for event in events:
        backend = self
        parts = event.get("EventBusName", "").split(":")
        if len(parts) == 6 and (parts[4], parts[3]) != (self.account_id, self.region_name):
            backend = copy.copy(self)
            backend.describe_event_bus = events_backends[parts[4]][parts[3]].describe_event_bus
        entries.extend(_stock_put(backend, [event]))
    return entries


def install() -> None:
    EventsBackend.put_events = _put_events
    Rule.send_to_targets = _send_to_targets
    EventsBackend._normalize_event_bus_arn = _name_of_bus
