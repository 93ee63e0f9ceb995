"""moto_server with what stock moto lacks: functions that run, queues that call them, events that reach them."""
