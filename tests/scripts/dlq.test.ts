import t from "tap";
import { defineWorker, from, Permanent } from "../../workers/_runtime/mod.ts";
import replayer from "../../workers/replayer/worker.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { boxoffice } from "./boxoffice.ts";

const LETTERS = 12;

t.test(
  "boxoffice dlq and jobs on the real stack: groups, show, plan, replay to its outcomes, discard, restore, export, audit",
  { timeout: 900_000 },
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("source"), 2);
    let broken = true;
    const worker = defineWorker({
      name: f.unique("billing"),
      reads: [from(source, Note)],
      retry: ["100ms"],
      handle({ n }) {
        if (broken || n === 0) throw new Permanent(`cannot bill ${n}`);
      },
    });
    await f.prepare([source], [worker]);
    await f.run(worker);
    await f.run(replayer);
    await f.send(Array.from({ length: LETTERS }, (_, n) => f.note(source, { key: `k${n}`, n })));
    const dlq = `${source.name}.${worker.name}.dlq`;
    await until(t, "all are dead", async () => (await f.all(dlq)).length === LETTERS);
    broken = false;

    const run = (...words: string[]) =>
      boxoffice(words, { ...process.env, BOXOFFICE_PROFILE: "test", BOXOFFICE_OPERATOR: "ada" });
    const mine = ["--worker", worker.name];
    const json = async (...words: string[]) => {
      const { code, stdout, stderr } = await run(...words, "--json");
      t.equal(code, 0, `${words.join(" ")}: ${stderr}`);
      return JSON.parse(stdout);
    };

    const groups = await json("dlq", "groups", ...mine);
    t.match(groups, { letters: LETTERS, groups: [{ open: LETTERS, error: "Permanent", stage: "handle" }] });
    const listed = await json("dlq", "list", ...mine, "--limit", "1", "--where", "event.n == 0");
    const [{ letter }] = listed.letters;
    t.match(await json("dlq", "show", letter), { decoded: { event: { n: 0 } }, newer: Array });

    const exported = await run("dlq", "export", ...mine);
    t.equal(exported.stdout.trim().split("\n").length, LETTERS);

    const plan = await json("dlq", "plan", ...mine, "--reason", "fixed");
    t.match(plan, { letters: LETTERS, by: "ada", undecodable: [] });
    const replayed = await run("dlq", "replay", "--plan", plan.plan, "--yes", "--json");
    t.equal(replayed.code, 1, "one of them is dead again");
    t.match(JSON.parse(replayed.stdout), {
      phase: "done",
      processed: LETTERS - 1,
      deadAgain: 1,
      sent: LETTERS,
    });
    const again = await run("jobs", "results", plan.plan, "--result", "dead-again", "--ndjson");
    t.match(JSON.parse(again.stdout), { letter, result: "dead again" });
    const twice = await run("dlq", "replay", "--plan", plan.plan, "--yes");
    t.match(twice, { code: 1, stderr: /has a job already, by ada/ });

    const discarded = ["dlq", "discard", ...mine, "--reason", "never to be billed", "--yes"];
    t.match(await json(...discarded), { done: 1, skipped: [] });
    t.match(await run(...discarded), { code: 1, stderr: /No open letter matches/ });
    t.match(await json("dlq", "restore", ...mine, "--reason", "after all", "--yes"), { done: 1 });
    const deeds: { action: string; by: string }[] = await json("dlq", "audit", "--plan", plan.plan);
    t.same(
      deeds.map(({ action, by }) => [action, by]),
      [
        ["replay", "ada"],
        ["plan", "ada"],
      ],
    );
    t.match(await run("dlq", "edit", letter, "--reason", "r", "--file", "/dev/null"), { code: 2 });
  },
);
