import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { UsageError } from "../../workers/_runtime/errors.ts";
import type { Ledger } from "./ledger.ts";
import { parseOutage } from "./outage.ts";
import type { Smtp } from "./smtp.ts";

/**
 * The witness's window:
 * - `GET /messages[?after=N][&to=ADDRESS]`: the ledger, JSON; NDJSON when `Accept` asks for `application/x-ndjson`
 * - `GET /outage`, `PUT /outage`: how it misbehaves
 */
export async function listenHttp(host: string, port: number, ledger: Ledger, smtp: Smtp): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, ledger, smtp).catch((error: unknown) => {
      const status = error instanceof UsageError ? 400 : 500;
      json(response, status, { title: error instanceof Error ? error.message : String(error), status });
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  ledger: Ledger,
  smtp: Smtp,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://catcher");
  const asked = `${request.method} ${url.pathname}`;
  if (asked === "GET /messages") return messages(request, response, ledger, url.searchParams);
  if (asked === "GET /outage") return json(response, 200, smtp.outage);
  if (asked === "PUT /outage" || asked === "POST /outage") {
    await smtp.set(parseOutage(await text(request)));
    return json(response, 200, smtp.outage);
  }
  json(response, 404, { title: `No ${asked} here`, status: 404 });
}

function messages(
  request: IncomingMessage,
  response: ServerResponse,
  ledger: Ledger,
  query: URLSearchParams,
): void {
  const after = Number(query.get("after") ?? 0);
  const to = query.get("to");
  const found = ledger.messages.filter(
    (message) => message.number > after && (to === null || message.to.includes(to)),
  );
  if (!request.headers.accept?.includes("application/x-ndjson")) {
    json(response, 200, found);
    return;
  }
  response.setHeader("content-type", "application/x-ndjson");
  response.end(found.map((message) => `${JSON.stringify(message)}\n`).join(""));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", status < 400 ? "application/json" : "application/problem+json");
  response.end(JSON.stringify(body));
}
