import type { Said, Transcript } from "./transcript.ts";

/**
 * The commands of the walk, in order.
 * @throws {Error} when one doesn't answer as the guide says
 */
export async function walk({ step }: Transcript): Promise<void> {
  const ask = async (code: number, why: string, ...words: readonly string[]) => {
    const said = await step(why, ...words);
    if (said.code !== code)
      throw new Error(`'boxoffice ${words.join(" ")}' ended with ${said.code}, not ${code}:\n${said.out}`);
    return said;
  };
  const groups = await ask(0, "What died, how much of it, since when?", "dlq", "groups");
  // Most letters first.
  const gateway = wordOf(groups, /│ ([0-9a-f]{8,}) /);
  const listed = await ask(
    0,
    "The large group, two of it:",
    "dlq",
    "list",
    "--fingerprint",
    gateway,
    "--limit",
    "2",
  );
  const letter = wordOf(listed, /dlq show (\S+)/);
  await ask(0, "One of them, with all that is known:", "dlq", "show", letter);
  const planned = await ask(
    0,
    "The gateway's operators say that it is back. What would a replay of that group do? Nothing is sent:",
    ...["dlq", "plan", "--fingerprint", gateway, "--rate", "2000", "--reason", "gateway is back, INC-12"],
  );
  const plan = wordOf(planned, /^Plan (\S+):/m);
  await ask(
    1,
    "Ten first, then the rest, at most 2,000 a second, until every one has its outcome. Some were dead for a second reason:",
    ...["dlq", "replay", "--plan", plan, "--canary", "10", "--rate", "2000", "--yes"],
  );
  await ask(0, "Which, and why?", ...["dlq", "list", "--error", "Permanent", "--limit", "1"]);
  await ask(
    0,
    "The job's results name every letter; `--ndjson` for the ticket:",
    "jobs",
    "results",
    plan,
    "--result",
    "dead-again",
  );
  await ask(0, "What is left?", "dlq", "groups");
  await ask(
    1,
    "A replay of the same bytes only fails again, and the exit code says so; it costs one letter to know:",
    ...[
      "dlq",
      "replay",
      "--canary",
      "1",
      "--yes",
      "--plan",
      await planOf(step, "--error", "Permanent", "--limit", "1"),
    ],
  );
  await ask(
    0,
    "So they go, with a reason; and so do the ones that nobody can read:",
    ...["dlq", "discard"],
    ...["--error", "Permanent", "--reason", "cards that are none; customers are told, INC-12", "--yes"],
  );
  await ask(
    0,
    "The second kind:",
    "dlq",
    "discard",
    "--error",
    "CorruptPayload",
    "--reason",
    "cut by the proxy, sent again by the shop, INC-13",
    "--yes",
  );
  const away = await ask(
    0,
    "One of them was a mistake:",
    ...["dlq", "list", "--error", "Permanent", "--outcome", "discarded", "--limit", "1"],
  );
  const one = wordOf(away, /dlq show (\S+)/);
  await ask(0, "It comes back:", "dlq", "restore", one, "--reason", "the customer wrote in", "--yes");
  await ask(0, "In the morning, for whoever asks:", "dlq", "audit", "--since", "today");
}

async function planOf(step: Transcript["step"], ...filter: readonly string[]): Promise<string> {
  const planned = await step(
    "One of them as a plan of its own:",
    "dlq",
    "plan",
    ...filter,
    "--reason",
    "one to see, INC-12",
  );
  return wordOf(planned, /^Plan (\S+):/m);
}

function wordOf({ out }: Said, pattern: RegExp): string {
  const word = pattern.exec(out)?.[1];
  if (word === undefined) throw new Error(`Cannot find ${pattern} in:\n${out}`);
  return word;
}
