import t from "tap";
import { createLog } from "../../../workers/_runtime/log.ts";
import { logOutcome } from "../../../workers/_runtime/outcome.ts";

function captured(level = "trace") {
  const lines: Record<string, unknown>[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, log: createLog({ level, worker: "payment", build: "abc", to }) };
}

t.test("logOutcome() writes one line with the record's id and nothing of its content", async (t) => {
  const { lines, log } = captured();
  const line = {
    id: "reservations-3-17",
    topic: "reservations",
    record: "ReservationRequested",
    outcome: "retry" as const,
    attempt: 2,
    durationMs: 12.3456,
    failed: {
      stage: "handle",
      error: "Unavailable",
      fingerprint: "f00",
      message: "card 4242 of ann@example.org",
    },
    dueAt: 0,
    key: "r-1",
    event: { customerId: "c-9" },
  };
  logOutcome(log, line);
  t.equal(lines.length, 1);
  t.match(lines[0], {
    level: "warn",
    worker: "payment",
    build: "abc",
    id: "reservations-3-17",
    topic: "reservations",
    record: "ReservationRequested",
    outcome: "retry",
    attempt: 2,
    ms: 12.3,
    stage: "handle",
    error: "Unavailable",
    fingerprint: "f00",
    due: "1970-01-01T00:00:00.000Z",
    msg: "retry",
  });
  t.notMatch(JSON.stringify(lines), /c-9|r-1|4242|ann@/);
});

t.test("createLog() writes of an error what says why, never what a client attached to it", async (t) => {
  const { lines, log } = captured();
  const error = Object.assign(new Error("READONLY", { cause: new Error("socket closed") }), {
    code: "READONLY",
    command: { name: "set", args: ["address:c-9", "ann@example.org"] },
    config: { headers: { authorization: "Bearer hunter2" } },
  });
  log.error({ err: error }, "x");
  t.match(lines[0], {
    err: { type: "Error", message: "READONLY", code: "READONLY", cause: { message: "socket closed" } },
  });
  t.notMatch(JSON.stringify(lines), /ann@|hunter2/);
});

t.test("createLog() redacts secrets and keeps to its level", async (t) => {
  const { lines, log } = captured("warn");
  log.info("no");
  log.warn({
    password: "hunter2",
    headers: { authorization: "hunter2" },
    config: { kafka: { sasl: { password: "hunter2" } } },
  });
  t.equal(lines.length, 1);
  t.notMatch(JSON.stringify(lines), "hunter2");
});
