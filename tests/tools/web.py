"""web.py - an HTTP client that sends what it is told to, and shapes that answers must have

Every request is a connection of its own, and has a deadline. The path goes out as given
(`//view/…` stays that), and no header is added but Host, Content-Length and, for a body that is
no octets, Content-Type.
"""

import gzip
import http.client
import json
import socket
import time

from tap import Failure, brief, check

# What `openssl passwd -6` makes of "secret".
SECRET_HASH = ("$6$postern$B7RKF8t6NIR.Noc7D.YDQW3a1yxXpKWWOuwEM4VxKepZlOIgkIa1TcqovnC6VQ."
               "F.9LVzvCQUMSY2HQmzrGxW0")


class Answer:
    """status, reason, headers (of http.client: .get, .get_all), body as octets."""

    def __init__(self, response, body, asked):
        self.status, self.reason, self.headers, self.body = response.status, response.reason, response.headers, body
        self.asked = asked  # "GET /path", for the words of a failure

    @property
    def type(self):
        """The media type, without parameters."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def text(self):
        return self.body.decode("utf-8", "backslashreplace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failure(f"{self.asked}: no JSON: {brief(self.body)}") from None

    def unpacked(self):
        """The body without its gzip."""
        return gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body

    def expect(self, status=200, type=None, text=None):
        """The answer must have this status, media type and text (blanks around it aside)."""
        if self.status != status:
            raise Failure(f"{self.asked}: expected {status}, found {self.status}: {brief(self.text)}")
        if type is not None and self.type != type:
            raise Failure(f"{self.asked}: expected {type}, found {self.headers.get('Content-Type')!r}")
        if text is not None and self.text.strip() != text:
            raise Failure(f"{self.asked}: expected {text!r}, found {brief(self.text)}")
        return self

    def __repr__(self):
        return f"{self.asked}: {self.status} {self.headers.get('Content-Type')} {brief(self.text)}"


class Web:
    """Requests to address (host, port); headers go with each of them."""

    def __init__(self, address, headers=None, seconds=10):
        self.address, self.headers, self.seconds = address, headers or {}, seconds

    @property
    def host(self):
        name = f"[{self.address[0]}]" if ":" in self.address[0] else self.address[0]
        return f"{name}:{self.address[1]}"

    @property
    def origin(self):
        return f"http://{self.host}"

    def request(self, method, path, body=None, headers=None, seconds=None):
        """The answer. body: octets, or what is made JSON of; a header of None is left out."""
        sent = {"Host": self.host, **self.headers}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        if body is not None or method in ("POST", "PUT"):
            sent["Content-Length"] = str(len(body or b""))
        sent.update(headers or {})
        asked = f"{method} {brief(path, 120)[1:-1]}"
        end = time.monotonic() + (seconds or self.seconds)
        connection = http.client.HTTPConnection(*self.address, timeout=seconds or self.seconds)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response, response.read(), asked)
        except TimeoutError:
            raise Failure(f"{asked}: no answer in {seconds or self.seconds} s") from None
        except (OSError, http.client.HTTPException) as fault:
            raise Failure(f"{asked}: {type(fault).__name__}: {fault} "
                          f"({end - time.monotonic():.1f} s were left)") from None
        finally:
            connection.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def delete(self, path, body=None, **more):
        return self.request("DELETE", path, body, **more)

    def ok(self, method, path, body=None, **more):
        """A write that must be answered by the two octets ok."""
        answer = self.request(method, path, body, **more).expect(200, "text/plain")
        check(answer.body == b"ok", answer)
        return answer

    def raw(self, octets, seconds=None, finish=False):
        """What comes back for these octets until the server closes or the time is over.
        finish: close the sending side behind them."""
        with socket.create_connection(self.address, timeout=seconds or self.seconds) as peer:
            try:
                peer.sendall(octets)
                if finish:
                    peer.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # closed by the other side already
            return receive_all(peer, seconds or self.seconds)


def receive_all(peer, seconds):
    """What comes until the end of the connection, or of the time."""
    found, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        peer.settimeout(max(0.01, end - time.monotonic()))
        try:
            octets = peer.recv(65536)
        except (TimeoutError, ConnectionResetError):
            break
        if not octets:
            break
        found += octets
    return found


# ---- shapes: what JSON must look like

class Some:
    """A value of one of these types for which test is true."""

    def __init__(self, *types, test=None, words=""):
        self.types, self.test, self.words = types, test, words

    def __repr__(self):
        return self.words or " or ".join(t.__name__ for t in self.types)


TEXT, WHOLE, YES_NO, NUMBER = Some(str), Some(int), Some(bool), Some(int, float)


def match(found, shape, where="answer"):
    """found must have shape: a dict has exactly these keys; [x] is a list, each of x;
    (a, b) is a list of exactly these; Some is a type; anything else is the value itself."""
    if isinstance(shape, Some):
        good = type(found) in shape.types and (shape.test is None or shape.test(found))
        check(good, f"{where}: expected {shape!r}, found {brief(found)}")
    elif isinstance(shape, dict):
        check(type(found) is dict, f"{where}: expected an object, found {brief(found)}")
        more, less = sorted(set(found) - set(shape)), sorted(set(shape) - set(found))
        check(not more and not less, f"{where}: keys too many: {more}, missing: {less}")
        for key, inner in shape.items():
            match(found[key], inner, f"{where}.{key}")
    elif isinstance(shape, (list, tuple)):
        check(type(found) is list, f"{where}: expected an array, found {brief(found)}")
        if isinstance(shape, tuple):
            check(len(found) == len(shape), f"{where}: expected {len(shape)} values, found {brief(found)}")
            for i, inner in enumerate(shape):
                match(found[i], inner, f"{where}[{i}]")
        else:
            for i, value in enumerate(found):
                match(value, shape[0], f"{where}[{i}]")
    else:
        check(type(found) is type(shape) and found == shape, f"{where}: expected {shape!r}, found {brief(found)}")
