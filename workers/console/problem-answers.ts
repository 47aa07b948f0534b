import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { Refused } from "../_letters/failures.ts";
import { isConnectionError } from "../_runtime/broker/broker-error.ts";
import { PublishFailed, Unavailable, UsageError } from "../_runtime/mod.ts";
import { Problem, problemBody, problems } from "./problem.ts";

const RETRY_AFTER_S = 2;

/** Makes every error an answer: problem+json for programs, `page` for people. */
export function answerProblems(
  app: FastifyInstance,
  log: Logger,
  page: (problem: Problem, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const answer = (problem: Problem, request: FastifyRequest, reply: FastifyReply) => {
    const { status } = problems[problem.problem];
    reply.code(status).header("cache-control", "no-store");
    if (status === 503) reply.header("retry-after", RETRY_AFTER_S);
    if (status === 401) reply.header("www-authenticate", "Bearer");
    if (wantsPage(request)) return page(problem, request, reply);
    // As bytes: for text fastify would add a charset, which this media type does not have.
    return reply
      .header("content-type", "application/problem+json")
      .send(Buffer.from(JSON.stringify(problemBody(problem))));
  };
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    const { status } = problems[problem.problem];
    if (status >= 500)
      log[status === 500 ? "error" : "warn"](
        { err: error, method: request.method, route: request.routeOptions.url },
        "request failed",
      );
    return answer(problem, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    answer(new Problem("not-found", `There is no ${request.method} at this address`), request, reply),
  );
}

function wantsPage({ url, headers }: FastifyRequest): boolean {
  return !url.startsWith("/api/") && headers.accept?.includes("text/html") === true;
}

/** Which problem an error is to the asker; whatever nobody foresaw is `internal`, and says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refused) return new Problem(error.code, error.message, error.details, error);
  if (error instanceof Unavailable || error instanceof PublishFailed)
    return new Problem("unavailable", error.message, [], error);
  // Of a desk: a topic is missing, and what makes it is in the sentence.
  if (error instanceof UsageError) return new Problem("unavailable", error.message, [], error);
  if (isConnectionError(error))
    return new Problem("unavailable", "Kafka can't be asked at the moment", [], error);
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new Problem("unavailable", "What the console asked did not answer in time", [], error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  // Only fastify's own refusals speak of the request; another's status code means nothing here.
  if (typeof code === "string" && code.startsWith("FST_") && typeof status === "number") {
    if (status === 413) return new Problem("too-large", "The body is larger than 16 MB", [], error);
    if (status === 415)
      return new Problem("unsupported-media-type", "The body's content-type is not taken here", [], error);
    if (status >= 400 && status < 500)
      return new Problem(
        "invalid-request",
        error instanceof Error ? error.message : "is not valid",
        [],
        error,
      );
  }
  return new Problem("internal", "The request failed for a reason that is not yours", [], error);
}
