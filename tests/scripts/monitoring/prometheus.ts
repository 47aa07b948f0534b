import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RuleGroups } from "../../../scripts/monitoring/rules.ts";
import type { Guard } from "../../../scripts/stack/guard.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { createService } from "../../../scripts/stack/service.ts";

/** A series of an instant query: its labels, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Alarm {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

/** A real Prometheus that looks at everything once a second. */
export interface Prometheus {
  /** Has it read one more process; `/metrics` below each. */
  scrape(healthUrl: string): Promise<void>;
  /** As when Kubernetes takes a pod away. */
  forget(healthUrl: string): Promise<void>;
  query(expr: string): Promise<readonly Sample[]>;
  /** How many series the expression had at any time since `from`, epoch ms. */
  seriesSince(expr: string, from: number): Promise<number>;
  /** Alerts that are pending or firing. */
  alarms(): Promise<readonly Alarm[]>;
  stop(): Promise<void>;
}

const EVERY = "1s";
const EVERY_SECONDS = 1;

/** Starts it with these rules; it ends with this process, however that ends. */
export async function startPrometheus(
  command: string,
  folder: string,
  rules: RuleGroups,
  guard: Guard,
): Promise<Prometheus> {
  await mkdir(folder, { recursive: true });
  const targets = join(folder, "targets.json");
  const urls: string[] = [];
  const writeTargets = () =>
    writeFile(targets, JSON.stringify([{ targets: urls.map((url) => new URL(url).host) }]));
  await writeTargets();
  await writeFile(join(folder, "rules.yaml"), stringify(rules));
  await writeFile(
    join(folder, "prometheus.yaml"),
    stringify({
      global: { scrape_interval: EVERY, scrape_timeout: EVERY, evaluation_interval: EVERY },
      rule_files: ["rules.yaml"],
      scrape_configs: [
        { job_name: "boxoffice", file_sd_configs: [{ files: ["targets.json"], refresh_interval: EVERY }] },
      ],
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = createService(
    {
      ...{ name: "prometheus", port, url, command, cwd: folder },
      args: [
        `--config.file=${join(folder, "prometheus.yaml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      logFile: join(folder, "prometheus.log"),
      ready: async (signal) => {
        const answer = await fetch(`${url}/-/ready`, { signal });
        if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      },
    },
    guard,
  );
  await service.start();

  const ask = async (path: string, fields: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(fields)}`);
    const body = await answer.text();
    if (!answer.ok) throw new Error(`Cannot ask Prometheus for ${path}: ${answer.status} ${body}`);
    return JSON.parse(body).data;
  };
  return {
    async scrape(healthUrl) {
      urls.push(healthUrl);
      await writeTargets();
    },
    async forget(healthUrl) {
      urls.splice(urls.indexOf(healthUrl), 1);
      await writeTargets();
    },
    async query(expr) {
      const { result }: { result: { metric: Record<string, string>; value: [number, string] }[] } = await ask(
        "query",
        { query: expr },
      );
      return result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
    },
    async seriesSince(expr, from) {
      const times = {
        start: String(from / 1000),
        end: String(Date.now() / 1000),
        step: String(EVERY_SECONDS),
      };
      const { result }: { result: unknown[] } = await ask("query_range", { query: expr, ...times });
      return result.length;
    },
    async alarms() {
      const { alerts }: { alerts: Alarm[] } = await ask("alerts");
      return alerts;
    },
    stop: () => service.stop(),
  };
}

function numberOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text);
}
