import { Unavailable } from "../../workers/_runtime/mod.ts";

/** Share of the customers whose mail server turns the first mail away. */
const GREYLISTED = 0.06;

/**
 * Lets the SMTP catcher misbehave as real servers do: notices are retried, and what follows them waits.
 * @throws {Unavailable} when the catcher doesn't take it
 */
export async function greylistMails(catcherUrl: string, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({ mode: "greylist", share: GREYLISTED });
  const answer = await fetch(`${catcherUrl}/outage`, { method: "PUT", body, signal });
  if (!answer.ok)
    throw new Unavailable(
      "smtp",
      `Cannot set the SMTP catcher's faults at ${catcherUrl}: ${await answer.text()}`,
    );
}
