import t from "tap";
import { createDesk, type Desk } from "../../../workers/_letters/mod.ts";
import { record, topic } from "../../../workers/_runtime/event.ts";
import { defineWorker, from, Permanent } from "../../../workers/_runtime/mod.ts";
import { type Fleet, fleet, until } from "../../_support/fleet.ts";
import { call, hands, letter, plansOf } from "../../_support/letters.ts";

interface Guest {
  type: "Guest";
  id: string;
  name: string;
  seats: number;
  code: Buffer;
  note: string | null;
}

const Guest = record<Guest>("test.Guest", {
  type: "record",
  name: "Guest",
  namespace: "test",
  fields: [
    { name: "id", type: "string" },
    { name: "name", type: "string", doc: "Personal: as on the ticket." },
    { name: "seats", type: "long" },
    { name: "code", type: "bytes" },
    { name: "note", type: ["null", "string"], default: null },
  ],
});

const deed = { reason: "INC-12" };

/** A desk and a worker that takes no guest with more than 8 seats, with `count` such letters. */
async function ground(t: Parameters<typeof fleet>[0], count: number) {
  const f: Fleet = await fleet(t);
  const guests = topic({ name: f.unique("guests"), records: [Guest], key: ({ id }) => id, partitions: 2 });
  const seen: Guest[] = [];
  const worker = defineWorker({
    name: f.unique("w"),
    reads: [from(guests, Guest)],
    handle(event) {
      seen.push(event);
      if (event.seats > 8) throw new Permanent("too many");
    },
  });
  await f.prepare([guests], [worker]);
  const dlq = `${guests.name}.${worker.name}.dlq`;
  const event = (n: number): Guest => ({
    type: "Guest",
    id: `g${n}`,
    name: `Ada ${n}`,
    seats: 9,
    code: Buffer.from([n, 255]),
    note: null,
  });
  await f.send(
    Array.from({ length: count }, (_, n) =>
      letter(f, dlq, f.event(guests, event(n)), { partition: n % 2, offset: n }),
    ),
  );
  const desk = await createDesk(f.config, {
    log: f.log,
    workers: [worker],
    plansTopic: await plansOf(f),
  });
  t.teardown(() => desk.close());
  const filter = { worker: [worker.name] };
  return { f, desk, worker, dlq, guests, seen, filter, replay: `${guests.name}.${worker.name}.replay` };
}

async function eventOf(desk: Desk, name: string) {
  const { decoded, edit } = await desk.show(name, { newer: false }, call);
  const now = edit?.decoded ?? decoded;
  if (!now.ok) throw new Error(now.reason);
  return now.event;
}

t.test("edit() keeps what was masked, is validated, and a replay sends it instead, once", async (t) => {
  const { f, desk, worker, dlq, seen, filter, replay } = await ground(t, 1);
  const [row] = (await desk.list(filter, { limit: 10 }, call)).letters;
  if (!row) return t.fail("there is a letter");
  const name = row.letter;
  const shown = await eventOf(desk, name);
  t.not(shown.name, "Ada 0", "it is masked");
  for (const [event, message, details] of [
    [{ ...shown, seats: "many" }, /seats/, ["seats"]],
    [{ ...shown, seats: 1.5 }, /seats/, ["seats"]],
    [{ ...shown, seast: 2 }, /no field 'seast'/, ["seast"]],
    [{ ...shown, type: "Ghost" }, /type/, ["type"]],
    [{ raw: "AAAA" }, /raw/, ["raw"]],
  ] as const)
    await t.rejects(desk.edit(name, { event, ...deed }, call), { code: "invalid-edit", message, details });
  const wished = { ...shown, seats: "2", note: "fewer" };
  const tried = await desk.edit(name, { event: wished, dryRun: true, ...deed }, call);
  t.match(tried, {
    written: false,
    changes: [
      { path: "seats", before: 9, after: 2 },
      { path: "note", before: null, after: "fewer" },
    ],
  });
  t.equal((await desk.show(name, {}, call)).edit, undefined, "a dry run writes nothing");
  t.equal((await desk.edit(name, { event: wished, ...deed }, call)).written, true);
  t.equal((await desk.edit(name, { event: wished, ...deed }, call)).written, false, "it is so already");
  t.match(await desk.show(name, {}, call), {
    outcome: "open",
    edited: true,
    decoded: { event: { seats: 9 } },
    edit: {
      by: "ann",
      reason: "INC-12",
      decoded: { event: { seats: 2 } },
      changes: [
        { path: "seats", before: 9, after: 2 },
        { path: "note", before: null, after: "fewer" },
      ],
    },
  });

  const original = (await f.all(dlq))[0];
  await f.run(worker);
  const plan = await desk.plan({ filter, ...deed }, call);
  t.match(plan, { letters: 1, edited: 1 });
  const { job } = await desk.replay(plan.plan, deed, call);
  t.equal(job.phase, "waiting");
  await (await hands(t, f)).carryOut(plan.plan);
  t.match(await desk.job(plan.plan, call), { phase: "done", processed: 1, deadAgain: 0 });
  t.match(seen, [{ id: "g0", name: "Ada 0", seats: 2, code: Buffer.from([0, 255]), note: "fewer" }]);
  t.equal((await f.all(replay)).length, 1);
  t.same((await f.all(dlq))[0], original, "the original is untouched");
  await t.rejects(desk.edit(name, { event: wished, ...deed }, call), { code: "not-open" });
  const actions = (await desk.audit({ letter: name }, call)).map(({ action }) => action);
  t.same(actions, ["edit"]);
});

