import type { ServerResponse } from "node:http";

/** A body or error as JSON, with its status. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export function sendJson(response: ServerResponse, { status, body }: JsonAnswer): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.end(`${JSON.stringify(body)}\n`);
}
