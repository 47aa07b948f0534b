import type { FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";
import { Unavailable } from "../_runtime/mod.ts";
import { Problem, problemBody, problems } from "./problem.ts";
import { invalid } from "./validated.ts";

/** Makes every error of the server a problem+json answer: ours, fastify's, and addresses that nobody serves. */
export function answerProblems(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.problem === "internal" || problem.problem === "unavailable")
      log[problem.problem === "internal" ? "error" : "warn"](
        { err: error, method: request.method, route: request.routeOptions.url },
        problem.problem === "internal" ? "request failed" : "request refused",
      );
    return answerProblem(problem, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    answerProblem(new Problem("not-found", `There is no ${request.method} at this address`), reply),
  );
}

/** Sends it with its headers. */
export function answerProblem(problem: Problem, reply: FastifyReply): FastifyReply {
  if (problem.retryAfter !== undefined) reply.header("retry-after", problem.retryAfter);
  // As bytes: for text fastify would add a charset, which this media type does not have.
  return reply
    .code(problems[problem.problem].status)
    .header("content-type", "application/problem+json")
    .header("cache-control", "no-store")
    .send(Buffer.from(JSON.stringify(problemBody(problem))));
}

/** Which problem an error is to the client; whatever nobody foresaw is `internal`, and says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable)
    return new Problem("unavailable", "The seat map can't be asked at the moment", {
      retryAfter: 2,
      cause: error,
    });
  const { code, statusCode } = fastifyError(error);
  if (code === "FST_ERR_HANDLER_TIMEOUT")
    return new Problem("outcome-unknown", "The request took too long", { retryAfter: 2, cause: error });
  if (statusCode === 413) return new Problem("too-large", "The body is larger than 16 kB", { cause: error });
  if (statusCode === 415)
    return new Problem("unsupported-media-type", "The body must be application/json", { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return invalid([{ place: "/", detail: error instanceof Error ? error.message : "is not valid" }]);
  return new Problem("internal", "The request failed for a reason that is not yours", { cause: error });
}

function fastifyError(error: unknown): { code?: unknown; statusCode?: number } {
  if (!(error instanceof Error)) return {};
  const code = "code" in error ? error.code : undefined;
  const statusCode = "statusCode" in error ? error.statusCode : undefined;
  // Only fastify's own refusals speak of the request; another's status code means nothing here.
  if (typeof code !== "string" || !code.startsWith("FST_") || typeof statusCode !== "number") return {};
  return { code, statusCode };
}

/** What is written to a socket whose request node could not even parse. */
export function rawProblem(code: string | undefined): string {
  const status = code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  const titles = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
  } as const;
  const { type, title } = problemBody(new Problem("invalid-request", titles[status]));
  const body = JSON.stringify({ type, title, status, detail: titles[status] });
  return `HTTP/1.1 ${status} ${titles[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
