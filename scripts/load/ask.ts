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

/** One HTTP call. Never throws but for `signal`, which ends the whole run. */
export async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body, timeoutMs, hangUpMs } = question;
  const patience = AbortSignal.timeout(Math.min(timeoutMs, hangUpMs ?? timeoutMs));
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.any([signal, patience]),
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
      body: await response.text(),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return { lost: hangUpMs === undefined ? "timeout" : "hung up" };
    return { lost: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
}
