import type { Figures } from "./figures.ts";
import type { MeasuredReservation, MeasuredSpike } from "./measured.ts";
import { busiest } from "./sum.ts";

/** A table as Markdown has it. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

const count = (value: number) => Math.round(value).toLocaleString("en");
const seconds = (value: number | undefined) => (value === undefined ? "never" : value.toFixed(1));

/** Tables of docs/scaling.md by name. */
export function tablesOf(
  figures: Figures,
  { reservation, spike }: { readonly reservation: MeasuredReservation; readonly spike: MeasuredSpike },
): Readonly<Record<string, string>> {
  return {
    measured: measuredTable(reservation),
    records: recordsTable(reservation),
    transactions: transactionsTable(reservation),
    sum: sumTable(figures),
    ceilings: markdown(
      ["part, as it ships", "reservations a second", "because"],
      figures.ceilings.slice(0, 9).map(({ part, perSecond, why }) => [part, count(perSecond), why]),
    ),
    "on-sale": playedTable(figures.onSale, true),
    even: playedTable(figures.even, false),
    validation: validationTable(spike),
  };
}

function measuredTable({ loads, refused, idle, redisCalls }: MeasuredReservation): string {
  return markdown(
    [
      "CPU ms",
      ...loads.map(({ perSecond }) => `accepted, at ${perSecond}/s`),
      "refused",
      "idle, a second",
      "Redis calls",
    ],
    Object.keys(idle).map((name) => [
      name,
      ...[...loads, refused].map(({ cpuMs }) => Math.max(0, cpuMs[name] ?? 0).toFixed(2)),
      (idle[name] ?? 0).toFixed(1),
      (redisCalls[name] ?? 0).toFixed(1),
    ]),
  );
}

function recordsTable(measured: MeasuredReservation): string {
  const { topics, transactions, redisBytes } = busiest(measured);
  return markdown(
    ["a confirmed reservation", "records", "bytes", "on a replica's disk"],
    [
      ...Object.entries(topics).map(([name, { records, bytes, disk }]) => [
        ...[`\`${name}\``, records.toFixed(1), count(bytes), count(disk)],
      ]),
      ["transactions", transactions.toFixed(2), "", ""],
      ["Redis' memory", "", count(redisBytes), ""],
    ],
  );
}

function transactionsTable({ transactions }: MeasuredReservation): string {
  return markdown(
    ["records a transaction", "transactions/s", "records/s", "broker's CPU, ms", "p50, ms"],
    transactions.map((each) => [
      ...[String(each.recordsEach), count(each.perSecond), count(each.recordsPerSecond)],
      ...[each.msEach.toFixed(1), each.p50Ms.toFixed(1)],
    ]),
  );
}

function sumTable({ sums }: Figures): string {
  const row = (name: string, of: (sum: Figures["sums"][number]) => string) => [name, ...sums.map(of)];
  const workers = sums[0]?.workers.map(({ name }) => name) ?? [];
  return markdown(
    ["", ...sums.map(({ demand }) => demand.name)],
    [
      row("requests/s", ({ demand }) => count(demand.requestsPerSecond)),
      row("accepted/s: charges, e-mails", ({ acceptedPerSecond }) => count(acceptedPerSecond)),
      ...workers.map((name) =>
        row(`${name}: pods by CPU / by waiting`, (sum) => {
          const need = sum.workers.find((each) => each.name === name);
          return need === undefined ? "" : `${need.byCpu} / ${need.byWaiting}`;
        }),
      ),
      row("cores of workers", ({ workers }) => count(workers.reduce((sum, { cores }) => sum + cores, 0))),
      row("partitions", ({ partitions }) => count(partitions)),
      row("log in, MB/s", ({ logMb }) => logMb.toFixed(1)),
      row("to disks, MB/s", ({ diskMb }) => diskMb.toFixed(1)),
      row("fetched, MB/s", ({ fetchMb }) => fetchMb.toFixed(1)),
      row(
        "transactions/s, brokers busy / idle",
        ({ transactions }) => `${count(transactions.least)} / ${count(transactions.most)}`,
      ),
      row("cores of brokers", ({ brokerCores }) => brokerCores.toFixed(0)),
      row("brokers", ({ brokers }) => String(brokers)),
      row("Redis calls/s", ({ redisCalls }) => count(redisCalls)),
      row(
        "Redis cores / shards",
        ({ redisCores, redisShards }) => `${redisCores.toFixed(1)} / ${redisShards}`,
      ),
      row("Redis' memory, GB a minute", ({ redisGb }) => redisGb.toFixed(1)),
      row("disks, GB a minute", ({ diskGb }) => diskGb.toFixed(1)),
    ],
  );
}

function playedTable(all: Figures["onSale"], drains: boolean): string {
  return markdown(
    [
      "payment",
      "pods at most",
      "p50 s",
      "p99 s",
      "most lag",
      ...(drains ? ["drained after s"] : []),
      "stops of the group",
      "pod hours",
    ],
    all.map(({ policy, mostPods, p50, p99, mostLag, drained, course }) => [
      ...[policy.name, String(mostPods), seconds(p50), seconds(p99), count(mostLag)],
      ...(drains ? [seconds(drained)] : []),
      ...[String(course.rebalances), (course.podSeconds / 3600).toFixed(2)],
    ]),
  );
}

function validationTable({ comparisons }: MeasuredSpike): string {
  return markdown(
    ["payment", "records", "real, s", "simulated, s", "curves apart at most", "most lag, real", "simulated"],
    comparisons.map((each) => [
      ...[each.name, count(each.records), seconds(each.real), seconds(each.simulated)],
      `${(each.furthest * 100).toFixed(1)} %`,
      ...[count(each.mostLag.real), count(each.mostLag.simulated)],
    ]),
  );
}
