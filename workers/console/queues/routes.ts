import type { Queue } from "bullmq";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { html } from "../../_html/mod.ts";
import { Unavailable } from "../../_runtime/mod.ts";
import { requireRole } from "../access/allowed.ts";
import { CONTENT_SECURITY_POLICY, type PersonOf } from "../access/gate.ts";
import { Problem } from "../problem.ts";
import type { Board } from "./board.ts";
import { createBoard } from "./board.ts";
import { type BoardFiles, readBoardFiles } from "./board-files.ts";

const PREFIX = "/queues";
/** Redis away: BullMQ would wait for it as long as it takes. */
const PATIENCE_MS = 5_000;

/** bull-board's components set styles on elements as they draw; scripts stay our own and nothing is inline. */
const POLICY = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("base-uri 'none'", "base-uri 'self'")
  .replace("default-src 'none'", "default-src 'none'; font-src 'self'; worker-src 'self'");

/** BullMQ's queues as pages, for viewers; nothing can be changed there. */
export function addQueues(app: FastifyInstance, queues: readonly Queue[], personOf: PersonOf): void {
  const files = readBoardFiles();
  const board = createBoard(queues);
  app.register(
    async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        requireRole(personOf(request), "viewer");
        reply.header("content-security-policy", POLICY);
      });
      addFiles(scope, files);
      addBoardPages(scope, board, files);
      addBoardApi(scope, board);
    },
    { prefix: PREFIX },
  );
}

function addFiles(scope: FastifyInstance, { files }: BoardFiles): void {
  scope.get<{ Params: { "*": string } }>("/static/*", (request, reply) => {
    const file = files.get(request.params["*"]);
    if (!file) throw new Problem("not-found", "There is no such file");
    return reply
      .headers({ "content-type": file.type, "cache-control": "private, max-age=3600" })
      .send(file.bytes);
  });
}

function addBoardPages(scope: FastifyInstance, { pages, uiConfig }: Board, files: BoardFiles): void {
  // In JSON `<` stands in strings only, where the escape means the same and can't end the element.
  const config = JSON.stringify(uiConfig).replaceAll("<", "\\u003c");
  const page = html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="${PREFIX}/">
<title>Queues · Boxoffice</title>
<link rel="icon" type="image/svg+xml" id="fav-logo" href="static/images/logo.svg">
${files.styles.map((name) => html`<link href="static/${name}" rel="stylesheet">`)}
</head>
<body class="preload">
<script id="__UI_CONFIG__" type="application/json">${{ html: config }}</script>
<div id="root"></div>
${files.scripts.map((name) => html`<script defer src="static/${name}"></script>`)}
</body>
</html>
`.html;
  for (const url of [pages.route].flat())
    scope.get(url, (_request, reply) =>
      reply.headers({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).send(page),
    );
}

/** The board's reading calls alone: what changes something has no address here. */
function addBoardApi(scope: FastifyInstance, { routes, queues, uiConfig }: Board): void {
  for (const { method, route, handler } of routes) {
    if (![method].flat().some((each) => each.toLowerCase() === "get")) continue;
    for (const url of [route].flat())
      scope.get(url, async (request, reply) => {
        const { status = 200, body } = await inTime(
          Promise.resolve(handler({ ...partsOf(request), queues, uiConfig, body: {} })),
        );
        return reply.code(status).header("cache-control", "no-store").send(body);
      });
  }
}

function partsOf({ params, query, headers }: FastifyRequest) {
  // As its own fastify adapter hands them over.
  return {
    params: params as Record<string, unknown>,
    query: query as Record<string, unknown>,
    headers: headers as Record<string, string | undefined>,
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Unavailable("redis", `Redis did not answer within ${PATIENCE_MS} ms`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
