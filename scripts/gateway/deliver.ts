import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, problem } from "./answer.ts";
import { begin, send } from "./body.ts";
import type { FaultKind } from "./faults.ts";

export interface DeliverOptions {
  readonly fault: FaultKind | undefined;
  readonly dripMs: number;
  readonly giveUpMs: number;
  readonly pause: (ms: number) => Promise<void>;
}

/** Sends `answer`, or what a fault after the effect makes of it. */
export async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  options: DeliverOptions,
): Promise<void> {
  switch (options.fault) {
    case "lost":
      return hold(response, options.giveUpMs);
    case "resetAfter":
      request.socket.resetAndDestroy();
      return;
    case "errorAfter":
      return send(response, problem(500, "internal", "Something went wrong"));
    case "drip":
      return drip(response, answer, options);
    default:
      return send(response, answer);
  }
}

/** Never answers; resets the connection after `giveUpMs`, so that what is held stays bounded. */
export function hold(response: ServerResponse, giveUpMs: number): void {
  const timer = setTimeout(() => response.socket?.resetAndDestroy(), giveUpMs);
  response.on("close", () => clearTimeout(timer));
}

async function drip(response: ServerResponse, answer: Answer, options: DeliverOptions): Promise<void> {
  const bytes = begin(response, answer);
  response.flushHeaders();
  for (const byte of bytes) {
    await options.pause(options.dripMs);
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}
