import { TransactionFailed } from "../_runtime/broker.ts";

/**
 * Acts on all items at once, and when the broker refuses one of their records, on halves of them, until that one is
 * alone. In order; what is refused alone is told instead of thrown.
 * @throws all but a refusal
 */
export async function halve<I, T>(
  items: readonly I[],
  act: (items: readonly I[]) => Promise<T>,
  refused: (item: I, why: string) => T,
): Promise<readonly T[]> {
  const [first] = items;
  if (first === undefined) return [];
  try {
    return [await act(items)];
  } catch (error) {
    if (!(error instanceof TransactionFailed) || error.kind !== "refused") throw error;
    if (items.length === 1) return [refused(first, error.message)];
    const half = items.length >> 1;
    return [
      ...(await halve(items.slice(0, half), act, refused)),
      ...(await halve(items.slice(half), act, refused)),
    ];
  }
}
