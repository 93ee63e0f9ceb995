"""Environments as Lambda has them: a process that imports its handler once and takes one invocation after the other."""

import hashlib
import io
import json
import os
import select
import subprocess
import threading
import time
import zipfile
from dataclasses import dataclass
from typing import Any

from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from .settings import HOME, LOG, NODE, endpoint

RUNNER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "runner.mjs")

#: Lambda gives 10 s to start; this machine may be busier than theirs.
START_SECONDS = 30

#: Environments of one function at most, where it reserves no number; Lambda has 1,000 for all functions together.
MOST_ENVIRONMENTS = 10


class Ended(Exception):
    """The process is gone, and no answer came."""


class TooLate(Exception):
    """No answer came in the time that was given."""


@dataclass(frozen=True)
class Answer:
    payload: bytes
    failed: bool


class Environment:
    """One process of one function."""

    def __init__(self, fn: Any) -> None:
        read, write = os.pipe()
        self._answers = read
        self._rest = b""
        with open(LOG, "ab") as log:
            self._process = subprocess.Popen(
                [NODE, RUNNER],
                env=_variables_of(fn) | {"PLUMBLINE_LAB_ANSWERS": str(write)},
                cwd=_task_root_of(fn),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(write,),
            )
        os.close(write)

    def start(self) -> Answer | None:
        """Waits until the handler is imported; an answer is why it could not be."""
        kind, payload = self._next(START_SECONDS)
        return None if kind == "ready" else Answer(payload, failed=True)

    def invoke(self, invocation: dict[str, Any], seconds: float) -> Answer:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(invocation).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise Ended from error
        kind, payload = self._next(seconds)
        return Answer(payload, failed=kind == "failed")

    def end(self) -> int:
        """Ends the process and says how it ended, if it had by itself."""
        status = self._process.poll()
        self._process.kill()
        self._process.wait()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1
        return status if status is not None else -9

    def wait(self) -> int:
        return self._process.wait(5)

    def _next(self, seconds: float) -> tuple[str, bytes]:
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise TooLate
            part = os.read(self._answers, 1 << 16)
            if not part:
                raise Ended
            self._rest += part
        line, self._rest = self._rest.split(b"\n", 1)
        kind, payload = line.split(b" ", 1)
        return kind.decode(), payload


class Pool:
    """The environments of one function. What waits is served by the one used last, as Lambda does."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._idle: list[Environment] = []
        self._count = 0
        self._shape = ""

    def take(self, fn: Any) -> tuple[Environment, bool]:
        """A warm environment, or a new one: the second value says whether it has still to start."""
        with self._free:
            self._renew(fn)
            limit = int(fn.reserved_concurrency or MOST_ENVIRONMENTS)
            self._free.wait_for(lambda: self._idle or self._count < limit)
            if self._idle:
                return self._idle.pop(), False
            self._count += 1
        try:
            return Environment(fn), True
        except BaseException:
            self._forget_one()
            raise

    def give_back(self, fn: Any, environment: Environment) -> None:
        with self._free:
            if _shape_of(fn) == self._shape:
                self._idle.append(environment)
                self._free.notify()
                return
        self.discard(environment)

    def discard(self, environment: Environment) -> int:
        status = environment.end()
        self._forget_one()
        return status

    def end(self) -> None:
        with self._free:
            while self._idle:
                self._idle.pop().end()

    def _renew(self, fn: Any) -> None:
        """A function that was deployed anew starts from nothing."""
        if _shape_of(fn) == self._shape:
            return
        self._shape = _shape_of(fn)
        while self._idle:
            self._idle.pop().end()
            self._count -= 1

    def _forget_one(self) -> None:
        with self._free:
            self._count -= 1
            self._free.notify()


def _shape_of(fn: Any) -> str:
    parts = [fn.code_sha_256, fn.handler, fn.memory_size, fn.timeout, fn.role, sorted(fn.environment_vars.items())]
    return json.dumps(parts, default=str)


_unpacking = threading.Lock()


def _task_root_of(fn: Any) -> str:
    """The code, unpacked once for each function and version of its code."""
    name = hashlib.sha256(f"{fn.function_arn} {fn.code_sha_256}".encode()).hexdigest()[:24]
    root = os.path.join(HOME, "code", name)
    with _unpacking:
        if not os.path.isdir(root):
            with zipfile.ZipFile(io.BytesIO(fn.code_bytes)) as archive:
                archive.extractall(root)
    return root


def _variables_of(fn: Any) -> dict[str, str]:
    """What Lambda sets, with the credentials of a session of the function's own role, and where AWS is here."""
    session = sts_backends[fn.account_id][get_partition(fn.region)].assume_role(
        region_name=fn.region,
        role_session_name=fn.function_name,
        role_arn=fn.role,
        policy="",
        duration=43_200,
        external_id="",
    )
    ours = {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "NODE_NO_WARNINGS": "1",
        # At an address, S3 clients keep the bucket in the path; at a name they would look for `bucket.localhost`.
        "AWS_ENDPOINT_URL_S3": endpoint().replace("localhost", "127.0.0.1"),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{fn.function_name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "lab",
    }
    reserved = {
        "_HANDLER": fn.handler,
        "LAMBDA_TASK_ROOT": _task_root_of(fn),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{fn.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": fn.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": fn.memory_size,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_REGION": fn.region,
        "AWS_DEFAULT_REGION": fn.region,
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_ENDPOINT_URL": endpoint(),
    }
    return {name: str(value) for name, value in {**ours, **fn.environment_vars, **reserved}.items()}
