import t from "tap";
import { fingerprint, kindOf, ownFrame } from "../../../workers/_runtime/fingerprint.ts";

function thrown(message: string, frames: readonly string[], name = "Error"): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = [`${name}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}
const handle = "async handle (file:///srv/app/workers/payment/handle.ts:31:7)";
const runtime = "run (file:///srv/app/workers/_runtime/run.ts:5:1)";

t.test("ownFrame() is the first frame in a worker's own code", async (t) => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["file URL", [runtime, handle], "workers/payment/handle.ts handle"],
    ["plain path", ["charge (/a b/workers/payment/gateway.ts:3:1)"], "workers/payment/gateway.ts charge"],
    ["no function", ["file:///srv/workers/intake/serve.ts:9:9"], "workers/intake/serve.ts"],
    [
      "method",
      ["Gateway.charge [as call] (file:///x/workers/payment/a.ts:1:1)"],
      "workers/payment/a.ts Gateway.charge",
    ],
    ["constructor", ["new Seat (file:///x/workers/intake/a.ts:1:1)"], "workers/intake/a.ts Seat"],
    [
      "package",
      ["f (file:///x/workers/payment/node_modules/p/i.js:1:1)", handle],
      "workers/payment/handle.ts handle",
    ],
    ["node only", ["node:internal/process/task_queues:105:5", runtime], undefined],
  ];
  for (const [what, frames, expected] of cases) t.equal(ownFrame(thrown("m", frames).stack), expected, what);
});

t.test("fingerprint() is the same for another id, number, line or checkout", async (t) => {
  const moved = "async handle (file:///home/x/workers/payment/handle.ts:99:2)";
  const one = fingerprint(thrown("no seat A-1 for 77", [handle]), "handle");
  t.match(one, /^[0-9a-f]{12}$/);
  t.equal(fingerprint(thrown("no seat B-9 for 12", [runtime, moved]), "handle"), one);
});

t.test("fingerprint() blanks ids, numbers and quotes where no frame is a worker's", async (t) => {
  const of = (message: string) => fingerprint(thrown(message, [runtime]), "decode");
  t.equal(of("schema 7 of 'x' at byte 12"), of("schema 1250 of 'yy z' at byte 3"));
  t.equal(
    of("no 3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab here"),
    of("no 00000000-0000-0000-0000-000000000001 here"),
  );
  t.not(of("it ends too early"), of("3 bytes are left over"));
});

t.test("fingerprint() differs by error, code, stage and place", async (t) => {
  const other = "async handle (file:///srv/app/workers/notification/handle.ts:31:7)";
  const refused = Object.assign(thrown("m", [handle]), { code: "ECONNREFUSED" });
  const all = [
    fingerprint(thrown("m", [handle]), "handle"),
    fingerprint(thrown("m", [handle], "Permanent"), "handle"),
    fingerprint(thrown("m", [handle]), "emit"),
    fingerprint(thrown("m", [other]), "handle"),
    fingerprint(refused, "handle"),
  ];
  t.equal(new Set(all).size, all.length);
});

t.test("fingerprint() takes whatever was thrown", async (t) => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
    },
  );
  for (const value of [undefined, null, 0, "text", Symbol("s"), {}, hostile, Object.create(null), [1]]) {
    t.match(fingerprint(value, "handle"), /^[0-9a-f]{12}$/);
  }
  t.equal(fingerprint("seat 1", "handle"), fingerprint("seat 2", "handle"));
  t.equal(kindOf(hostile), "object");
  t.equal(kindOf(null), "null");
  t.equal(kindOf(new TypeError("x")), "TypeError");
});
