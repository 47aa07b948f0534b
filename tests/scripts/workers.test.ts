import t from "tap";
import { describeWorker } from "../../scripts/workers/describe.ts";
import { workersTable } from "../../scripts/workers.ts";
import { loadWorkers, workerNames } from "../../workers/all.ts";
import { boxoffice } from "./boxoffice.ts";

t.test("boxoffice workers --json lists every worker without a broker, by profile", async (t) => {
  const { code, stdout } = await boxoffice(["workers", "--json"], { BOXOFFICE_PROFILE: "local" });
  t.equal(code, 0);
  const listed: readonly { readonly name: string }[] = JSON.parse(stdout);
  t.same(
    listed.map((worker) => worker.name),
    workerNames(),
  );
  const runtime = { retry: ["1s", "2s", "4s", "8s"], partitions: 4, replicationFactor: 1 };
  const described = (await loadWorkers()).map((worker) => describeWorker(worker, runtime));
  t.same(listed, described);
});

t.test("workersTable() shows a worker's ladder and what it may reach", async (t) => {
  const table = workersTable([
    {
      name: "billing",
      group: "billing",
      reads: [{ topic: "orders", records: ["Made"], retryTopics: [], replayTopic: "", dlq: "" }],
      emits: [],
      start: "beginning",
      retry: ["1s", "1m"],
      timeoutMs: 5000,
      concurrency: 64,
      order: "key",
      serves: false,
      permissions: { net: ["GATEWAY_URL"] },
      needs: [],
    },
  ]);
  t.match(table, /billing +│ orders: Made +│ +│ 1s 1m +│ 5 s +│ 64 +│ key +│ GATEWAY_URL/);
});
