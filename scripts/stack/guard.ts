import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * A shell that outlives this process by a moment. It reads what to clean up from a pipe whose other end only
 * this process holds; when that end closes, for whatever reason, kill -9 included, it kills and removes it all.
 */
export interface Guard {
  /** To be inherited by a child about to start, which writes its own `pid N` line before it becomes the service. */
  readonly pipe: Writable;
  /** Forget a process that has ended: its id may be used again by another. */
  gone(pid: number): void;
  /** Remove a file or folder at the end. */
  remove(path: string): void;
  /** Clean up now; resolves when it's done. */
  end(): Promise<void>;
}

const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
pids=' '
paths=''
while IFS= read -r line; do
  value=\${line#* }
  case $line in
    'pid '*) pids="$pids$value " ;;
    'gone '*) case $pids in *" $value "*) pids="\${pids%% $value *} \${pids#* $value }" ;; esac ;;
    'rm '*) paths="$paths$value
" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
tries=0
for pid in $pids; do
  while kill -0 "$pid" 2>/dev/null && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
done
printf %s "$paths" | while IFS= read -r path; do rm -rf -- "$path"; done
`;

/** Starts one. `lost` is called if the guard itself is killed: what it guards should then be stopped. */
export function startGuard(lost: () => void): Guard {
  // A session of its own: Ctrl-C on the terminal must not reach it.
  const shell: ChildProcess = spawn("/bin/sh", ["-c", SCRIPT], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
  });
  const { stdin } = shell;
  if (stdin === null) throw new Error("Cannot start the guard: its shell has no standard input");
  stdin.on("error", () => {});
  let ending = false;
  const exited = new Promise<void>((resolve) => {
    shell.once("exit", () => {
      resolve();
      if (!ending) lost();
    });
  });
  shell.unref();
  return {
    pipe: stdin,
    gone: (pid) => void stdin.write(`gone ${pid}\n`),
    remove: (path) => void stdin.write(`rm ${path}\n`),
    async end() {
      ending = true;
      shell.ref();
      stdin.end();
      await exited;
    },
  };
}
