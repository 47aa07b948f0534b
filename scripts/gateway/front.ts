import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Answer, problem } from "./answer.ts";
import { readBody, send } from "./body.ts";
import type { Book } from "./book.ts";
import { cardOf, charge } from "./charge.ts";
import { close } from "./close.ts";
import { deliver, hold } from "./deliver.ts";
import { chooseCardFault, chooseFault, latencyMs } from "./dice.ts";
import type { FaultKind, Faults } from "./faults.ts";
import type { OutageMode } from "./outage.ts";
import { refund } from "./refund.ts";

export interface FrontOptions {
  readonly book: Book;
  readonly seed: number;
  readonly faults: () => Faults;
  readonly outage: () => OutageMode | undefined;
  /** After which a connection without an answer is reset. */
  readonly giveUpMs: number;
  /** Aborted when the gateway closes: what is under way then never happens. */
  readonly lifetime: AbortSignal;
  readonly counted: (fault: FaultKind | undefined) => void;
  /** Rejects once the gateway closes. */
  readonly pause: (ms: number) => Promise<void>;
}

/** The gateway's own calls, with the faults in force. */
export function createFront(options: FrontOptions): RequestListener {
  return (request, response) => {
    // Who hung up hears nothing; what is under way goes on.
    response.on("error", () => {});
    serve(request, response, options).catch((error: unknown) => {
      if (options.lifetime.aborted || request.destroyed || response.headersSent) request.socket.destroy();
      else send(response, problem(500, "internal", error instanceof Error ? error.message : String(error)));
    });
  };
}

type Call = "charge" | "refund" | "close";

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: FrontOptions,
): Promise<void> {
  const { book, seed, outage, giveUpMs, pause } = options;
  const mode = outage();
  if (mode === "hang") return hold(response, giveUpMs);
  const body = await readBody(request);
  if (mode === "503") return send(response, unavailable());
  const route = routeOf(request);
  if ("status" in route) return send(response, route);
  const { key, call } = route;
  if ("answer" in body) return send(response, body.answer);
  const nth = book.called(key);
  if (nth === undefined) {
    const detail = `Cannot take another key as ${book.size.keys} are remembered: start with a higher --max-keys`;
    return send(response, problem(503, "ledger_full", detail));
  }

  const faults = options.faults();
  const cardFault = call === "charge" ? chooseCardFault(cardOf(body.value), nth) : undefined;
  // Calls that failed are forgotten with the process: with the same luck again, one key would fail as often once more.
  const fault = cardFault ?? chooseFault(faults, seed, key, book.earlier + nth);
  options.counted(fault);
  const due = async () => {
    const ms =
      latencyMs(faults, seed, key, nth) + (fault === "stall" && call !== "close" ? faults.stallMs : 0);
    if (ms > 0) await pause(ms);
  };
  const early = await faultBefore(fault, due);
  if (early === "hang") return hold(response, giveUpMs);
  if (early === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  const answer = early ?? (await effect(call, key, body.value, { book, faults, seed, due }));
  await deliver(request, response, answer, { fault, dripMs: faults.dripMs, giveUpMs, pause });
}

/** What happens instead of the call; undefined: the call takes place. */
async function faultBefore(
  fault: FaultKind | undefined,
  due: () => Promise<void>,
): Promise<Answer | "hang" | "reset" | undefined> {
  switch (fault) {
    case "hang":
      return "hang";
    case "resetBefore":
      return "reset";
    case "unavailable":
      return unavailable();
    case "rateLimited":
      return problem(429, "rate_limited", "Too many calls: ask again later", 1);
    case "errorBefore":
      await due();
      return problem(500, "internal", "Something went wrong");
    default:
      return undefined;
  }
}

async function effect(
  call: Call,
  key: string,
  value: unknown,
  options: Parameters<typeof charge>[2],
): Promise<Answer> {
  if (call === "charge") return charge(key, value, options);
  if (call === "refund") return refund(key, value, options);
  await options.due();
  return close(key, options.book);
}

function unavailable(): Answer {
  return problem(503, "unavailable", "The gateway is down: ask again later", 1);
}

const PATHS: Readonly<Record<string, Call>> = { "/charges": "charge", "/refunds": "refund" };

function routeOf(request: IncomingMessage): { readonly call: Call; readonly key: string } | Answer {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const closing = /^\/keys\/([^/]+)\/close$/.exec(path)?.[1];
  const call = closing === undefined ? PATHS[path] : "close";
  if (call === undefined) return problem(404, "not_found", `There is no '${path}'`);
  if (request.method !== "POST") return problem(405, "method_not_allowed", `'${path}' takes POST only`);
  const key = closing === undefined ? request.headers["idempotency-key"] : decoded(closing);
  if (typeof key !== "string" || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    const detail = "Cannot take call as its idempotency key must be 1 to 255 printable ASCII characters";
    return problem(400, "key_missing", detail);
  }
  return { call, key };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
