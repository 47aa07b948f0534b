import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Test } from "tap";
import { cacheFolder } from "../../scripts/stack/folders.ts";
import { startGuard } from "../../scripts/stack/guard.ts";
import { configureNode, formatNode, kafkaSpec, kafkaUuid } from "../../scripts/stack/kafka.ts";
import { freePort } from "../../scripts/stack/port.ts";
import { prepare } from "../../scripts/stack/prepare.ts";
import { createService } from "../../scripts/stack/service.ts";
import { type JavaClient, startJavaClient } from "../contract/java-client.ts";

export const USER = "worker";
export const PASSWORD = "correct horse";

/** A broker that wants to know who is there. */
export interface SecureKafka {
  /** Neither; whoever comes in here may do everything. */
  readonly plain: string;
  /** TLS and SASL, all mechanisms. */
  readonly sasl: string;
  /** TLS with the client's certificate. */
  readonly mutual: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** What the broker says; with ACLs each refusal. */
  readonly logFile: string;
  /** Kafka's own client, on the plain listener. */
  readonly java: JavaClient;
  /** Issues tokens for OAUTHBEARER. */
  readonly tokenUrl: string;
  /** How many tokens were issued. */
  tokens(): number;
}

const run = promisify(execFile);

export interface SecureOptions {
  /** Users may only do what ACLs let them. @default false */
  readonly acls?: boolean;
}

export async function startSecureKafka(t: Test, { acls = false }: SecureOptions = {}): Promise<SecureKafka> {
  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  const folder = await mkdtemp(join(tmpdir(), "boxoffice-secure-"));
  guard.remove(folder);
  const { parts, jvm, checkpoint } = await prepare(cacheFolder(), false, AbortSignal.timeout(300_000));
  const [port, controllerPort, sasl, mutual] = await Promise.all([1, 2, 3, 4].map(() => freePort()));
  if (!port || !controllerPort || !sasl || !mutual) throw new Error("no free ports");
  const keytool = join(jvm.java.home, "bin", "keytool");
  await Promise.all(["server", "client"].map((name) => makeKey(keytool, folder, name)));
  const trust = ["-importcert", "-noprompt", "-alias", "client", "-file", join(folder, "client.pem")];
  await run(keytool, [...trust, ...storeOptions(folder, "trust")]);

  const node = { id: 1, port, controllerPort, folder: join(folder, "kafka") };
  await configureNode(node, [node]);
  await appendFile(
    join(node.folder, "server.properties"),
    `${properties(folder, { port, controllerPort, sasl, mutual })}${acls ? AUTHORIZER : ""}`,
  );
  if (acls) await appendFile(join(node.folder, "log4j2.properties"), AUTHORIZER_LOG);
  await formatNode(node, kafkaUuid(), checkpoint);
  const service = createService(kafkaSpec(node, parts, jvm, folder, 1), guard);
  await service.start();
  const java = await startJavaClient([service.url]);
  t.teardown(() => java.close());
  await java.createScramUser(USER, PASSWORD);
  const issuer = await issueTokens(t);
  return {
    plain: service.url,
    logFile: join(folder, "kafka.log"),
    java,
    sasl: `127.0.0.1:${sasl}`,
    mutual: `127.0.0.1:${mutual}`,
    ca: await readFile(join(folder, "server.pem"), "utf8"),
    cert: await readFile(join(folder, "client.pem"), "utf8"),
    key: await java.privateKey(join(folder, "client.p12"), PASSWORD),
    ...issuer,
  };
}

/** Everybody on the plain listener is anonymous: the broker itself, and tests that prepare something. */
const AUTHORIZER = `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=false
`;

const AUTHORIZER_LOG = `logger.authorizer.name = kafka.authorizer.logger
logger.authorizer.level = info
`;

function storeOptions(folder: string, name: string): string[] {
  return ["-keystore", join(folder, `${name}.p12`), "-storetype", "PKCS12", "-storepass", PASSWORD];
}

async function makeKey(keytool: string, folder: string, name: string): Promise<void> {
  const who = ["-alias", name, "-dname", `CN=${name}`, "-ext", "SAN=dns:localhost,ip:127.0.0.1"];
  const kind = ["-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"];
  await run(keytool, ["-genkeypair", ...who, ...kind, ...storeOptions(folder, name)]);
  const pem = ["-exportcert", "-rfc", "-alias", name, "-file", join(folder, `${name}.pem`)];
  await run(keytool, [...pem, ...storeOptions(folder, name)]);
}

function properties(
  folder: string,
  ports: Readonly<Record<"port" | "controllerPort" | "sasl" | "mutual", number>>,
) {
  const security = "org.apache.kafka.common.security";
  const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
  const settings: Record<string, string> = {
    listeners: [
      at("PLAINTEXT", ports.port),
      at("CONTROLLER", ports.controllerPort),
      at("SECURE", ports.sasl),
      at("MUTUAL", ports.mutual),
    ].join(","),
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL",
    "inter.broker.listener.name": "PLAINTEXT",
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.location": join(folder, "server.p12"),
    "ssl.keystore.password": PASSWORD,
    "ssl.truststore.type": "PKCS12",
    "ssl.truststore.location": join(folder, "trust.p12"),
    "ssl.truststore.password": PASSWORD,
    "listener.name.mutual.ssl.client.auth": "required",
    // Sessions end: a client must authenticate again on the same connection, here after a second (kafkajs does
    // so 10 s before the end).
    "listener.name.secure.connections.max.reauth.ms": "11000",
    "listener.name.secure.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    "listener.name.secure.plain.sasl.jaas.config": `${security}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    "listener.name.secure.scram-sha-256.sasl.jaas.config": `${security}.scram.ScramLoginModule required;`,
    "listener.name.secure.scram-sha-512.sasl.jaas.config": `${security}.scram.ScramLoginModule required;`,
    "listener.name.secure.oauthbearer.sasl.jaas.config": `${security}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** Unsigned tokens, which Kafka takes unless it is told of an issuer's keys. */
async function issueTokens(t: Test): Promise<{ tokenUrl: string; tokens(): number }> {
  let issued = 0;
  // Far longer than a slow machine's tests: a second token would be one that ran out meanwhile.
  const lifeSeconds = 3_600;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const server = createServer((_, response) => {
    issued++;
    const now = Math.floor(Date.now() / 1000);
    const token = `${part({ alg: "none" })}.${part({ sub: USER, iat: now, exp: now + lifeSeconds })}.`;
    response.end(JSON.stringify({ access_token: token, expires_in: lifeSeconds }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { tokenUrl: `http://127.0.0.1:${port}/token`, tokens: () => issued };
}
