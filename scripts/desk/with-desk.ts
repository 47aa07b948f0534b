import type { Call, Desk } from "../../workers/_letters/mod.ts";
import { remoteDesk } from "../../workers/_letters/remote-desk.ts";
import { exitCodes, UsageError } from "../../workers/_runtime/mod.ts";
import { localDesk, localFailure } from "./local-desk.ts";
import { operatorName } from "./operator.ts";
import { scanProgress } from "./scan-progress.ts";

/** Where the letters are and who asks: options of every command. */
export interface DeskOptions {
  readonly remote?: string;
  readonly token?: string;
  readonly as?: string;
}

export interface AtDesk {
  readonly desk: Desk;
  /** Runs one call of the desk with its progress on stderr. */
  run<T>(call: (call: Call) => Promise<T>): Promise<T>;
  /** For streams and what is called again and again: no progress. */
  readonly call: Call;
  /** What the next command needs to be told to reach the same desk: ` --remote URL`, or nothing. */
  readonly suffix: string;
}

/**
 * Opens the desk that the options name and closes it afterwards. Ctrl-C and SIGTERM abort the call in hand and exit 1,
 * a second one at once.
 */
export async function withDesk(options: DeskOptions, task: (at: AtDesk) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => (stop.signal.aborted ? process.exit(exitCodes.no) : stop.abort());
  for (const name of SIGNALS) process.on(name, onSignal);
  let desk: Desk | undefined;
  try {
    const by = whoAsks(options);
    desk = await openDesk(options);
    const call: Call = { signal: stop.signal, by };
    await task({ desk, call, run: (deed) => runCall(call, deed), suffix: suffixOf(options) });
  } catch (error) {
    if (!stop.signal.aborted) throw options.remote === undefined ? localFailure(error) : error;
    process.stderr.write("Stopped before it was through.\n");
    process.exitCode = exitCodes.no;
  } finally {
    await desk?.close();
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function whoAsks({ as, remote }: DeskOptions): string {
  if (remote !== undefined && as !== undefined)
    throw new UsageError(
      "Cannot use --as with --remote: the console knows who you are by your token, and records that",
    );
  return operatorName(as, process.env);
}

async function openDesk({ remote, token = process.env.BOXOFFICE_TOKEN }: DeskOptions): Promise<Desk> {
  if (remote === undefined) return await localDesk();
  return remoteDesk(remote, token === undefined || token === "" ? {} : { token });
}

function suffixOf({ remote }: DeskOptions): string {
  return remote === undefined ? "" : ` --remote ${remote}`;
}

async function runCall<T>(call: Call, deed: (call: Call) => Promise<T>): Promise<T> {
  const shown = scanProgress();
  try {
    return await deed({ ...call, progress: shown.progress });
  } finally {
    shown.end();
  }
}
