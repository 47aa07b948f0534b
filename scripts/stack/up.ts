import { Command, Option } from "commander";
import { UsageError } from "../../workers/_runtime/errors.ts";
import { endWithNpm } from "../lifeline.ts";
import { detach } from "./detach.ts";
import { SERVICES, type ServiceName } from "./external.ts";
import { cacheFolder, defaultStateFile } from "./folders.ts";
import { locked } from "./lock.ts";
import { parseBrokers, parsePort } from "./options.ts";
import { prepare } from "./prepare.ts";
import { exports, table } from "./show.ts";
import { type Stack, type StackOptions, startStack } from "./start.ts";
import { readState, type State, writeState } from "./state.ts";
import { watchServices } from "./watch.ts";

interface UpOptions {
  readonly brokers: 1 | 3;
  readonly bench?: true;
  readonly detach?: true;
  readonly json?: true;
  readonly keep?: string;
  readonly appendOnly?: true;
  readonly only?: string;
  readonly kafkaPort?: number;
  readonly registryPort?: number;
  readonly redisPort?: number;
  readonly smtpPort?: number;
  readonly catcherPort?: number;
  readonly state: string;
  readonly supervise?: true;
}

export const up = new Command("up")
  .summary("start it, in the foreground until Ctrl-C")
  .description("Start the local stack; says what runs if it runs already. The first time, parts are fetched.")
  .option("-d, --detach", "in the background, until 'stack down'")
  .option("--brokers <1|3>", "a cluster of one or of three", parseBrokers, 1)
  .option("--only <services>", `just these of ${SERVICES.join(",")}, whatever the environment names`)
  .option("--kafka-port <port>", "of the first broker (default: a free one, as for all)", parsePort)
  .option("--registry-port <port>", "", parsePort)
  .option("--redis-port <port>", "", parsePort)
  .option("--smtp-port <port>", "", parsePort)
  .option("--catcher-port <port>", "HTTP of the SMTP catcher's ledger", parsePort)
  .option(
    "--keep <folder>",
    "keep data there and take up what is there (default: temporary, removed at the end)",
  )
  .option("--append-only", "Redis keeps its data over a restart (on with --keep)")
  .option("--bench", "run the JVMs as in production: slower to start, no shortcuts")
  .option("--json", "what runs, as JSON")
  .option("--state <file>", "where it is remembered what runs", defaultStateFile())
  .addOption(new Option("--supervise").hideHelp())
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice stack up --kafka-port 9092 --redis-port 6379
  $ npx boxoffice stack up --only kafka --brokers 3 --detach --json`,
  )
  .action(run);

async function run(options: UpOptions): Promise<void> {
  const end = new AbortController();
  endOnSignals(end);
  const running = await readState(options.state);
  if (running !== undefined) return already(running, options);
  if (options.detach !== undefined) {
    await prepare(cacheFolder(), options.bench ?? false, end.signal);
    return print(await detach(options.state, process.argv.slice(2), end.signal), options);
  }
  if (options.supervise === undefined) endWithNpm();
  try {
    await hold(options, end.signal);
  } catch (error) {
    if (!end.signal.aborted) throw error;
  }
}

/** Starts it, waits for the signal to end, stops it. */
async function hold(options: UpOptions, signal: AbortSignal): Promise<void> {
  let stack: Stack | undefined;
  try {
    const other = await locked(`${options.state}.lock`, signal, async () => {
      const running = await readState(options.state);
      if (running !== undefined) return running;
      stack = await startStack({ ...stackOptions(options), removeAtEnd: [options.state] }, signal);
      const state = await writeState(options.state, stack);
      print(state, options);
      return undefined;
    });
    if (other !== undefined) return already(other, options);
    if (options.supervise === undefined) process.stderr.write("running until Ctrl-C\n");
    await ended(stack, signal);
  } finally {
    await stack?.stop();
  }
}

/** Until Ctrl-C; a part that ends meanwhile is named, with the file that says why. */
async function ended(stack: Stack | undefined, signal: AbortSignal): Promise<void> {
  const watch = watchServices(stack?.services ?? [], ({ name, logFile }) =>
    process.stderr.write(`${name} ended; its log: ${logFile}\n`),
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  watch.stop();
}

/** The first signal ends in order, a second at once; the guard cleans up then. */
function endOnSignals(end: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort()));
  }
}

function stackOptions(options: UpOptions): StackOptions {
  const { kafkaPort, registryPort, redisPort, smtpPort, catcherPort } = options;
  return {
    ...(options.only === undefined ? {} : { services: parseServices(options.only) }),
    brokers: options.brokers,
    bench: options.bench ?? false,
    ports: {
      ...(kafkaPort === undefined ? {} : { kafka: kafkaPort }),
      ...(registryPort === undefined ? {} : { registry: registryPort }),
      ...(redisPort === undefined ? {} : { redis: redisPort }),
      ...(smtpPort === undefined ? {} : { smtp: smtpPort }),
      ...(catcherPort === undefined ? {} : { catcher: catcherPort }),
    },
    ...(options.keep === undefined ? {} : { keep: options.keep }),
    ...(options.appendOnly === undefined ? {} : { appendOnly: true }),
  };
}

function parseServices(text: string): ServiceName[] {
  return text.split(",").map((word) => {
    const found = SERVICES.find((name) => name === word.trim());
    if (found !== undefined) return found;
    throw new UsageError(
      `Cannot start '${word}' as --only takes ${SERVICES.join(", ")}, separated by commas`,
    );
  });
}

function already(state: State, options: UpOptions): void {
  process.stderr.write(`runs already, since ${state.since}, held by process ${state.pid}\n`);
  print(state, options);
}

function print(state: State, options: UpOptions): void {
  if (options.json) process.stdout.write(`${JSON.stringify(state)}\n`);
  else process.stdout.write(`${table(state)}\n${exports(state.env)}`);
}
