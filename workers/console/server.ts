import { randomBytes } from "node:crypto";
import type { Queue } from "bullmq";
import fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Desk } from "../_letters/desk.ts";
import type { ConsoleConfig } from "../_runtime/mod.ts";
import { createFormTokens } from "./access/form-token.ts";
import { addGate } from "./access/gate.ts";
import { createIssuer } from "./access/issuer.ts";
import { createSealed } from "./access/sealed.ts";
import { addSignIn } from "./access/sign-in.ts";
import { waysIn } from "./access/ways-in.ts";
import { addApi } from "./api/routes.ts";
import type { FleetView } from "./fleet/view.ts";
import { problemPage } from "./page/problem.ts";
import { addPages } from "./page/routes.ts";
import { answerProblems } from "./problem-answers.ts";
import { addQueues } from "./queues/routes.ts";

export interface ConsoleParts {
  readonly desk: Desk;
  readonly fleet: FleetView;
  /** BullMQ's, to look at. */
  readonly queues: readonly Queue[];
  readonly config: ConsoleConfig;
  readonly log: Logger;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** For a request to arrive whole, imports included. */
const ARRIVAL_MS = 300_000;
const MAX_CONNECTIONS = 1_000;
const MAX_FORM_FIELDS = 2_000;

/** The console's HTTP server, not listening yet. `close()` lets what is in flight finish. */
export function createServer({ desk, fleet, queues, config, log }: ConsoleParts): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: ARRIVAL_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 400 },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  addParsers(app);
  const { oidc, url } = config;
  const signIn = oidc && {
    issuer: createIssuer(oidc),
    sessions: createSealed(oidc.sessionSecret, "session"),
    leaves: createSealed(oidc.sessionSecret, "leave"),
  };
  // The same for all replicas where there can be several; on loopback there is one.
  const formTokens = createFormTokens(
    oidc?.sessionSecret ?? config.proxy?.secret ?? randomBytes(32).toString("hex"),
  );
  const signInPath = signIn ? "/login" : undefined;
  const personOf = addGate(app, { wayIn: waysIn(config, signIn), formTokens, url, signInPath });
  answerProblems(app, log, problemPage);
  if (oidc && signIn) addSignIn(app, config, oidc, signIn);
  addApi(app, desk, personOf);
  addPages(app, { desk, fleet, personOf, formTokens, signsOut: signIn !== undefined });
  addQueues(app, queues, personOf);
  return app;
}

function addParsers(app: FastifyInstance): void {
  app.removeContentTypeParser("text/plain");
  // Streamed: an import may be larger than memory.
  app.addContentTypeParser("application/x-ndjson", (_request, payload, done) => done(null, payload));
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      const fields = [...new URLSearchParams(body)];
      if (fields.length > MAX_FORM_FIELDS) return done(new Error("The form has too many fields"));
      // Without a prototype: a field may have any name.
      done(null, Object.assign(Object.create(null), Object.fromEntries(fields)));
    },
  );
}
