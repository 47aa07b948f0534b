import { spawn } from "node:child_process";
import { resolve } from "node:path";
import t, { type Test } from "tap";
import { findTool, leaveOut } from "../../left-out.ts";
import { type Answers, Bad, farConsole } from "./far-console.ts";
import { detail, job, LETTER, plan } from "./samples.ts";

const launcher = resolve(import.meta.dirname, "../../../bin/boxoffice.js");
const PLAN = plan().plan;
/** Guards against a question that nobody answers. */
const LONGEST_MS = 200_000;

const [target] = plan().targets;
if (target === undefined) throw new Error("a sample has a target");
const toSource = plan({ to: "source", targets: [{ ...target, otherGroups: ["expiry"] }] });

const EXPORTED = {
  ...{ boxoffice: 1, topic: "a.b.dlq", partition: 0, offset: 1, timestamp: 1, key: null, value: null },
  headers: [],
};

const ANSWERS: Answers = {
  "POST /letters/groups": () => ({ groups: [], letters: 12, scanned: 20 }),
  "POST /letters/discard": () => ({ done: 12, skipped: [] }),
  [`GET /plans/${PLAN}`]: () => toSource,
  [`POST /plans/${PLAN}/replay`]: () => ({ job: job({ processed: 0 }), started: true }),
  [`GET /jobs/${PLAN}`]: () => job({ processed: 0 }),
};

/** A command at a terminal whose user answers each question, as it comes, with the next of `answers`. */
function atTerminal(
  url: string,
  words: readonly string[],
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const quoted = [process.execPath, launcher, ...words, "--remote", url].map((word) => `'${word}'`);
  // exec: a shell in between would end by Ctrl-C itself, with a code of its own.
  const line = `exec ${quoted.join(" ")}`;
  const child = spawn("script", ["-qefc", line, "/dev/null"], {
    env: { PATH: process.env.PATH, TERM: "xterm" },
    timeout: LONGEST_MS,
  });
  let screen = "";
  let read = 0;
  const left = [...answers];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk;
    const [next] = left;
    const found = next?.[0].exec(screen.slice(read));
    if (next === undefined || !found) return;
    left.shift();
    read = screen.length;
    child.stdin.write(next[1]);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, screen })));
}

async function suite(t: Test): Promise<void> {
  await t.test("boxoffice dlq discard asks why and whether, and only yes is a yes", async (t) => {
    const far = await farConsole(t, ANSWERS);
    const words = ["dlq", "discard", "--worker", "x"];
    const no = await atTerminal(far.url, words, [
      [/Why discard 12 letters\?/, "INC-12\n"],
      [/Discard 12 letters\? \[y\/N\]/, "\n"],
    ]);
    t.match(no, { code: 1, screen: /Nothing was done/ });
    t.notOk(far.asked.some(([what]) => what.endsWith("discard")));
    const yes = await atTerminal(far.url, words, [
      [/Why/, "INC-12\n"],
      [/\[y\/N\]/, "y\n"],
    ]);
    t.match(yes, { code: 0, screen: /12 discarded/ });
    t.match(far.asked.at(-1), ["POST /letters/discard", { reason: "INC-12" }]);
  });

  await t.test("Ctrl-C or Ctrl-D at a question is a no, not a bug", async (t) => {
    const far = await farConsole(t, ANSWERS);
    for (const key of ["\x03", "\x04"]) {
      const left = await atTerminal(far.url, ["dlq", "discard", "--worker", "x"], [[/Why/, key]]);
      t.match(left, { code: 1, screen: /Stopped at the question: nothing was done/ });
      t.notMatch(left.screen, /a bug/);
    }
    t.notOk(far.asked.some(([what]) => what.endsWith("discard")));
  });

  await t.test("boxoffice dlq replay to the source asks for the other groups by name", async (t) => {
    const far = await farConsole(t, ANSWERS);
    const words = ["dlq", "replay", "--plan", PLAN];
    const wrong = await atTerminal(far.url, words, [[/would see every record again: expiry/, "yes\n"]]);
    t.match(wrong, { code: 1, screen: /not all are agreed to/ });
    const named = await atTerminal(far.url, words, [
      [/Name those/, "expiry\n"],
      [/Replay 40000 letters to .*\[y\/N\]/, "y\n"],
    ]);
    t.match(named, { code: 0, screen: /Started/ });
    t.match(
      far.asked.find(([what]) => what.endsWith("replay")),
      [`POST /plans/${PLAN}/replay`, { otherGroups: ["expiry"] }],
    );
  });

  await t.test("boxoffice jobs watch ends with Ctrl-C, and the job goes on", async (t) => {
    const far = await farConsole(t, {
      [`GET /jobs/${PLAN}`]: () => job({ phase: "sending", endedAt: undefined, sent: 1 }),
    });
    const left = await atTerminal(far.url, ["jobs", "watch", PLAN], [[/1\/40000 sent/, "\x03"]]);
    t.match(left, { code: 1, screen: /Stopped before it was through/ });
    t.ok(
      far.asked.every(([what]) => what === `GET /jobs/${PLAN}`),
      "it was only looked at",
    );
  });

  await t.test("boxoffice dlq show leaves a terminal alone, whatever a payload holds", async (t) => {
    const evil = "\x1b]0;owned\x07\x1b[2J";
    const far = await farConsole(t, {
      [`GET /letters/${LETTER}`]: () =>
        detail({ key: evil, reason: evil, headers: [{ name: evil, text: evil, value: "", ours: false }] }),
    });
    const { code, screen } = await atTerminal(far.url, ["dlq", "show", LETTER], []);
    t.equal(code, 0);
    t.match(screen, /owned/);
    t.notMatch(screen, "\x1b]0;");
    t.notMatch(screen, "\x1b[2J");
  });

  await t.test(
    "errors, questions and JSON leave a terminal alone, whoever wrote what they quote",
    async (t) => {
      const evil = "\x1b]0;owned\x07\x9b2J\u202e";
      const far = await farConsole(t, {
        [`GET /letters/${LETTER}`]: () => detail({ key: evil }),
        "GET /letters/none-0-1": () => new Bad(404, { type: "urn:boxoffice:no-such-letter", detail: evil }),
      });
      const folder = t.testdir({ "letters.ndjson": `${JSON.stringify({ ...EXPORTED, cluster: evil })}\n` });
      const asked = ["dlq", "import", `${folder}/letters.ndjson`, "--reason", "r"];
      for (const [words, answers] of [
        [["dlq", "show", "none-0-1"], []],
        [["dlq", "show", LETTER, "--json"], []],
        [asked, [[/\[y\/N\]/, "n\n"]]],
      ] as const) {
        const { screen } = await atTerminal(far.url, words, answers);
        t.match(screen, /owned/);
        for (const bad of ["\x1b]0;", "\x9b", "\u202e"]) t.notMatch(screen, bad, words.join(" "));
      }
      const { screen } = await atTerminal(far.url, ["dlq", "show", LETTER, "--json"], []);
      t.equal(JSON.parse(screen).key, evil, "and JSON still says the same");
    },
  );
}

if (findTool("script") === undefined)
  leaveOut(t, "commands at a terminal", "script is missing: apt-get install bsdutils");
else await suite(t);
