import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { type Answer, problem } from "./answer.ts";
import { readBody, send } from "./body.ts";
import { explain } from "./explain.ts";
import { changeFaults, type Faults, NO_FAULTS } from "./faults.ts";
import type { Entry } from "./ledger.ts";
import { OUTAGE_MODES, type Outage } from "./outage.ts";
import type { GatewayStats } from "./stats.ts";

export interface AdminOptions {
  readonly entries: readonly Entry[];
  readonly outage: Outage;
  readonly faults: () => Faults;
  readonly setFaults: (faults: Faults) => void;
  readonly stats: () => GatewayStats;
}

/** Faults, outages, ledger: on a port of its own, so that no outage shuts it. */
export function createAdmin(options: AdminOptions): RequestListener {
  return (request, response) => {
    response.on("error", () => {});
    serve(request, response, options).catch((error: unknown) => {
      if (response.headersSent || request.destroyed) request.socket.destroy();
      else send(response, problem(500, "internal", error instanceof Error ? error.message : String(error)));
    });
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const call = `${request.method} ${url.pathname}`;
  const body = await readBody(request);
  if ("answer" in body) return send(response, body.answer);
  if (call === "GET /ledger") return sendLedger(response, options.entries, url.searchParams);
  send(response, await answer(call, body.value, options));
}

async function answer(call: string, value: unknown, options: AdminOptions): Promise<Answer> {
  const { outage, faults, setFaults, stats } = options;
  switch (call) {
    case "GET /health":
      return { status: 200, body: { ok: true } };
    case "GET /stats":
      return { status: 200, body: { ...stats() } };
    case "GET /faults":
      return { status: 200, body: { ...faults() } };
    case "PUT /faults":
    case "PATCH /faults":
      try {
        setFaults(changeFaults(call.startsWith("PUT") ? NO_FAULTS : faults(), value));
        return { status: 200, body: { ...faults() } };
      } catch (error) {
        if (error instanceof RangeError) return problem(422, "faults_invalid", error.message);
        throw error;
      }
    case "PUT /outage": {
      const wanted = outageBody.safeParse(value);
      if (!wanted.success)
        return problem(422, "outage_invalid", `Cannot start outage as ${explain(wanted.error, value)}`);
      await outage.begin(wanted.data.mode, wanted.data.forMs);
      return { status: 200, body: wanted.data };
    }
    case "DELETE /outage":
      await outage.end();
      return { status: 200, body: {} };
    default:
      return problem(404, "not_found", `There is no '${call}': see docs/gateway.md`);
  }
}

const FOR = "must be 1 to 86400000 milliseconds";
const outageBody = z.strictObject(
  {
    mode: z.enum(OUTAGE_MODES, `must be one of ${OUTAGE_MODES.join(", ")}`),
    forMs: z.number(FOR).min(1, FOR).max(86_400_000, FOR),
  },
  "must be an object",
);

async function sendLedger(
  response: ServerResponse,
  entries: readonly Entry[],
  query: URLSearchParams,
): Promise<void> {
  const after = Number(query.get("after") ?? 0);
  if (!Number.isInteger(after) || after < 0) {
    const detail = `Cannot read ledger as 'after' must be an entry's number: current value is '${query.get("after")}'`;
    return send(response, problem(422, "after_invalid", detail));
  }
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  await pipeline(Readable.from(lines(entries, after, query.get("kind"))), response);
}

const LINES_A_CHUNK = 500;

/** Entries are numbered from 1 without gaps: the one after number n stands at index n. */
function* lines(entries: readonly Entry[], after: number, kind: string | null): Generator<string> {
  for (let from = after; from < entries.length; from += LINES_A_CHUNK) {
    const chunk = entries.slice(from, from + LINES_A_CHUNK);
    const chosen = kind === null ? chunk : chunk.filter((entry) => entry.kind === kind);
    if (chosen.length > 0) yield `${chosen.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
  }
}
