"""moto_server on which deployed functions run. `python3 server.py PORT`; see lab_server/settings.py for what it is told."""

import os
import signal
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["MOTO_PORT"] = sys.argv[1]

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from lab_server import events, functions, organizations, queues, templates  # noqa: E402
from lab_server.routes import Routes  # noqa: E402


def stop(_signal: int, _frame: Any) -> None:
    functions.end_all()
    os._exit(0)


def main() -> None:
    for part in (functions, templates, queues, events, organizations):
        part.install()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    application = Routes(DomainDispatcherApplication(create_backend_app))
    make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
