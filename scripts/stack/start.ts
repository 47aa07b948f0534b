import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../../workers/_runtime/errors.ts";
import { checkReachable, givenByEnvironment, SERVICES, type ServiceName, VARIABLES } from "./external.ts";
import { cacheFolder } from "./folders.ts";
import { type Guard, startGuard } from "./guard.ts";
import { type Ports, planServices } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { createService, type Service } from "./service.ts";

export interface StackOptions {
  /** Started for sure, whatever the environment names. @default all that the environment doesn't name */
  readonly services?: readonly ServiceName[];
  /** @default 1 */
  readonly brokers?: 1 | 3;
  /** Run the JVMs as in production, for measurements. @default false */
  readonly bench?: boolean;
  /** Those not given are free ones. */
  readonly ports?: Ports;
  /** Keep data in this folder, and take up what is there. @default a temporary folder, removed at the end */
  readonly keep?: string;
  /** Redis keeps its data over a restart. @default false; true with `keep` */
  readonly appendOnly?: boolean;
  /** Where downloads are kept. @default BOXOFFICE_CACHE, else .cache of the project */
  readonly cache?: string;
  /** Files that say that the stack runs: removed when it ends. */
  readonly removeAtEnd?: readonly string[];
}

/** A running stack. Its parts end with this process, however that ends. */
export interface Stack {
  /** What workers and tests need: KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL, SMTP_URL, SMTP_CATCHER_URL. */
  readonly env: Readonly<Record<string, string>>;
  /** What was started here. */
  readonly services: readonly Service[];
  /** One handle a broker. */
  readonly brokers: readonly Service[];
  /** The first broker. @throws {UsageError} As each of these if this stack didn't start it. */
  readonly kafka: Service;
  readonly registry: Service;
  readonly redis: Service;
  readonly smtp: Service;
  /** Data, ledger and logs. */
  readonly folder: string;
  /** To run Kafka's own Java client: the `java` command and Kafka's class path. */
  readonly java: { readonly command: string; readonly classPath: string };
  /** Ends all and removes temporary data. */
  stop(): Promise<void>;
}

/**
 * Starts a local stack and resolves when every part answers by its own protocol.
 *
 * @throws {UsageError} If Java, Maven or a given port can't be had.
 * @throws {Unavailable} If a part doesn't start, or one that the environment names can't be reached.
 */
export async function startStack(options: StackOptions, signal: AbortSignal): Promise<Stack> {
  const given = options.services === undefined ? givenByEnvironment() : {};
  for (const name of SERVICES) {
    const value = given[name];
    if (value !== undefined) await checkReachable(name, value, signal);
  }
  const wanted = options.services ?? SERVICES.filter((name) => given[name] === undefined);
  const prepared = await prepare(options.cache ?? cacheFolder(), options.bench ?? false, signal);
  const services: Service[] = [];
  const guard = startGuard(() => void Promise.all(services.map((service) => service.kill())));
  try {
    const folder = await makeFolder(options.keep, guard);
    for (const path of options.removeAtEnd ?? []) guard.remove(resolve(path));
    const plan = await planServices(wanted, options, prepared, folder);
    services.push(...plan.specs.map((spec) => createService(spec, guard)));
    await Promise.all(services.map((service) => service.start(signal)));
    const named = SERVICES.flatMap((name) =>
      given[name] === undefined ? [] : [[VARIABLES[name], given[name]]],
    );
    return {
      env: { ...Object.fromEntries(named), ...plan.env },
      services,
      brokers: services.filter(({ name }) => name.startsWith("kafka")),
      get kafka() {
        return find(services, "kafka");
      },
      get registry() {
        return find(services, "registry");
      },
      get redis() {
        return find(services, "redis");
      },
      get smtp() {
        return find(services, "smtp");
      },
      folder,
      java: { command: prepared.jvm.java.command, classPath: prepared.parts.kafkaClassPath },
      stop: () => stop(services, guard, options.keep !== undefined),
    };
  } catch (error) {
    await stop(services, guard, false);
    throw error;
  }
}

async function makeFolder(keep: string | undefined, guard: Guard): Promise<string> {
  const folder = keep === undefined ? await mkdtemp(join(tmpdir(), "boxoffice-stack-")) : resolve(keep);
  if (keep === undefined) guard.remove(folder);
  await mkdir(join(folder, "logs"), { recursive: true });
  return folder;
}

/** Data that is thrown away needs no farewell: SIGKILL takes no time. */
async function stop(services: readonly Service[], guard: Guard, gently: boolean): Promise<void> {
  await Promise.all(services.map((service) => (gently ? service.stop() : service.kill())));
  await guard.end();
}

function find(services: readonly Service[], wanted: ServiceName): Service {
  const found = services.find(({ name }) => name === wanted || name.startsWith(`${wanted}-`));
  if (found === undefined) throw new UsageError(`Cannot use ${wanted}: this stack didn't start it`);
  return found;
}
