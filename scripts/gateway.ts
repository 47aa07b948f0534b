import { once } from "node:events";
import { Command, InvalidArgumentError } from "commander";
import { durationMs, UsageError } from "../workers/_runtime/mod.ts";
import { changeFaults, FAULT_KINDS, type FaultKind, type Faults, NO_FAULTS } from "./gateway/faults.ts";
import { type Gateway, startGateway } from "./gateway/start.ts";
import { endWithNpm } from "./lifeline.ts";

type Shares = Partial<Record<FaultKind, number>>;

interface GatewayFlags extends Shares {
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly seed: number;
  readonly ledger?: string;
  readonly maxKeys: number;
  readonly giveUp?: number;
  readonly latency?: number;
  readonly latencyP99?: number;
  readonly slowdown: number;
  readonly decline: number;
  readonly stallTime?: number;
  readonly dripTime?: number;
  readonly json?: boolean;
}

const command = new Command("gateway")
  .description("start the payment gateway's simulator, with a ledger of its own and faults on demand")
  .option("--host <host>", "where both ports listen", "127.0.0.1")
  .option("--port <n>", "the gateway's; 0 takes a free one", integer, 8090)
  .option("--admin-port <n>", "of faults, outages and the ledger; 0 takes a free one", integer, 0)
  .option("--seed <n>", "same seed, same keys: same declines and faults", integer, 1)
  .option("--ledger <file>", "NDJSON, appended to and read at start (default: memory only)")
  .option("--max-keys <n>", "idempotency keys remembered; further ones get 503", integer, 1_000_000)
  .option(
    "--give-up <duration>",
    "reset a connection that gets no answer after this (default: 60s)",
    duration,
  )
  .option("--latency <duration>", "median time of a call (default: none)", duration)
  .option("--latency-p99 <duration>", "99th percentile, log-normal (default: the median)", duration)
  .option("--slowdown <factor>", "on every latency", decimal, NO_FAULTS.slowdown)
  .option("--stall-time <duration>", "how much longer a stalled charge takes (default: 10s)", duration)
  .option("--drip-time <duration>", "between two bytes of a dripping answer (default: 50ms)", duration)
  .option("--decline <share>", "of charges, 0 to 1", decimal, NO_FAULTS.decline);

for (const kind of FAULT_KINDS) {
  const flag = kind.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
  command.option(`--${flag} <share>`, "of calls with this fault, 0 to 1", decimal);
}

export default command
  .option("--json", "the start line as JSON")
  .addHelpText(
    "after",
    `
The API, every fault and the ledger's lines are in docs/gateway.md.

Examples:
  $ npx boxoffice gateway --port 8090 --ledger ledger.ndjson
  $ npx boxoffice gateway --seed 7 --latency 20ms --latency-p99 200ms --decline 0.03 --lost 0.01 --json

Exit codes: 0 stopped by a signal; 2 a flag, a port that is taken or a ledger that can't be read.`,
  )
  .action(async (flags: GatewayFlags) => {
    endWithNpm();
    const gateway = await open(flags);
    // Listened for before the line: who reads it may stop us at once.
    const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    process.stdout.write(
      `${flags.json ? JSON.stringify(startLine(gateway, flags)) : sentence(gateway, flags)}\n`,
    );
    await stopped;
    await gateway.close();
  });

async function open(flags: GatewayFlags): Promise<Gateway> {
  const { host, port, adminPort, seed, ledger, maxKeys, giveUp } = flags;
  try {
    return await startGateway({
      ...{ host, port, adminPort, seed, maxKeys, faults: faultsOf(flags) },
      ...(ledger !== undefined && { ledger }),
      ...(giveUp !== undefined && { giveUpMs: giveUp }),
    });
  } catch (error) {
    // All that can go wrong here came from a flag: shares, ports, the ledger's path or content.
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot start gateway: ${reason}`, { cause: error });
  }
}

/** The faults that flags name; the rest keeps its default. */
function faultsOf(flags: GatewayFlags): Faults {
  const { latency, latencyP99, slowdown, decline, stallTime, dripTime } = flags;
  const shares = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, flags[kind] ?? 0]));
  return changeFaults(NO_FAULTS, {
    ...shares,
    slowdown,
    decline,
    ...(latency !== undefined && { latencyMs: latency }),
    ...(latencyP99 !== undefined && { latencyP99Ms: latencyP99 }),
    ...(stallTime !== undefined && { stallMs: stallTime }),
    ...(dripTime !== undefined && { dripMs: dripTime }),
  });
}

function startLine(gateway: Gateway, { seed, ledger }: GatewayFlags) {
  const { url, port, adminUrl, adminPort, entries } = gateway;
  return { url, port, adminUrl, adminPort, seed, ledger: ledger ?? null, entries: entries.length };
}

function sentence(gateway: Gateway, flags: GatewayFlags): string {
  const ledger = flags.ledger
    ? `ledger ${flags.ledger} (${gateway.entries.length} entries)`
    : "ledger in memory";
  return `Gateway at ${gateway.url}, faults and ledger at ${gateway.adminUrl}, seed ${flags.seed}, ${ledger}`;
}

function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("must be a whole number");
  return Number(text);
}

function decimal(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("must be a number such as 0.05");
  return Number(text);
}

function duration(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new InvalidArgumentError("must be like 500ms, 10s or 1m");
  }
}
