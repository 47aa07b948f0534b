"""fastavro as a judge; the protocol is that of java/Oracle.java, for the question "decode"."""

import io
import json
import platform
import struct
import sys

import fastavro
from fastavro import parse_schema, schemaless_reader, schemaless_writer

MOST_SCHEMAS = 64
SCHEMAS = {}


def schema(text):
    known = SCHEMAS.get(text)
    if known is None:
        if len(SCHEMAS) >= MOST_SCHEMAS:
            SCHEMAS.clear()
        known = SCHEMAS[text] = parse_schema(json.loads(text))
    return known


def decode(request):
    writer, reader = schema(request[1]), schema(request[2])
    other = None if request[1] == request[2] else reader
    answer = [b"ok"]
    for payload in request[3:]:
        try:
            source = io.BytesIO(payload)
            # Named types keep their names, so that a union is written with the branch that was read.
            datum = schemaless_reader(source, writer, other, return_named_type=True)
            if source.tell() < len(payload):
                raise ValueError("bytes are left over")
            sink = io.BytesIO()
            schemaless_writer(sink, reader, datum)
            answer.append(b"+" + sink.getvalue())
        except Exception as error:  # whatever a payload does to it is the answer
            answer.append(f"-{type(error).__name__}: {error}".encode("utf-8", "replace"))
    return answer


def version(_):
    return [b"ok", f"{fastavro.__version__} on Python {platform.python_version()}".encode()]


QUESTIONS = {b"decode": decode, b"version": version}


def read(source):
    head = source.read(4)
    if len(head) < 4:
        return None
    parts = []
    for _ in range(struct.unpack(">I", head)[0]):
        parts.append(source.read(struct.unpack(">I", source.read(4))[0]))
    return parts


def main():
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := read(source)) is not None:
        try:
            answer = QUESTIONS[request[0]](request)
        except Exception as error:
            answer = [b"no", f"{type(error).__name__}: {error}".encode("utf-8", "replace")]
        packed = [struct.pack(">I", len(answer))]
        for part in answer:
            packed += [struct.pack(">I", len(part)), part]
        sink.write(b"".join(packed))
        sink.flush()


main()
