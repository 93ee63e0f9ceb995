"""Functions that run: moto keeps them, environments.py has their processes, and this invokes them."""

import json
import sys
import threading
import time
import uuid
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.sqs.models import sqs_backends

from .activity import activity
from .environments import Answer, Ended, Pool, TooLate
from .settings import LOG, RETRY_DELAY

#: How often Lambda tries an asynchronous invocation again, if nothing else was said.
RETRIES = 2

_pools: dict[str, Pool] = defaultdict(Pool)
_making_pools = threading.Lock()


def invoke(fn: Any, event: str) -> Answer:
    """Runs a function and waits for its answer."""
    with activity.one():
        return _run(fn, event)


def invoke_later(fn: Any, event: str) -> None:
    """Runs a function after the caller has gone on, and again where it fails."""
    activity.begin()  # before the caller is answered, or it could look and see nothing going on
    threading.Thread(target=_try_until_done, args=(fn, event), daemon=True).start()


def end_all() -> None:
    for pool in list(_pools.values()):
        pool.end()


def note(fn: Any, text: str) -> None:
    """Adds a line to what the function printed."""
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(f"[{fn.function_name}] {text}\n")


def _run(fn: Any, event: str) -> Answer:
    with _making_pools:
        pool = _pools[fn.function_arn]
    environment, is_new = pool.take(fn)
    request = str(uuid.uuid4())
    seconds = float(fn.timeout)
    try:
        unstarted = environment.start() if is_new else None
        if unstarted is not None:
            pool.discard(environment)
            return unstarted
        invocation = {
            "id": request,
            "arn": fn.function_arn,
            "deadline": int((time.time() + seconds) * 1000),
            "event": json.loads(event),
        }
        answer = environment.invoke(invocation, seconds)
    except TooLate:
        pool.discard(environment)
        return _failure(fn, "Sandbox.Timedout", f"RequestId: {request} Error: Task timed out after {seconds:.2f} seconds")
    except Ended:
        status = environment.wait()
        pool.discard(environment)
        return _failure(
            fn, "Runtime.ExitError", f"RequestId: {request} Error: Runtime exited with error: exit status {status}"
        )
    except BaseException:
        pool.discard(environment)
        raise
    pool.give_back(fn, environment)
    return answer


def _failure(fn: Any, kind: str, message: str) -> Answer:
    note(fn, f"{kind} {message}")
    return Answer(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)


def _try_until_done(fn: Any, event: str) -> None:
    try:
        retries, destination = _asynchronous_settings_of(fn)
        for tried in range(retries + 1):
            if tried > 0:
                time.sleep(RETRY_DELAY)
            answer = _run(fn, event)
            if not answer.failed:
                return
        note(fn, f"gave up after {retries + 1} tries")
        if destination:
            _tell_failure(fn, destination, _failure_record(fn, event, answer, tries=retries + 1))
    except Exception as error:  # a thread's own end would say nothing
        print(f"asynchronous invocation of {fn.function_name}: {error!r}", file=sys.stderr, flush=True)
    finally:
        activity.end()


def _asynchronous_settings_of(fn: Any) -> tuple[int, str | None]:
    config = getattr(fn, "lab_event_invoke_config", {})
    destination = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return int(config.get("MaximumRetryAttempts", RETRIES)), destination


def _tell_failure(fn: Any, destination: str, record: dict[str, Any]) -> None:
    _, _, service, region, account, name = destination.split(":", 5)
    if service != "sqs":
        raise NotImplementedError(f"failures of {fn.function_name} go to {destination}: only queues take them here")
    sqs_backends[account][region].send_message(name, json.dumps(record))


def _failure_record(fn: Any, event: str, answer: Answer, *, tries: int) -> dict[str, Any]:
    return {
        "version": "1.0",
        "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{fn.function_arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": tries,
        },
        "requestPayload": json.loads(event),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": json.loads(answer.payload),
    }


def _invoke_as_asked(self: Any, body: Any, request_headers: Any, response_headers: Any) -> str | bytes:
    """Lambda's Invoke, in place of moto's, which wants Docker."""
    event = body.decode() if isinstance(body, bytes) else body
    match request_headers.get("x-amz-invocation-type", "RequestResponse"):
        case "Event":
            invoke_later(self, event or "{}")
            return ""
        case "DryRun":
            return ""
    answer = invoke(self, event or "{}")
    if answer.failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    return answer.payload


def install() -> None:
    LambdaFunction.invoke = _invoke_as_asked
