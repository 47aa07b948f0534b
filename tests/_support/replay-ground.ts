import { defineWorker, from, Permanent } from "../../workers/_runtime/mod.ts";
import { type Fleet, Note, noteTopic } from "./fleet.ts";
import { everyLetter, letter } from "./letters.ts";

/** A worker with `count` letters in its DLQ over two partitions; it fails for those whose `n` is in `failing`. */
export async function ground(f: Fleet, count: number, failing: (n: number) => boolean = () => false) {
  const source = noteTopic(f.unique("notes"), 2);
  const handled: number[] = [];
  const worker = defineWorker({
    name: f.unique("w"),
    reads: [from(source, Note)],
    retry: ["100ms"],
    handle({ n }) {
      handled.push(n);
      if (failing(n)) throw new Permanent("still");
    },
  });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const replay = `${source.name}.${worker.name}.replay`;
  const letters = Array.from({ length: count }, (_, n) =>
    letter(f, dlq, f.note(source, { key: `k${n}`, n }), { partition: n % 2, offset: n }),
  );
  for (let at = 0; at < letters.length; at += 1000) await f.send(letters.slice(at, at + 1000));
  return { source, worker, dlq, replay, handled, frozen: await everyLetter(f, dlq) };
}
