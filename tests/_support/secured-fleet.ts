import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Test } from "tap";
import { startGuard } from "../../scripts/stack/guard.ts";
import { freePort } from "../../scripts/stack/port.ts";
import { startStack } from "../../scripts/stack/start.ts";
import { childEnvironment } from "../../scripts/start/environment.ts";
import type { Fleet } from "../../scripts/start/fleet.ts";
import { startGatewayProcess } from "../../scripts/start/gateway.ts";
import { untilOnSale, untilReady } from "../../scripts/start/ready.ts";
import { runCommand } from "../../scripts/start/self.ts";
import { startWorkers, type WorkerProcess } from "../../scripts/start/workers.ts";
import { workerNames } from "../../workers/all.ts";
import { createKafkaUsers } from "./kafka-users.ts";
import { type SecureKafka, startSecureKafka } from "./secure-kafka.ts";

export const CONCERT = "scripts/concerts/grand-hall.json";
const root = resolve(import.meta.dirname, "../..");

/** What a process is given besides, by its user; of none: the witness, who comes in by the brokers' open door. */
export type MoreSettings = (user: string | undefined) => Readonly<Record<string, string>>;

/** What is there before the first process of ours starts. */
export interface SecuredGround {
  readonly kafka: SecureKafka;
  readonly stackEnv: Readonly<Record<string, string>>;
  /** Goes with the fleet. */
  readonly folder: string;
}

export interface SecuredOptions {
  readonly prepare?: (ground: SecuredGround) => Promise<MoreSettings>;
}

export interface SecuredFleet {
  readonly kafka: SecureKafka;
  readonly passwords: ReadonlyMap<string, string>;
  /** What a process of that user is given: the brokers' TLS and SASL, secrets as files as in a pod. */
  envOf(user: string): Readonly<Record<string, string>>;
  /** As `start` makes it; its `env` is that of a witness who may see everything. */
  readonly fleet: Fleet;
}

/**
 * The whole fleet on a broker with TLS, SASL and an authorizer: every process as the user that the generated manifests
 * give it, and nothing prepared by anyone else.
 */
export async function securedFleet(
  t: Test,
  concertId: string,
  signal: AbortSignal,
  { prepare = async () => () => ({}) }: SecuredOptions = {},
): Promise<SecuredFleet> {
  const since = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "boxoffice-secured-"));
  const stack = await startStack({ services: ["registry", "redis", "smtp"] }, signal);
  t.teardown(() => stack.stop());
  const kafka = await startSecureKafka(t, { acls: true });
  const passwords = await createKafkaUsers(kafka.java, join(root, "k8s"));
  await writeFile(join(folder, "ca.crt"), kafka.ca);
  for (const [user, password] of passwords) await writeFile(join(folder, user), password);

  const intakePort = String(await freePort());
  const given = {
    ...stack.env,
    BOXOFFICE_PROFILE: "test",
    // Slow machines must not turn every reservation into an expired one.
    INTAKE_HOLD: "30s",
    // Nor a cancellation that waits for expiry to see its confirmation into a dead letter that nobody sowed.
    RETRY_LADDER: "1s,2s,4s,8s,16s",
    INTAKE_PORT: intakePort,
    CONSOLE_PORT: String(await freePort()),
  };
  const settings = await prepare({ kafka, stackEnv: stack.env, folder });
  const bare = childEnvironment(process.env, {
    ...given,
    KAFKA_BROKERS: kafka.plain,
    ...settings(undefined),
  });
  const envOf = (user: string): Record<string, string> => ({
    ...bare,
    KAFKA_BROKERS: kafka.sasl,
    KAFKA_TLS_CA_FILE: join(folder, "ca.crt"),
    KAFKA_SASL_MECHANISM: "scram-sha-512",
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD_FILE: join(folder, user),
    ...settings(user),
  });

  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  guard.remove(folder);
  const places = { data: folder, logs: folder };
  const gateway = await startGatewayProcess(places, bare, guard, () => {});
  t.teardown(() => gateway.process.stop());
  await runCommand(["topics", "apply"], envOf("boxoffice-deploy"), signal);
  await runCommand(["schemas", "register", "--yes"], envOf("boxoffice-deploy"), signal);
  const workers: WorkerProcess[] = [];
  t.teardown(() => Promise.all(workers.map((worker) => worker.process.stop())));
  for (const name of workerNames()) {
    const user = `boxoffice-${name}`;
    const env = { ...envOf(user), GATEWAY_URL: settings(user).GATEWAY_URL ?? gateway.url };
    workers.push(...(await startWorkers([name], folder, env, guard, () => {})));
  }
  await runCommand(["concerts", "apply", join(root, CONCERT)], envOf("boxoffice-operator"), signal);
  await untilReady(
    workers.map(({ process }) => process),
    signal,
  );
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  await untilOnSale(intakeUrl, concertId, signal);
  const clientLedger = join(folder, "accepted.ndjson");
  await writeFile(clientLedger, "");
  const fleet: Fleet = {
    ...{
      since,
      env: bare,
      intakeUrl,
      consoleUrl: "",
      gateway,
      workers,
      stack,
      folder,
      envFile: "",
      clientLedger,
    },
    catcherUrl: stack.env.SMTP_CATCHER_URL,
    stop: async () => {},
  };
  return { kafka, passwords, envOf, fleet };
}
