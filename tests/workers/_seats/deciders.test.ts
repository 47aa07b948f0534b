import t from "tap";
import { concerts, payments, reservations } from "../../../schemas/topics.ts";
import { DECIDERS } from "../../../workers/_seats/fence.ts";
import { TOPICS } from "../../../workers/_seats/told.ts";
import expiry from "../../../workers/expiry/worker.ts";
import settlement from "../../../workers/settlement/worker.ts";

t.test("a rebuild fences exactly what settlement and expiry read", (t) => {
  for (const worker of [settlement, expiry]) {
    const fenced = (DECIDERS[worker.name] ?? []).map((read) => TOPICS[read]).sort();
    t.strictSame(fenced, worker.reads.map(({ topic }) => topic.name).sort());
  }
  t.strictSame(Object.keys(DECIDERS).sort(), ["expiry", "settlement"]);
  t.strictSame(
    Object.values(TOPICS).sort(),
    [concerts, payments, reservations].map(({ name }) => name).sort(),
  );
  t.end();
});