t.test("edit() back to what the letter says leaves it unedited", async (t) => {
  const { desk, filter } = await ground(t, 1);
  const name = (await desk.list(filter, { limit: 1 }, call)).letters[0]?.letter ?? "";
  const shown = await eventOf(desk, name);
  await desk.edit(name, { event: { ...shown, seats: 1 }, ...deed }, call);
  await desk.edit(name, { event: shown, ...deed }, call);
  t.match(await desk.show(name, {}, call), { outcome: "open", edited: false, edit: undefined });
});

t.test("discard() and restore() act on what matches, once, and keep an edit", async (t) => {
  const { desk, filter } = await ground(t, 5);
  const rows = (await desk.list(filter, { limit: 10 }, call)).letters;
  const name = rows[0]?.letter ?? "";
  await desk.edit(name, { event: { ...(await eventOf(desk, name)), seats: 1 }, ...deed }, call);
  const plan = await desk.plan({ filter, ...deed }, call);
  t.same(await desk.discard({ filter: { ...filter, letters: [name] } }, deed, call), {
    done: 1,
    skipped: [],
  });
  t.match(await desk.discard({ plan: plan.plan }, deed, call), {
    done: 4,
    skipped: [{ why: "discarded by ann", letters: 1, sample: name }],
  });
  t.equal((await desk.list(filter, { limit: 10 }, call)).letters.length, 0, "they leave the counts");
  t.match(await desk.groups(filter, call), { letters: 0 });
  t.match(await desk.restore({ filter }, deed, call), { done: 5, skipped: [] });
  t.match(await desk.show(name, {}, call), { outcome: "open", edited: true });
  t.match(await desk.restore({ plan: plan.plan }, deed, call), { done: 0, skipped: [{ letters: 5 }] });
  const entries = await desk.audit({ letter: name }, call);
  t.match(entries[0], { action: "restore", by: "ann", reason: "INC-12" });
});

t.test("a letter that keeps failing is left out at the attempt cap, with its history", async (t) => {
  const { f, desk, worker, filter } = await ground(t, 1);
  await f.run(worker);
  const replayer = await hands(t, f);
  for (let n = 0; n < 2; n++) {
    const plan = await desk.plan({ filter, attemptCap: 2, ...deed }, call);
    t.match(plan, { letters: 1, capped: 0, replayedBefore: n });
    await desk.replay(plan.plan, deed, call);
    await replayer.carryOut(plan.plan);
    t.match(await desk.job(plan.plan, call), { phase: "done", deadAgain: 1 });
  }
  const plan = await desk.plan({ filter, attemptCap: 2, ...deed }, call);
  t.match(plan, { letters: 0, capped: 1 });
  const [row] = (await desk.list(filter, { limit: 10 }, call)).letters;
  t.match(row, { replays: 2, outcome: "open" });
  const { history } = await desk.show(row?.letter ?? "", { newer: false }, call);
  t.equal(history.filter(({ what }) => what === "dead letter" || what === "dead again").length >= 3, true);
});

t.test("an export of this cluster is told and skipped when it comes back", async (t) => {
  const { desk, filter } = await ground(t, 3);
  const acted = await desk.import(desk.export(filter, call), deed, call);
  t.match(acted, { done: 0, skipped: [{ why: /this very cluster/, letters: 3 }] });
});

t.test("createDesk() without Redis starts a job all the same, for the replayer to find", async (t) => {
  const { f, desk, filter } = await ground(t, 2);
  const plan = await desk.plan({ filter, ...deed }, call);
  const bare = await createDesk(
    {
      ...f.config,
      get redis(): never {
        throw new Error("REDIS_URL is not set");
      },
    },
    { log: f.log, workers: [], plansTopic: await plansOf(f) },
  );
  t.teardown(() => bare.close());
  t.match(await bare.replay(plan.plan, deed, call), { started: true, job: { phase: "waiting" } });
  t.match(await desk.jobs(call), [{ plan: plan.plan, letters: 2 }]);
  await until(t, "the other desk sees it", async () => (await desk.job(plan.plan, call)).by === "ann");
});
