import { request as httpRequest } from "node:http";
import type { Queue } from "bullmq";
import type { Test } from "tap";
import type { Desk } from "../../../workers/_letters/desk.ts";
import { createLog } from "../../../workers/_runtime/log.ts";
import { type ConsoleConfig, type Environment, readConfig } from "../../../workers/_runtime/mod.ts";
import type { FleetView } from "../../../workers/console/fleet/view.ts";
import { createServer } from "../../../workers/console/server.ts";
import { memoryDesk } from "./memory-desk.ts";

export interface OpenConsole {
  readonly url: string;
  readonly asked: ReturnType<typeof memoryDesk>["asked"];
  readonly lines: readonly string[];
  ask(path: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it stands. */
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: { readonly [field: string]: unknown } | undefined;
}

const quietFleet: FleetView = {
  workers: ["billing"],
  look: async () => ({ time: 0, workers: [], silent: [] }),
};

export interface ConsoleOptions {
  /** CONSOLE_… settings. */
  readonly settings?: Environment;
  readonly desk?: Partial<Desk>;
  readonly fleet?: FleetView;
  readonly queues?: readonly Queue[];
  /** @default a free one */
  readonly port?: number;
}

export function consoleConfig(settings: Environment = {}): ConsoleConfig {
  return readConfig({ BOXOFFICE_PROFILE: "test", ...settings }, []).console;
}

/** The console on a port of loopback, over a desk in memory. */
export async function openConsole(t: Test, options: ConsoleOptions = {}): Promise<OpenConsole> {
  const { desk, asked } = memoryDesk(options.desk);
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    worker: "console",
    build: "test",
    to: { write: (line: string) => void lines.push(line) },
  });
  const server = createServer({
    desk,
    fleet: options.fleet ?? quietFleet,
    queues: options.queues ?? [],
    config: consoleConfig(options.settings),
    log,
  });
  const url = await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  t.teardown(() => server.close());
  return { url, asked, lines, ask: (path, more) => ask(new URL(path, url), more) };
}

/** Not by `fetch`, which doesn't let a program set Host, Origin or Sec-Fetch-Site. */
export function ask(url: URL, { method, headers = {}, json, form, body }: AskOptions = {}): Promise<Answer> {
  const content =
    json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : body;
  const type = json !== undefined ? "application/json" : "application/x-www-form-urlencoded";
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      {
        method: method ?? (content === undefined ? "GET" : "POST"),
        agent: false,
        headers: { ...(content !== undefined && { "content-type": type }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const answered = new Headers();
          for (let i = 0; i < response.rawHeaders.length; i += 2)
            answered.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
          resolve({
            status: response.statusCode ?? 0,
            headers: answered,
            text,
            json: answered.get("content-type")?.includes("json") && text !== "" ? parsed(text) : undefined,
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(content);
  });
}

function parsed(text: string): Answer["json"] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The form token that a page carries. */
export function csrfOf(page: string): string {
  return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
}
