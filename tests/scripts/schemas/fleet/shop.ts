import type { FleetWorker } from "../../../../scripts/schemas/fleet/readers.ts";
import type { Snapshot } from "../../../../scripts/schemas/fleet/snapshot.ts";
import { type FleetVerdict, fleetVerdict } from "../../../../scripts/schemas/fleet/verdict.ts";

type Field = { readonly name: string; readonly type: unknown; readonly [attribute: string]: unknown };
type Attributes = { readonly [attribute: string]: unknown };

/** A record as a person writes it, a field a line: places in findings are lines of this. */
export function paid(fields: readonly Field[], more: Attributes = {}): string {
  const head = { type: "record", name: "Paid", namespace: "shop", ...more };
  const lines = fields.map((field) => `    ${JSON.stringify(field)}`);
  const attributes = Object.entries(head).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
  );
  return `{\n${attributes.join("\n")}\n  "fields": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** Of one id: records per topic, e.g. `{ orders: 12, "orders.payment.dlq": 3 }`. */
export type Lying = Readonly<Record<string, number>>;

/** `till` writes `shop.Paid` to `orders`, which `payment` reads; what the registry holds and what lies where. */
export function shop(versions: readonly { readonly text: string; readonly lying?: Lying }[]): Snapshot {
  const ids = versions.map(({ lying = {} }, index) => ({ id: index + 1, lying }));
  const topics = ["orders", ...new Set(ids.flatMap(({ lying }) => Object.keys(lying)))];
  return {
    ...{ format: 1, madeAt: "2026-11-24T03:00:00.000Z", others: [], workers: WORKERS },
    subjects: [
      {
        subject: "orders-shop.Paid",
        level: "NONE",
        versions: versions.map(({ text }, index) => ({
          ...{ version: index + 1, id: index + 1, text: JSON.stringify(JSON.parse(text)), references: [] },
        })),
      },
    ],
    topics: [...new Set(topics)].map((topic) => {
      const [source = "", worker = null, kind = "source"] = topic.split(".");
      const of = ids.filter(({ lying }) => lying[topic] !== undefined);
      return {
        ...{
          topic,
          source,
          worker,
          kind: kind as "source",
          read: 9,
          skipped: 0,
          tombstones: 0,
          unframed: 0,
          unknown: 0,
        },
        ids: of.map(({ id, lying }) => ({
          ...{
            id,
            count: lying[topic] ?? 0,
            first: { partition: 2, offset: 40 },
            last: { partition: 0, offset: 90 },
          },
        })),
      };
    }),
  };
}

export const WORKERS: FleetWorker[] = [
  { worker: "payment", reads: [{ topic: "orders", records: ["shop.Paid"] }], emits: [] },
  { worker: "till", reads: [], emits: ["orders"] },
];

/** The verdict on a checkout that has `text` for `shop.Paid`. */
export async function verdict(
  snapshot: Snapshot,
  text: string,
  { workers = WORKERS, record = "shop.Paid" }: { workers?: readonly FleetWorker[]; record?: string } = {},
): Promise<FleetVerdict> {
  const version = { label: "checkout", file: "schemas/Paid.avsc", record, text, references: [] };
  return await fleetVerdict({
    snapshot,
    workers,
    checkout: [{ subject: `orders-${record}`, versions: [version] }],
  });
}
