import type { SaslConfig } from "../config-shape.ts";

const TOKEN_TIMEOUT_MS = 10_000;
/** A token is asked for anew when this part of its life is over. */
const LIFE_USED = 0.8;

/** What kafkajs wants of each mechanism; a copy, for it keeps in there what it made of the password. */
export function saslOptions(sasl: SaslConfig): object {
  if (sasl.mechanism !== "oauthbearer") return { ...sasl };
  const token = clientCredentials(sasl);
  return { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: await token() }) };
}

/**
 * Tokens of OAuth 2's client-credentials grant, kept until most of their life is over; callers at the same
 * time share one request.
 */
export function clientCredentials(
  options: Extract<SaslConfig, { mechanism: "oauthbearer" }>,
  now: () => number = Date.now,
): () => Promise<string> {
  let kept: { value: string; until: number } | undefined;
  let running: Promise<string> | undefined;
  return async () => {
    if (kept && now() < kept.until) return kept.value;
    running ??= (async () => {
      const asked = now();
      const { value, lifeMs } = await requestToken(options);
      kept = { value, until: asked + lifeMs * LIFE_USED };
      return value;
    })().finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function requestToken({
  tokenUrl,
  clientId,
  clientSecret,
  scope,
}: Extract<SaslConfig, { mechanism: "oauthbearer" }>): Promise<{ value: string; lifeMs: number }> {
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const body = new URLSearchParams({ grant_type: "client_credentials" });
  if (scope !== undefined) body.set("scope", scope);
  const response = await fetch(tokenUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    body,
    signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
  });
  // The body of a refusal may repeat credentials: only its status is told.
  if (!response.ok)
    throw new Error(`Cannot get a token for Kafka: '${tokenUrl}' answered ${response.status}`);
  const answer: unknown = await response.json();
  if (
    typeof answer !== "object" ||
    answer === null ||
    !("access_token" in answer) ||
    typeof answer.access_token !== "string"
  )
    throw new Error(`Cannot get a token for Kafka: '${tokenUrl}' answered without 'access_token'`);
  const seconds = "expires_in" in answer ? Number(answer.expires_in) : Number.NaN;
  return { value: answer.access_token, lifeMs: Number.isFinite(seconds) ? seconds * 1000 : 60_000 };
}
