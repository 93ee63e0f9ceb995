"""Queues that lose nothing between threads, and the pollers that Lambda has for them."""

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.utils import unix_time_millis
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from .activity import activity
from .environments import Answer
from .functions import invoke, note
from .settings import VISIBILITY, endpoint

LOOK_EVERY_SECONDS = 0.05

#: Lambda starts with five pollers a queue; the lower bound of MaximumConcurrency is enough here.
BATCHES_AT_ONCE = 2

#: A batching window may be five minutes: nobody waits that long for a test.
LONGEST_WINDOW_SECONDS = 1.0


def queue_of(arn: str) -> Any | None:
    _, _, _, region, account, name = arn.split(":", 5)
    return sqs_backends[account][region].queues.get(name)


def event_sources() -> Iterator[Any]:
    """The event source mappings whose source is a queue."""
    for regions in list(lambda_backends.values()):
        for backend in list(regions.values()):
            for mapping in list(backend._event_source_mappings.values()):
                if mapping.event_source_arn.split(":")[2] == "sqs":
                    yield mapping


class Poller:
    """Takes batches from queues and has functions work on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, int] = defaultdict(int)
        self._waiting_since: dict[str, float] = {}
        self._a_place_is_free = threading.Event()
        self._parent = os.getppid()

    def run(self) -> None:
        while True:
            for mapping in event_sources():
                try:
                    self._look_at(mapping)
                except Exception as error:  # one broken mapping must not stop the others
                    print(f"polling {mapping.event_source_arn}: {error!r}", file=sys.stderr, flush=True)
            if os.getppid() != self._parent:
                os._exit(0)  # whoever started the server is gone and cannot stop it any more
            self._a_place_is_free.wait(LOOK_EVERY_SECONDS)
            self._a_place_is_free.clear()

    def _look_at(self, mapping: Any) -> None:
        most = int((mapping.scaling_config or {}).get("MaximumConcurrency", BATCHES_AT_ONCE))
        while mapping.enabled and self._running[mapping.uuid] < most:
            messages = self._take_batch(mapping)
            if not messages:
                return
            with self._lock:
                self._running[mapping.uuid] += 1
            activity.begin()
            threading.Thread(target=self._work, args=(mapping, messages), daemon=True).start()

    def _take_batch(self, mapping: Any) -> list[Any]:
        queue = queue_of(mapping.event_source_arn)
        waiting = 0 if queue is None else len(queue.messages)
        if queue is None or waiting == 0:
            self._waiting_since.pop(mapping.uuid, None)
            return []
        window = min(float(mapping.max_batch_window or 0), LONGEST_WINDOW_SECONDS)
        since = self._waiting_since.setdefault(mapping.uuid, time.monotonic())
        if waiting < mapping.batch_size and time.monotonic() - since < window:
            return []
        self._waiting_since.pop(mapping.uuid, None)
        backend = sqs_backends[queue.account_id][queue.region]
        return backend.receive_message(queue.name, mapping.batch_size, 0, queue.visibility_timeout, ["All"])

    def _work(self, mapping: Any, messages: list[Any]) -> None:
        try:
            _hand_over(mapping, messages)
        except Exception as error:
            print(f"a batch of {mapping.event_source_arn}: {error!r}", file=sys.stderr, flush=True)
        finally:
            with self._lock:
                self._running[mapping.uuid] -= 1
            activity.end()
            self._a_place_is_free.set()


def _hand_over(mapping: Any, messages: list[Any]) -> None:
    """Deletes what the function has dealt with; the rest comes back, and in the end goes where the queue says."""
    queue = queue_of(mapping.event_source_arn)
    fn = lambda_backends[mapping.account_id][mapping.region].get_function(mapping.function_arn)
    records = [_record_of(message, queue) for message in messages]
    answer = invoke(fn, json.dumps({"Records": records}))
    failed = _failed_of(answer, {message.id for message in messages}, mapping.function_response_types or [])
    for message in messages:
        if message.id in failed:
            _put_back(queue, message)
        else:
            queue.delete_message(message.receipt_handle)
    if failed:
        note(fn, f"{len(failed)} of {len(messages)} messages of {queue.name} failed")


def _failed_of(answer: Answer, ids: set[str], response_types: list[str]) -> set[str]:
    """The ids that failed. An answer that names an unknown one, or cannot be read, fails the batch, as Lambda has it."""
    if answer.failed:
        return ids
    if "ReportBatchItemFailures" not in response_types:
        return set()
    try:
        result = json.loads(answer.payload) or {}
        named = {failure["itemIdentifier"] for failure in result.get("batchItemFailures") or []}
    except (ValueError, TypeError, KeyError, AttributeError):
        return ids
    return named if named <= ids else ids


def _put_back(queue: Any, message: Any) -> None:
    if VISIBILITY is None:
        return
    with queue._messages_lock:
        for own in queue._messages:
            if own.id == message.id:
                own.visible_at = unix_time_millis() + VISIBILITY * 1000


def _record_of(message: Any, queue: Any) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": message.approximate_receive_count,
        "SentTimestamp": message.sent_timestamp,
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": message.approximate_first_receive_timestamp,
        "SequenceNumber": message.sequence_number,
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "AWSTraceHeader": (message.system_attributes.get("AWSTraceHeader") or {}).get("StringValue"),
    }
    own = {"md5OfMessageAttributes": message.attribute_md5} if message.message_attributes else {}
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {name: str(value) for name, value in attributes.items() if value is not None},
        "messageAttributes": {name: _attribute_of(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        **own,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }


def _attribute_of(attribute: dict[str, Any]) -> dict[str, Any]:
    values = {"stringValue": attribute.get("StringValue"), "binaryValue": attribute.get("BinaryValue")}
    given = {name: value for name, value in values.items() if value is not None}
    return {**given, "stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}


def _locked(change: Callable[..., Any]) -> Callable[..., Any]:
    """moto rebuilds a queue's list when it deletes; what another thread adds meanwhile would be lost."""

    def change_alone(self: Any, *args: Any) -> Any:
        with self._messages_lock:
            return change(self, *args)

    return change_alone


def _receive(self: Any, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any, **named: Any) -> Any:
    """Looks with the queue to itself, so that two receivers never get one message, and waits without holding it."""
    queue = self.get_queue(queue_name)
    until = time.monotonic() + wait_seconds_timeout
    while True:
        with queue._messages_lock:
            messages = _stock_receive(self, queue_name, count, 0, *rest, **named)
        if messages or time.monotonic() >= until:
            return messages
        time.sleep(LOOK_EVERY_SECONDS)


_stock_receive = SQSBackend.receive_message


def _is_kept(self: Any, queue_name: str, message: Any) -> bool:
    """What moto's own does, without counting the whole queue for each message of it."""
    kept_seconds = self.get_queue(queue_name).message_retention_period
    return kept_seconds * 1000 + message.sent_timestamp > unix_time_millis()


def install() -> None:
    Queue.add_message = _locked(Queue.add_message)
    Queue.delete_message = _locked(Queue.delete_message)
    SQSBackend.receive_message = _receive
    SQSBackend.is_message_valid_based_on_retention_period = _is_kept
    # Stock moto calls the functions of a queue while a message is being sent, one message at a time; the poller does it here.
    Queue.lambda_event_source_mappings = property(lambda _: {}, lambda _, __: None)
    # SDKs send to the host of a queue's URL, and templates pass that URL on.
    Queue.physical_resource_id = property(lambda self: f"{endpoint()}/{self.account_id}/{self.name}")
    threading.Thread(target=Poller().run, daemon=True).start()
