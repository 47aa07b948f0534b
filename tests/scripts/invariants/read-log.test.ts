import { randomBytes } from "node:crypto";
import t from "tap";
import { createLogReader } from "../../../scripts/invariants/read-log.ts";
import { printState } from "../../../workers/_letters/states.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import { withOurs } from "../../../workers/_runtime/headers.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { fleet } from "../../_support/fleet.ts";

t.test(
  "createLogReader() counts a letter as open until it is through or discarded, and again once restored",
  async (t) => {
    const f = await fleet(t);
    await f.prepare([], []);
    const dlq = `payments.w${randomBytes(4).toString("hex")}.dlq`;
    await f.broker.admin.createTopics([{ name: dlq, partitions: 1, config: {} }]);
    t.teardown(() => f.broker.admin.deleteTopics([dlq]));
    const headers = withOurs([], { id: { topic: "payments", partition: 0, offset: 3 }, stage: "handle" });
    await f.send([{ topic: dlq, partition: 0, key: Buffer.from("k"), value: null, headers }]);
    const reader = createLogReader(f.broker, connectRegistry(f.config.registry));
    const open = async () => {
      await reader.read(AbortSignal.timeout(200_000));
      return reader.facts.letters.find(({ id }) => id === `${dlq}-0-0`)?.open;
    };
    const say = (value: Buffer | null) =>
      f.send([{ topic: DEAD_LETTERS, key: Buffer.from(`${dlq}-0-0`), value, headers: [] }]);
    t.equal(await open(), true);
    await say(printState({ outcome: "replaying", plan: "p", replays: 1, time: 1 }));
    t.equal(await open(), true, "its run has not ended");
    await say(
      printState({ outcome: "processed", plan: "p", replays: 1, worker: "w", id: "payments-0-3", time: 2 }),
    );
    t.equal(await open(), false);
    await say(printState({ outcome: "discarded", by: "ann", reason: "r", time: 3 }));
    t.equal(await open(), false);
    await say(null);
    t.equal(await open(), true, "restored");
  },
);
