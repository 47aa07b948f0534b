import { Command } from "commander";
import { failure } from "../scripts/failure.ts";
import { endWithLauncher } from "../scripts/lifeline.ts";
import { versionLine } from "../scripts/version.ts";

interface Entry {
  /** One line for `boxoffice --help`. */
  readonly summary: string;
  /** Loaded only when the command is called, so that help and small commands start at once. */
  readonly load: () => Promise<{ readonly default: Command }>;
}

/** Every command of the fleet. A worker is `run <worker>`; the rest is for operators, developers and CI. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  start: {
    summary: "everything from nothing: stack, fleet and an on-sale, then the invariants",
    load: () => import("../scripts/start.ts"),
  },
  load: {
    summary: "an on-sale with faults: fans in a spike, cancellations, odd cards, broken records",
    load: () => import("../scripts/load.ts"),
  },
  invariants: {
    summary: "check the business invariants by the log, Redis and the witnesses' ledgers",
    load: () => import("../scripts/invariants.ts"),
  },
  run: {
    summary: "run one worker until SIGTERM or Ctrl-C",
    load: () => import("../scripts/run.ts"),
  },
  stack: {
    summary: "start and stop the local Kafka, schema registry, Redis and SMTP catcher",
    load: () => import("../scripts/stack.ts"),
  },
  schemas: {
    summary: "register the fleet's Avro schemas, generate their TypeScript types",
    load: () => import("../scripts/schemas.ts"),
  },
  catcher: {
    summary: "accept every e-mail and keep a ledger of them",
    load: () => import("../scripts/catcher.ts"),
  },
  config: {
    summary: "print what is in force and where it came from",
    load: () => import("../scripts/config.ts"),
  },
  topics: {
    summary: "plan and apply Kafka's topics, derived from the declarations",
    load: () => import("../scripts/topics.ts"),
  },
  workers: {
    summary: "list the workers with their topics, ladders and permissions",
    load: () => import("../scripts/workers.ts"),
  },
  partitions: {
    summary: "list running workers' partitions, release a halted one",
    load: () => import("../scripts/partitions.ts"),
  },
  dlq: {
    summary: "dead letters: groups, plan, replay, edit, discard, export, audit",
    load: () => import("../scripts/dlq.ts"),
  },
  jobs: {
    summary: "replays under way: watch, pause, throttle, cancel, results",
    load: () => import("../scripts/jobs.ts"),
  },
  gateway: {
    summary: "start the payment gateway's simulator, with a ledger of its own and faults on demand",
    load: () => import("../scripts/gateway.ts"),
  },
  concerts: {
    summary: "publish concerts with their halls and prices, list them",
    load: () => import("../scripts/concerts.ts"),
  },
  rebuild: {
    summary: "make the seat map again from the log, or compare the two",
    load: () => import("../scripts/rebuild.ts"),
  },
  customers: {
    summary: "erase a customer's address",
    load: () => import("../scripts/customers.ts"),
  },
  metrics: {
    summary: "document every metric that a worker shows, from what registers them",
    load: () => import("../scripts/metrics.ts"),
  },
  k8s: {
    summary: "generate Kubernetes manifests from the declarations, check overlays against them",
    load: () => import("../scripts/k8s.ts"),
  },
  monitoring: {
    summary: "print Prometheus' rules and Grafana's dashboards",
    load: () => import("../scripts/monitoring.ts"),
  },
};

const HELP_AFTER = `
Examples:
  $ npx boxoffice stack up                 the local stack, until Ctrl-C
  $ eval "$(npx boxoffice stack env)"      point this shell at the running stack
  $ npx boxoffice stack --help             a command's own help

Exit codes:
  0   fine
  1   the answer is no: a difference, a broken invariant, a failed test
  2   usage or configuration
  3   couldn't find out: something named can't be reached
  70  a bug`;

/** Runs one command line; sets the exit code, prints what failed, never throws. */
export async function main(args: readonly string[]): Promise<void> {
  survivePipes();
  endWithLauncher();
  try {
    const program = await build(args.find((word) => !word.startsWith("-")));
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    const { code, message } = failure(error);
    if (message !== "") process.stderr.write(`${message}\n`);
    process.exit(code);
  }
}

async function build(wanted: string | undefined): Promise<Command> {
  const program = new Command("boxoffice")
    .description("A fleet of small workers on Kafka for concert reservations.")
    .usage("<command> [options]")
    .version(versionLine(), "-V, --version", "print version, commit and Node")
    .helpCommand(false)
    .addHelpText("after", HELP_AFTER);
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command = name === wanted ? (await entry.load()).default : new Command(name);
    program.addCommand(command.name() === name ? command.summary(entry.summary) : command);
  }
  throwInsteadOfExit(program);
  return program;
}

/** Commander would end the process with 1 for wrong usage; a thrown error is mapped to the documented code. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.showHelpAfterError(`(see '${path(command)} --help')`);
  for (const child of command.commands) throwInsteadOfExit(child);
}

function path(command: Command): string {
  return command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;
}

/** `boxoffice … | head` closes the pipe early: no error, nobody reads on. */
function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  }
}
