export interface BriefMemoryOptions<V> {
  /** How long an answer is given again. */
  readonly forMs: number;
  /** Answers kept; beyond it the oldest goes. */
  readonly max: number;
  readonly load: (key: string) => Promise<V>;
}

/**
 * Remembers answers for a moment, so that however many ask the same at once Redis is asked once. A failed load is
 * not remembered.
 */
export function createBriefMemory<V>(options: BriefMemoryOptions<V>): (key: string) => Promise<V> {
  const { forMs, max, load } = options;
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<V> }>();
  return (key) => {
    const now = performance.now();
    const known = answers.get(key);
    if (known && now - known.at < forMs) return known.answer;
    const entry = { at: now, answer: load(key) };
    answers.delete(key);
    answers.set(key, entry);
    entry.answer.catch(() => {
      if (answers.get(key) === entry) answers.delete(key);
    });
    // Oldest first: what is over must not stay until its place is needed, answers can be large.
    for (const [old, { at }] of answers) {
      if (answers.size <= max && now - at < forMs) break;
      answers.delete(old);
    }
    return entry.answer;
  };
}
