"""What the server is told by its environment."""

import os
import tempfile

#: Where functions are unpacked; whoever starts the server removes it.
HOME = os.environ.get("PLUMBLINE_LAB_HOME") or tempfile.mkdtemp(prefix="plumbline-lab-")

#: The file that takes everything functions print.
LOG = os.environ.get("PLUMBLINE_LAB_LOG") or os.path.join(HOME, "functions.log")

#: Seconds until a message that failed is seen again; unset: what is left of its queue's visibility timeout.
VISIBILITY = float(os.environ["PLUMBLINE_LAB_VISIBILITY"]) if os.environ.get("PLUMBLINE_LAB_VISIBILITY") else None

#: Seconds between the tries of an asynchronous invocation. Lambda waits a minute, then two.
RETRY_DELAY = float(os.environ.get("PLUMBLINE_LAB_RETRY_DELAY") or "0.5")

#: Node, which runs the functions whatever runtime they were deployed for.
NODE = os.environ.get("PLUMBLINE_LAB_NODE") or "node"


def endpoint() -> str:
    """Where this server answers. The name and not the address: S3 Control puts an account id before it."""
    return f"http://localhost:{os.environ['MOTO_PORT']}"
