"""The server's own paths: function URLs, and what the tests ask of the lab itself."""

import base64
import json
import re
import time
import uuid
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import lambda_backends
from moto.iam.models import get_account_id_from
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition
from werkzeug.wrappers import Request, Response

from .activity import activity
from .functions import invoke
from .queues import event_sources, queue_of

CREDENTIAL = re.compile(r"^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)/\d{8}/([^/]+)/[^/]+/aws4_request")
FUNCTION_PATH = re.compile(r"^/_lab/url/([^/]+)(/.*)?$")


class Routes:
    """Answers what is under /_lab/ and hands everything else to moto."""

    def __init__(self, moto: Any) -> None:
        self._moto = moto

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if not environ.get("PATH_INFO", "").startswith("/_lab/"):
            return self._moto(environ, start_response)
        return _answer(Request(environ))(environ, start_response)


def _answer(request: Request) -> Response:
    called = FUNCTION_PATH.match(request.path)
    if called:
        return _call(request, called.group(1), called.group(2) or "/")
    match (request.method, request.path):
        case ("GET", "/_lab/state"):
            return _json(200, _state())
        case ("POST", "/_lab/hurry"):
            return _json(200, {"hurried": _hurry()})
    return _json(404, {"Message": "the lab has no such path"})


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def _state() -> dict[str, Any]:
    """What is going on. `started` tells two states apart between which something began and ended."""
    running, started = activity.running, activity.started
    sources = {mapping.event_source_arn for mapping in event_sources() if mapping.enabled}
    queues = [_queue_state(queue) for arn in sorted(sources) if (queue := queue_of(arn)) is not None]
    is_idle = running == 0 and started == activity.started and activity.running == 0
    return {"running": running, "started": started, "isIdle": is_idle, "queues": queues}


def _queue_state(queue: Any) -> dict[str, Any]:
    with queue._messages_lock:
        messages = list(queue._messages)
    delayed = sum(message.delayed for message in messages)
    return {"arn": queue.queue_arn, "present": len(messages) - delayed, "delayed": delayed}


def _hurry() -> int:
    """Makes everything that was sent with a delay due now."""
    queues = [queue for regions in list(sqs_backends.values()) for own in list(regions.values()) for queue in list(own.queues.values())]
    delayed = [message for queue in queues for message in list(queue._messages) if message.delayed]
    for message in delayed:
        message.delayed_until = 0.0
    return len(delayed)


def _call(request: Request, name: str, path: str) -> Response:
    """A function URL: who called is known by the access key alone; no signature is checked, and no policy."""
    fn = _function_named(unquote(name))
    if fn is None or fn.url_config is None:
        return _json(404, {"Message": None})
    credential = CREDENTIAL.match(request.headers.get("Authorization", ""))
    if fn.url_config.config.get("AuthType") != "NONE" and credential is None:
        return Response(
            '{"Message":"Forbidden"}', 403, {"x-amzn-ErrorType": "AccessDeniedException"}, content_type="application/json"
        )
    caller = _caller_of(credential.group(1)) if credential else None
    answer = invoke(fn, json.dumps(_url_event(request, path, caller)))
    if answer.failed:
        return Response("Internal Server Error", 502, content_type="application/json")
    return _http_answer(json.loads(answer.payload), answer.payload)


def _function_named(name: str) -> Any | None:
    for regions in list(lambda_backends.values()):
        for backend in list(regions.values()):
            for fn in list(backend.list_functions()):
                if fn.function_name == name:
                    return fn
    return None


def _caller_of(key: str) -> dict[str, Any]:
    """Whose key this is. A key that nobody made, such as the tests' own, is taken for the account's root."""
    account = get_account_id_from(key)
    partition = get_partition("us-east-1")
    user_id, arn, account = sts_backends[account][partition].get_caller_identity(key, "us-east-1")
    is_stranger = arn.endswith(":user/moto") and ":sts:" in arn
    return {
        "accessKey": key,
        "accountId": account,
        "callerId": account if is_stranger else user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:{partition}:iam::{account}:root" if is_stranger else arn,
        "userId": account if is_stranger else user_id,
    }


def _url_event(request: Request, path: str, caller: dict[str, Any] | None) -> dict[str, Any]:
    now = time.time()
    query = request.query_string.decode()
    body = request.get_data(as_text=True)
    http = {
        "method": request.method,
        "path": path,
        "protocol": "HTTP/1.1",
        "sourceIp": request.remote_addr,
        "userAgent": request.headers.get("User-Agent", ""),
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        **({"queryStringParameters": {k: ",".join(v) for k, v in request.args.lists()}} if query else {}),
        "requestContext": {
            "accountId": caller["accountId"] if caller else "anonymous",
            "apiId": "lab",
            **({"authorizer": {"iam": caller}} if caller else {}),
            "domainName": request.host,
            "domainPrefix": "lab",
            "http": http,
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.fromtimestamp(now, timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        **({"body": body} if body else {}),
        "isBase64Encoded": False,
    }


def _http_answer(result: Any, payload: bytes) -> Response:
    """Without a statusCode, the whole result is the body."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Response(payload, 200, content_type="application/json")
    text = result.get("body") or ""
    body = base64.b64decode(text) if result.get("isBase64Encoded") else text
    response = Response(body, int(result["statusCode"]), content_type="application/json")
    for name, value in (result.get("headers") or {}).items():
        response.headers[name] = str(value)
    for cookie in result.get("cookies") or []:
        response.headers.add("Set-Cookie", cookie)
    return response
