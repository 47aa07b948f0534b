import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, problem } from "./answer.ts";

const MAX_BODY_BYTES = 16_384;

/** A request's body as JSON, or the problem to answer with. An empty body is undefined. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ readonly value: unknown } | { readonly answer: Answer }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Read on to the end: an answer in the middle of an upload would be lost with the connection.
    if (bytes <= MAX_BODY_BYTES) parts.push(part);
  }
  if (bytes > MAX_BODY_BYTES) {
    const detail = `Cannot read body as it must have at most ${MAX_BODY_BYTES} bytes: current value is ${bytes}`;
    return { answer: problem(413, "body_too_large", detail) };
  }
  const text = Buffer.concat(parts).toString();
  if (text === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { answer: problem(400, "body_malformed", "Cannot read body as it must be JSON") };
  }
}

/** The status line and headers; the body's bytes are the caller's to write. */
export function begin(response: ServerResponse, answer: Answer): Buffer {
  const bytes = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...answer.headers,
  });
  return bytes;
}

export function send(response: ServerResponse, answer: Answer): void {
  response.end(begin(response, answer));
}
