import type * as z from "zod";
import { Unavailable } from "../_runtime/mod.ts";
import type { Call } from "./desk.ts";
import { brokeOff, callRemote, misfit, parseJson, type Remote, type RemoteRequest } from "./remote-call.ts";

/** Longest line taken, characters: a letter's bytes in base64 and its headers stay far below it. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * A streamed answer (NDJSON), row by row as it comes in.
 * @throws {Unavailable} when it breaks off: what came before is not all of it
 */
export async function* readRows<T>(
  remote: Remote,
  schema: z.ZodType,
  request: Omit<RemoteRequest, "signal">,
  call: Call,
): AsyncGenerator<T> {
  const response = await callRemote(remote, {
    ...request,
    accept: "application/x-ndjson",
    signal: call.signal,
  });
  let rows = 0;
  for await (const line of linesOf(remote.url, response, call.signal)) {
    const row = parseJson(line);
    const why = misfit(schema, row);
    if (why !== undefined)
      throw new Unavailable(
        "console",
        `Cannot read row ${rows + 1} of the answer of '${remote.url}' (${why})`,
      );
    rows += 1;
    // As in remote-desk.ts.
    yield row as T;
  }
}

async function* linesOf(url: string, { body }: Response, signal: AbortSignal): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST_LINE) throw new Error("a line without end");
      for (const line of lines) if (line !== "") yield line;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw brokeOff(url, error);
  }
  // Rows end with a line feed: one without is half of one, unless it is whole JSON.
  if (rest.trim() !== "") yield rest;
}
