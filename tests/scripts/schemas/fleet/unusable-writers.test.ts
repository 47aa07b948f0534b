import t from "tap";
import type { Snapshot } from "../../../../scripts/schemas/fleet/snapshot.ts";
import { paid, shop, verdict } from "./shop.ts";

const id = { name: "id", type: "string" };

t.test(
  "unusableWriters() tells of a record that the runtime can't write, though nobody wrote one yet",
  async (t) => {
    const text = paid([id, { name: "big", type: "long", default: 0 }]).replace(":0}", ":9007199254740993}");
    const snapshot: Snapshot = { ...shop([{ text }]), subjects: [] };
    t.match((await verdict(snapshot, text)).findings, [
      {
        rule: "unusable-writer",
        severity: "error",
        what: /^till can't start with the schema of 'shop\.Paid': .*default of 'shop\.Paid\.big'/,
        who: ["till may emit it and would not start"],
      },
    ]);
    const bigint = text.replace('"type":"long"', '"type":{"type":"long","tsType":"bigint"}');
    t.match(
      (await verdict(snapshot, bigint)).findings,
      [{ rule: "unusable-writer" }],
      "JSON has lost its digits",
    );
  },
);
