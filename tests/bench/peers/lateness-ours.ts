/**
 * The lateness case in our runtime: every third record fails its first attempt, the two behind it in its key are parked.
 * When each copy is due is read from the bytes that go to the retry topic, not from the runtime's own metrics.
 */
import type { Broker } from "../../../workers/_runtime/broker.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { identity } from "../../../workers/_runtime/identity.ts";
import type { OutRecord } from "../../../workers/_runtime/record.ts";
import { failsFirst, Lateness } from "../late.ts";
import { numberOf } from "../sale.ts";
import { latenessWorker } from "../workers.ts";
import { runOurs } from "./ours.ts";
import { stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [topic, group] = [words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
const lateness = new Lateness(words.number("warmup"));
const worker = latenessWorker(group, topic, (sale, { id, attempt }) => {
  const n = numberOf(sale);
  lateness.started(id, n, Date.now());
  if (failsFirst(n) && attempt === 1) throw new Error("the bench's own transient failure");
  lateness.done(sale.saleId, n);
  watch.handled();
});

function written(copies: readonly OutRecord[]): void {
  for (const { headers } of copies) {
    const { id, due, stage } = parseOurs(headers);
    if (id && due !== undefined)
      lateness.due(identity(id.topic, id.partition, id.offset), due, stage === "parked");
  }
}

/** The port as it is, but for a look at what its transactions write. */
const watched = (broker: Broker): Broker => ({
  ...broker,
  transactional(transactionalId) {
    const producer = broker.transactional(transactionalId);
    return {
      ...producer,
      commit(groupId, copies, offsets) {
        written(copies);
        return producer.commit(groupId, copies, offsets);
      },
    };
  },
});

await runOurs(words, worker, async () => ({ ...(await watch.finish()), more: lateness.figures() }), watched);
