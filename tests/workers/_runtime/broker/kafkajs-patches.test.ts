import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import fetchRequest from "kafkajs/src/protocol/requests/fetch/index.js";
import t from "tap";
import "../../../../workers/_runtime/broker/kafkajs-patches.ts";
import { until } from "../../../_support/kafka.ts";

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
  const throttledUntil = Date.now() + 60;
  const { queue, checks } = queueOf([{}], throttledUntil);
  queue.scheduleCheckPendingRequests();
  queue.scheduleCheckPendingRequests();
  await until(
    () => checks.length,
    (length) => length > 0,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(checks.length, 1);
  // A timer may be a millisecond early by the wall clock.
  t.ok((checks[0] ?? 0) >= throttledUntil - 1);
  t.equal(queue.throttleCheckTimeoutId, null);
});

t.test("a broker too old to be understood is refused, naming the version that is needed", async (t) => {
  t.throws(() => fetchRequest.protocol({ version: 10 }), {
    message: /must be Kafka 2\.3 or later/,
    retriable: false,
  });
});
