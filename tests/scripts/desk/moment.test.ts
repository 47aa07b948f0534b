import t from "tap";
import { parseMoment } from "../../../scripts/desk/moment.ts";

const NOW = Date.UTC(2026, 10, 24, 3, 12, 5);

t.test("parseMoment() reads spans ago, days and ISO dates, UTC without a zone", async (t) => {
  for (const [text, expected] of [
    ["now", NOW],
    ["2h", NOW - 7_200_000],
    ["90 s ago", NOW - 90_000],
    ["1w", NOW - 604_800_000],
    ["today", Date.UTC(2026, 10, 24)],
    ["yesterday", Date.UTC(2026, 10, 23)],
    ["2026-11-20", Date.UTC(2026, 10, 20)],
    ["2026-11-20T03:00", Date.UTC(2026, 10, 20, 3)],
    ["2026-11-20 03:00:05Z", Date.UTC(2026, 10, 20, 3, 0, 5)],
    ["2026-11-20T03:00:05.250+01:00", Date.UTC(2026, 10, 20, 2, 0, 5, 250)],
  ] as const)
    t.equal(parseMoment("--since", text, NOW), expected, text);
});

t.test("parseMoment() refuses the rest", async (t) => {
  for (const text of [
    "",
    "2",
    "h",
    "tomorrow",
    "2026-13-01",
    "2026-02-30",
    "2026-02-20T25:00",
    "-2h",
    "1e3h",
    "24.11.2026",
  ])
    t.throws(() => parseMoment("--until", text, NOW), { name: "UsageError", message: /--until/ }, text);
});
