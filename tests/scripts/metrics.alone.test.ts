import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import t from "tap";
import { topics } from "../../schemas/topics.ts";
import { type MetricRow, metricRows } from "../../scripts/metrics.ts";
import { freePort } from "../../scripts/stack/port.ts";
import { startStack } from "../../scripts/stack/start.ts";
import type { Topic, Worker } from "../../workers/_runtime/mod.ts";
import { loadWorkers } from "../../workers/all.ts";
import { fleet, until } from "../_support/fleet.ts";
import { findTool, leaveOut } from "../left-out.ts";

const promtool = findTool("promtool");
const small = (topic: Topic): Topic => ({ ...topic, partitions: 2 });
const quick = (worker: Worker): Worker => ({
  ...worker,
  retry: ["200ms"],
  reads: worker.reads.map(({ topic, records }) => ({ topic: small(topic), records })),
});

/** Labels of every series are the worker's, a histogram's own, and those that are declared. */
function strangeLabels(shown: string, rows: readonly MetricRow[]): string[] {
  return [...shown.matchAll(/^(boxoffice_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} \S+$/gm)].flatMap(
    ([line, name, labels = ""]) => {
      const declared = rows.find((row) => row.name === name)?.labels;
      const names = [...labels.matchAll(/(?:^|,)(\w+)="/g)].map(([, label = ""]) => label);
      const known = ["worker", "le", ...Object.keys(declared ?? {})];
      return declared !== undefined && names.every((label) => known.includes(label)) ? [] : [line];
    },
  );
}

/** What promtool complains about, a line each. */
async function complaints(metrics: string): Promise<string[]> {
  const child = spawn(promtool ?? "promtool", ["check", "metrics"], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(metrics);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return `${out}${error}`.split("\n").filter((line) => line.trim() !== "");
}

t.test("every worker shows the metrics that the table says it has", { timeout: 900_000 }, async (t) => {
  const stack = await startStack({}, new AbortController().signal);
  t.teardown(() => stack.stop());
  const [intakePort, consolePort] = [await freePort(), await freePort()];
  const f = await fleet(t, {
    ...stack.env,
    GATEWAY_URL: "http://127.0.0.1:9",
    INTAKE_PORT: String(intakePort),
    CONSOLE_PORT: String(consolePort),
  });
  const workers = (await loadWorkers()).map(quick);
  await f.prepare((topics as unknown as readonly Topic[]).map(small), workers);
  // Dead letters of every worker that reads them: they have no frame.
  const bytes = Buffer.from("not of ours");
  await f.send(
    ["reservations", "payments"].map((topic) => ({
      topic,
      partition: 0,
      key: bytes,
      value: bytes,
      headers: [],
    })),
  );
  const urls = new Map<string, string>();
  // The replayer last, which counts at once what lies in the DLQs, and again only after half a minute.
  for (const worker of workers.filter(({ name }) => name !== "replayer"))
    urls.set(worker.name, (await f.run(worker)).health.url);
  const shownBy = async (worker: string) => await (await fetch(`${urls.get(worker)}/metrics`)).text();
  for (const { name } of workers.filter(({ reads }) => reads.length > 0))
    await until(t, `${name} has met what it can't read`, async () =>
      /^boxoffice_dead_letters_total\{.*stage="frame".*\} 1$/m.test(await shownBy(name)),
    );
  const replayer = workers.find(({ name }) => name === "replayer");
  if (replayer === undefined) return t.fail("there is a replayer");
  urls.set("replayer", (await f.run(replayer)).health.url);
  await until(t, "the replayer counted the letters", async () =>
    /^boxoffice_dlq_open_letters\{dlq="reservations\.payment\.dlq",worker="replayer"\} 1$/m.test(
      await shownBy("replayer"),
    ),
  );
  for (const worker of ["intake", "settlement", "expiry"])
    await until(t, `the seat map is open for ${worker}`, async () =>
      (await shownBy(worker)).includes(`boxoffice_seat_map_open{worker="${worker}"} 1\n`),
    );
  for (const [port, path] of [
    [intakePort, "/concerts/nowhere"],
    [consolePort, "/nowhere"],
  ] as const)
    t.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 404);

  const rows = await metricRows();
  for (const worker of workers.map(({ name }) => name)) {
    const shown = await shownBy(worker);
    const types = [...shown.matchAll(/^# TYPE (boxoffice_\S+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    t.same(
      types.sort(),
      rows
        .filter((row) => row.workers.includes(worker))
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
      worker,
    );
    t.same(strangeLabels(shown, rows), [], `${worker}: labels`);
    t.match(
      shown,
      new RegExp(`boxoffice_build_info\\{version="test",commit="unknown",node="${process.version}"`),
    );
    t.match(shown, /^process_resident_memory_bytes\{/m);
  }
  for (const { name, concurrency, reads } of workers)
    if (reads.length > 0)
      t.ok((await shownBy(name)).includes(`boxoffice_concurrency_limit{worker="${name}"} ${concurrency}\n`));
  const http = (await shownBy("intake")) + (await shownBy("console"));
  t.match(http, 'http_requests_total{method="GET",route="/concerts/:id",status="404",worker="intake"} 1\n');
  t.match(http, 'http_requests_total{method="GET",route="unknown",status="404",worker="console"} 1\n');

  if (promtool === undefined)
    return leaveOut(t, "promtool check metrics", "promtool is missing: apt-get install prometheus");
  await t.test("promtool check metrics has nothing to say of ours", async (t) => {
    for (const worker of urls.keys()) {
      const complained = await complaints(await shownBy(worker));
      // prom-client's own gauges that end in _total are not ours to name.
      t.same(
        complained.filter(
          (line) => !/^nodejs_\S+ non-counter metrics should not have "_total" suffix$/.test(line),
        ),
        [],
        worker,
      );
    }
    t.ok(
      (await complaints("# TYPE boxoffice_x_total gauge\nboxoffice_x_total 1\n")).length > 0,
      "it would complain",
    );
  });
});
