import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { reservations } from "../../../schemas/topics.ts";
import { ReservationRequested } from "../../../schemas/types.ts";
import { makeRootFs, NON_ROOT } from "../../../scripts/build/root-fs.ts";
import { startGateway } from "../../../scripts/gateway/start.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { startStack } from "../../../scripts/stack/start.ts";
import { createCodec } from "../../../workers/_runtime/codec.ts";
import { encodeEvent } from "../../../workers/_runtime/context.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { built, scratchFolder } from "../../_support/executable.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { findTool, leaveOut } from "../../left-out.ts";

/** As a container runs it: nothing but the executable and its libraries, read-only, nobody's user, PID 1. */

const LARGEST_MB = 200;
/** As the manifests give it. */
const GRACE_MS = 70_000;

const why = whyNot();
if (why !== undefined) leaveOut(t, "the executable in a bare root file system", why);
else
  t.test(
    "payment runs in a bare root file system as PID 1 and drains on SIGTERM",
    { timeout: 900_000 },
    async (t) => {
      const { executable } = built(t);
      const folder = join(scratchFolder(t), "root");
      const files = makeRootFs(executable, folder);
      const bytes = files.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
      t.ok(bytes < LARGEST_MB * 1e6, `${bytes} bytes`);

      const stack = await startStack({ services: ["kafka", "registry"] }, AbortSignal.timeout(600_000));
      t.teardown(() => stack.stop());
      const held = Promise.withResolvers<void>();
      const gateway = await startGateway({ pause: () => held.promise });
      t.teardown(() => gateway.close());
      writeFileSync(join(folder, "run/secrets/GATEWAY_URL"), gateway.url);
      const healthPort = await freePort();
      const env = {
        ...stack.env,
        ...{ BOXOFFICE_PROFILE: "test", GATEWAY_URL_FILE: "/run/secrets/GATEWAY_URL" },
        ...{ HEALTH_HOST: "127.0.0.1", HEALTH_PORT: String(healthPort) },
        // What runs at SIGTERM is to be finished, not to run out of time on a busy machine.
        ...{ GATEWAY_TIMEOUT: "4500ms", SHUTDOWN_DEADLINE: "40s" },
      };
      for (const args of [
        ["topics", "apply"],
        ["schemas", "register"],
      ]) {
        const [code] = await once(contained(folder, args, env), "exit");
        t.equal(code, 0, args.join(" "));
      }
      const f = await fleet(t, stack.env);
      const codec = createCodec({
        registry: connectRegistry(f.config.registry),
        records: [ReservationRequested],
        topics: [reservations],
      });
      await codec.ready(AbortSignal.timeout(200_000));
      const request = async () => {
        const reservationId = randomUUID();
        await f.send([encodeEvent(codec, reservations, requested(reservationId))]);
        return reservationId;
      };
      const answered = async (id: string) =>
        (await f.all("payments")).some(({ value }) => value?.includes(id));

      const outer = contained(folder, ["run", "payment"], env);
      const first = await request();
      await until(t, "the first record is through", () => answered(first), 300);
      const pid = innerOf(outer);
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      t.match(status, new RegExp(`^Uid:\\s+${NON_ROOT}\\s+${NON_ROOT}`, "m"));
      t.match(status, /^CapEff:\s+0{16}$/m, "no capabilities");
      t.match(status, /^NoNewPrivs:\s+1$/m);
      t.match(status, /^NSpid:\s+\d+\s+1$/m, "PID 1");
      t.match(readFileSync(`/proc/${pid}/mountinfo`, "utf8"), / \/ ro,/, "a read-only root");
      t.equal((await fetch(`http://127.0.0.1:${healthPort}/livez`)).status, 200);

      gateway.changeFaults({ latencyMs: 1, latencyP99Ms: 1 });
      const last = await request();
      await until(t, "its handler runs", () => gateway.stats().inProgress > 0, 300);
      const begun = performance.now();
      process.kill(pid, "SIGTERM");
      held.resolve();
      const [code] = await once(outer, "exit");
      t.equal(code, 0);
      t.ok(performance.now() - begun < GRACE_MS);
      t.ok(await answered(last), "what ran was finished and committed");
    },
  );

/** What keeps this machine from it. */
function whyNot(): string | undefined {
  if (process.platform !== "linux") return "needs Linux' namespaces";
  for (const tool of ["unshare", "setpriv", "mount", "ldd"])
    if (!findTool(tool)) return `${tool} is missing: apt-get install util-linux mount libc-bin`;
  const { status, stderr } = spawnSync("unshare", ["--mount", "--pid", "--fork", "--mount-proc", "true"], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `this user may not make namespaces: ${stderr.trim()}`;
}

/** Runs the executable as PID 1 of its own process namespace, in the folder as a read-only root. */
function contained(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const script = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec setpriv --no-new-privs \
unshare --pid --fork --kill-child --root="$0" --mount-proc=/proc --setuid ${NON_ROOT} --setgid ${NON_ROOT} \
/boxoffice "$@"`;
  return spawn("unshare", ["--mount", "sh", "-c", script, folder, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The contained process, as this namespace counts. */
function innerOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

function requested(reservationId: string): ReservationRequested {
  const now = Date.now();
  return {
    ...{ type: "ReservationRequested", reservationId, customerId: "c-1", concertId: "gala", seats: ["A-1"] },
    ...{ amount: 100, currency: "EUR", card: "tok_visa_4242", requestedAt: now, holdUntil: now + 600_000 },
  };
}
