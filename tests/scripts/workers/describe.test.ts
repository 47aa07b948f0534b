import t from "tap";
import { describeWorker } from "../../../scripts/workers/describe.ts";
import { defineWorker, from, record, topic } from "../../../workers/_runtime/mod.ts";

interface Made {
  readonly type: "Made";
  readonly id: string;
}
const Made = record<Made>("test.Made", {
  type: "record",
  name: "Made",
  fields: [{ name: "id", type: "string" }],
});
const orders = topic({ name: "orders", records: [Made], key: (event) => event.id });
const bills = topic({ name: "bills", records: [Made], key: (event) => event.id });
const runtime = { retry: undefined, partitions: undefined, replicationFactor: undefined };

t.test("describeWorker() tells what the declaration and the profile make", async (t) => {
  const worker = defineWorker({
    name: "billing",
    reads: [from(orders, Made)],
    emits: [bills],
    retry: ["1s", "1m"],
    timeout: "5s",
    permissions: { net: ["GATEWAY_URL"] },
    handle() {},
  });
  t.same(describeWorker(worker, runtime), {
    name: "billing",
    group: "billing",
    reads: [
      {
        topic: "orders",
        records: ["Made"],
        retryTopics: ["orders.billing.retry.1s", "orders.billing.retry.1m"],
        replayTopic: "orders.billing.replay",
        dlq: "orders.billing.dlq",
      },
    ],
    emits: ["bills"],
    start: "beginning",
    retry: ["1s", "1m"],
    timeoutMs: 5000,
    concurrency: 64,
    order: "key",
    serves: false,
    permissions: { net: ["GATEWAY_URL"] },
    needs: ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "GATEWAY_URL"],
  });
  t.match(describeWorker(worker, { ...runtime, retry: ["200ms"] }), {
    retry: ["200ms"],
    reads: [{ retryTopics: ["orders.billing.retry.200ms"] }],
  });
});

t.test("describeWorker() of one that only serves has no group and no ladder", async (t) => {
  const worker = defineWorker({ name: "desk", reads: [], emits: [bills], async serve() {} });
  t.match(describeWorker(worker, runtime), {
    group: null,
    reads: [],
    retry: [],
    serves: true,
    emits: ["bills"],
  });
});
