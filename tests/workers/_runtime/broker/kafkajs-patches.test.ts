import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import fetchRequest from "kafkajs/src/protocol/requests/fetch/index.js";
import t from "tap";
import "../../../../workers/_runtime/broker/kafkajs-patches.ts";

/** A queue as a connection has it, without the connection. */
function queueOf(pending: unknown[], throttledUntil: number) {
  const checks: number[] = [];
  const queue = Object.assign(Object.create(RequestQueue.prototype), {
    pending,
    throttledUntil,
    throttleCheckTimeoutId: null,
    checkPendingRequests: () => checks.push(Date.now()),
  });
  return { queue, checks };
}

t.test("scheduleCheckPendingRequests() sets no timer while nothing is pending", async (t) => {
  const { queue } = queueOf([], -1);
  queue.scheduleCheckPendingRequests();
  t.equal(queue.throttleCheckTimeoutId, null);
});

t.test("scheduleCheckPendingRequests() checks once, after the throttling is over", async (t) => {
  const { queue, checks } = queueOf([{}], Date.now() + 60);
  const started = Date.now();
  queue.scheduleCheckPendingRequests();
  queue.scheduleCheckPendingRequests();
  await new Promise((resolve) => setTimeout(resolve, 150));
  t.equal(checks.length, 1);
  t.ok((checks[0] ?? 0) - started >= 59);
  t.equal(queue.throttleCheckTimeoutId, null);
});

t.test("a broker too old to be understood is refused, naming the version that is needed", async (t) => {
  t.throws(() => fetchRequest.protocol({ version: 10 }), {
    message: /must be Kafka 2\.3 or later/,
    retriable: false,
  });
});
