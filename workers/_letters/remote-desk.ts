import { Unavailable, UsageError } from "../_runtime/mod.ts";
import type { Call, Desk, ExportedLetter, JobResult } from "./desk.ts";
import { bodyText, callRemote, parseJson, type Remote, type RemoteRequest } from "./remote-call.ts";
import { readRows } from "./remote-rows.ts";

/** What is told of a call whose progress can't be seen. */
const TELL_MS = 1000;

/**
 * The desk of a console far away, by its API (`/api/v1` below `url`). Who asks is who the token says, not `call.by`.
 * Refusals come as `Refused`, as from a desk here.
 * @throws {UsageError} when `url` is none
 */
export function remoteDesk(url: string, { token }: { readonly token?: string } = {}): Desk {
  const remote: Remote = { url: baseOf(url), token };
  const get = <T>(call: Call, path: string, query?: RemoteRequest["query"]) =>
    ask<T>(remote, call, { method: "GET", path, ...(query && { query }), signal: call.signal });
  const post = <T>(call: Call, path: string, json: unknown) =>
    ask<T>(remote, call, { method: "POST", path, json, signal: call.signal });
  return {
    groups: (filter, call) => post(call, "/letters/groups", { filter }),
    list: (filter, page, call) => post(call, "/letters/list", { filter, page }),
    show: (letter, look, call) => get(call, `/letters/${part(letter)}`, { ...look }),
    plan: (wish, call) => post(call, "/plans", wish),
    plans: (call) => get(call, "/plans"),
    planOf: (plan, call) => get(call, `/plans/${part(plan)}`),
    export: (filter, call) =>
      readRows<ExportedLetter>(remote, { method: "POST", path: "/letters/export", json: { filter } }, call),
    audit: (wish, call) => get(call, "/audit", { ...wish }),
    replay: (plan, wish, call) => post(call, `/plans/${part(plan)}/replay`, wish),
    edit: (letter, wish, call) => post(call, `/letters/${part(letter)}/edit`, wish),
    discard: (which, { reason }, call) => post(call, "/letters/discard", { which, reason }),
    restore: (which, { reason }, call) => post(call, "/letters/restore", { which, reason }),
    import: (letters, { reason }, call) =>
      ask(remote, call, {
        method: "POST",
        path: "/letters/import",
        query: { reason },
        lines: letters,
        signal: call.signal,
      }),
    jobs: (call) => get(call, "/jobs"),
    job: (plan, call) => get(call, `/jobs/${part(plan)}`),
    control: (plan, order, call) => post(call, `/jobs/${part(plan)}/orders`, order),
    results: (plan, call) =>
      readRows<JobResult>(remote, { method: "GET", path: `/jobs/${part(plan)}/results` }, call),
    async close() {},
  };
}

async function ask<T>(remote: Remote, call: Call, request: RemoteRequest): Promise<T> {
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += TELL_MS / 1000;
    call.progress?.("waiting for the console, seconds", seconds, undefined);
  }, TELL_MS);
  try {
    const response = await callRemote(remote, request);
    const read = parseJson(await bodyText(remote.url, response, request.signal));
    if (typeof read !== "object" || read === null)
      throw new Unavailable(
        "console",
        `Cannot read the answer of '${remote.url}${request.path}': is this a console's address?`,
      );
    // The console builds its answer from a desk of this very interface and its tests hold it to that.
    return read as T;
  } finally {
    clearInterval(timer);
  }
}

function part(text: string): string {
  return encodeURIComponent(text);
}

function baseOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(
      `Cannot use --remote '${url}' as it is no console's address: write e.g. https://console.example`,
    );
  if (parsed.username !== "" || parsed.password !== "")
    throw new UsageError(
      "Cannot use a password in --remote: give the console's token with --token or BOXOFFICE_TOKEN",
    );
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, "");
}
