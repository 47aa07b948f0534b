import { Agent, request } from "node:http";
import { type Answer, retryAfterMs } from "./answer.ts";

export interface Question {
  readonly method: "POST" | "DELETE" | "GET";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** After it the answer counts as lost. */
  readonly timeoutMs: number;
  /** The client hangs up so early on purpose. */
  readonly hangUpMs?: number;
}

/** Of all fans together: connections beyond it wait here, which their latency counts. */
const MOST_SOCKETS = 512;

const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS, scheduling: "lifo" });

/**
 * One HTTP call (plain `http:`; the client is to cost less than what it measures). Never throws but for
 * `signal`, which ends the whole run.
 */
export function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body, timeoutMs, hangUpMs } = question;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const call = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", failed);
      response.once("end", () => {
        const told = retryAfterMs(response.headers["retry-after"]);
        settle(() => resolve({ status: response.statusCode ?? 0, retryAfterMs: told, body: text }));
      });
    });
    const settle = (how: () => void) => {
      clearTimeout(patience);
      signal.removeEventListener("abort", onAbort);
      how();
    };
    const failed = (error: NodeJS.ErrnoException) =>
      settle(() => (signal.aborted ? reject(signal.reason) : resolve({ lost: error.code ?? error.message })));
    const onAbort = () => call.destroy();
    const giveUp = (lost: string) => {
      settle(() => resolve({ lost }));
      call.destroy();
    };
    const patience = setTimeout(
      () => giveUp(hangUpMs === undefined ? "timeout" : "hung up"),
      Math.min(timeoutMs, hangUpMs ?? timeoutMs),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    call.on("error", failed);
    // An answer can break off in its middle without an error of its own.
    call.once("close", () => failed(Object.assign(new Error("closed"), { code: "ECLOSED" })));
    call.end(body);
  });
}
