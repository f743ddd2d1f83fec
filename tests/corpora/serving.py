"""A server of files that misbehaves as real ones do."""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Files by path; ``faults[path]`` is a list of what goes wrong, one a request, then nothing.

    A fault is a status, ("drop", bytes sent before the connection breaks), ("short", bytes) or
    "no ranges", which of the paths ``without_ranges`` none knows.
    """

    def __init__(self):
        self.files, self.faults, self.requests = {}, {}, []
        self.without_ranges: set[str] = set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.answer(self)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, handler):
        path, asked = handler.path, handler.headers.get("Range")
        self.requests.append((path, asked))
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else None
        if isinstance(fault, int):
            return self._send(handler, fault, b"error", {"Retry-After": "0"})
        if path not in self.files:
            return self._send(handler, 404, b"not found")
        content, headers, status = self.files[path], {}, 200
        asked = None if fault == "no ranges" or path in self.without_ranges else asked
        first, _, last = asked[6:].partition("-") if asked else ("", "", "")
        start = int(first) if first else max(0, len(content) - int(last)) if last else 0
        end = min(int(last) + 1, len(content)) if first and last else len(content)
        if start >= len(content) and asked:
            return self._send(handler, 416, b"")
        if start or last:
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
        if fault == "other range":
            headers["Content-Range"] = f"bytes 1-{len(content) - 1}/{len(content)}"
        return self._send(handler, status, content[start:end], headers, fault)

    def _send(self, handler, status, content, headers=(), fault=None):
        handler.send_response(status)
        for name, value in dict(headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if isinstance(fault, tuple):
            handler.wfile.write(content[: fault[1]])
            handler.wfile.flush()
            handler.close_connection = True
            if fault[0] == "drop":  # with a reset, as a router does it
                linger = struct.pack("ii", 1, 0)
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        handler.wfile.write(content)

    def close(self):
        self._http.shutdown()
        self._http.server_close()
