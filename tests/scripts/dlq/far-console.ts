import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { Test } from "tap";

/** What a request to the API is answered with; undefined: 404. */
export type Answers = Readonly<Record<string, (body: unknown, asked: number) => unknown>>;

export interface FarConsole {
  readonly url: string;
  /** `METHOD path` below `/api/v1` without its query, and the body, of every request so far. */
  readonly asked: (readonly [what: string, body: unknown])[];
}

/** A refusal or another bad answer. */
export class Bad {
  readonly status: number;
  readonly problem: object;
  constructor(status: number, problem: object) {
    this.status = status;
    this.problem = problem;
  }
}

/**
 * A console of which only the protocol is there, for what commands make of answers, for prompts and exit codes: says
 * what `answers` has for `METHOD path`. An array answer to a path ending in `export` or `results` goes out as NDJSON.
 */
export async function farConsole(t: Test, answers: Answers): Promise<FarConsole> {
  const asked: (readonly [string, unknown])[] = [];
  const server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url?.replace("/api/v1", "").replace(/\?.*/, "")}`;
    const body = await text(request);
    const read: unknown = request.headers["content-type"]?.includes("ndjson")
      ? body
      : body && JSON.parse(body);
    asked.push([what, read]);
    const times = asked.filter(([each]) => each === what).length;
    const answer = answers[what]?.(read, times) ?? new Bad(404, { detail: `nothing at ${what}` });
    if (answer instanceof Bad) {
      response.writeHead(answer.status, { "content-type": "application/problem+json" });
      response.end(JSON.stringify(answer.problem));
    } else if (Array.isArray(answer) && /(export|results)$/.test(what))
      response.end(answer.map((row) => `${JSON.stringify(row)}\n`).join(""));
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}
