import t from "tap";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { topic } from "../../../workers/_runtime/mod.ts";
import type { HandlerContext } from "../../../workers/_runtime/worker.ts";
import { Note, until } from "../../_support/fleet.ts";
import { ownedPartition, tick } from "../../_support/owned.ts";

t.test("whatever a handler returns or throws settles its attempt once", async (t) => {
  const name = ["the", "n"].join("");
  /** What looks like a promise, as libraries return it. */
  const lookalike = (then: unknown) => Object.fromEntries([[name, then]]);
  const throwing = (what: string) => () => {
    throw new Error(what);
  };
  const failing = (property: string) => () => {
    throw Object.defineProperty(new Error("x"), property, { get: throwing(property) });
  };
  const hostile: readonly (() => unknown)[] = [
    () => Object.defineProperty({}, name, { get: throwing("a getter") }),
    () => lookalike(throwing("then")),
    () =>
      lookalike((done: () => void, failed: (error: Error) => void) => {
        done();
        done();
        failed(new Error("twice"));
      }),
    failing("code"),
    failing("stack"),
    failing("cause"),
    () => Promise.reject(null),
    () => Promise.reject(Object.create(null)),
  ];
  const p = ownedPartition({
    retry: [],
    // As a worker without types could.
    handle: ({ n }) => hostile[n]?.() as Promise<void>,
  });
  t.teardown(p.close);
  p.take(hostile.map((_, n) => p.note(`k${n}`, n)));
  await until(t, "all are through", () => p.owned.partition.held === 0);
  t.equal(p.dispatcher.running, 0);
  t.match(p.owned.partition, { held: 0, running: 0 });
  const failed = p.written(p.family.dlq).map(({ headers }) => parseOurs(headers).id?.offset);
  t.same(failed.toSorted(), [0, 1, 3, 4, 5, 6, 7]);
});

t.test("emit() throws once the handler has ended, as what it does may or may not go out", async (t) => {
  let kept: HandlerContext | undefined;
  const p = ownedPartition({
    handle(_, context) {
      kept = context;
    },
  });
  t.teardown(p.close);
  p.take([p.note("k", 1)]);
  await tick();
  const out = topic({ name: "out", records: [Note], key: (event) => event.key, partitions: 1 });
  t.throws(() => kept?.emit(out, { type: "Note", key: "k", n: 1, text: "" }), /has ended/);
});
