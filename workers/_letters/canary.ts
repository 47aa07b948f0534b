import { countOf, type Frozen, freeze } from "./frozen.ts";

/**
 * The letters that go first: `count` spread evenly over the plan's DLQs, and within each over its letters. The same for
 * the same plan, whoever asks.
 */
export function canaryOf(frozen: Frozen, count: number): Frozen {
  const total = countOf(frozen);
  if (count >= total) return frozen;
  const byDlq = new Map<string, { dlq: string; partition: number; offset: number }[]>();
  for (const { dlq, partition, runs } of frozen) {
    const letters = byDlq.get(dlq) ?? [];
    byDlq.set(dlq, letters);
    for (const [first, many] of runs)
      for (let offset = first; offset < first + many; offset++) letters.push({ dlq, partition, offset });
  }
  const dlqs = [...byDlq.values()].sort((a, b) => a.length - b.length);
  const chosen: { dlq: string; partition: number; offset: number }[] = [];
  dlqs.forEach((letters, i) => {
    // What a small DLQ can't give, the larger ones do.
    const share = Math.min(letters.length, Math.ceil((count - chosen.length) / (dlqs.length - i)));
    for (let n = 0; n < share; n++) {
      const letter = letters[Math.floor((n * letters.length) / share)];
      if (letter) chosen.push(letter);
    }
  });
  return freeze(chosen);
}
