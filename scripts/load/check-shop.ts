import { Unavailable, UsageError } from "../../workers/_runtime/mod.ts";
import { ask } from "./ask.ts";
import type { Shop } from "./shop.ts";

/**
 * Asks intake for the concert once, before anybody else does: an address where nobody answers, or a concert that isn't
 * on sale, would make a whole on-sale of lost and refused requests. Any other trouble is what a load is there to meet.
 * @throws {Unavailable} when no answer comes
 * @throws {UsageError} when there is no such concert
 */
export async function checkShop({ url, concertId, timeoutMs }: Shop, signal: AbortSignal): Promise<void> {
  const concert = `${url}/concerts/${encodeURIComponent(concertId)}`;
  const answer = await ask({ method: "GET", url: concert, headers: {}, timeoutMs }, signal);
  if ("lost" in answer)
    throw new Unavailable(
      "intake",
      `Cannot reach intake at ${url}: ${answer.lost}; start it or name it by --intake`,
    );
  if (answer.status === 404)
    throw new UsageError(
      `Cannot ask for seats as intake at ${url} has no concert '${concertId}': publish it by 'boxoffice concerts apply'`,
    );
}
