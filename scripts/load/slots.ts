/** At most `limit` things at once; whoever comes beyond it waits in turn. */
export function slots(limit: number) {
  let used = 0;
  const waiting: (() => void)[] = [];
  return {
    async take(): Promise<void> {
      if (used >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else used += 1;
    },
    release(): void {
      const next = waiting.shift();
      // The slot passes on to the next in line, so that nobody who comes just now overtakes.
      if (next) next();
      else used -= 1;
    },
    get used() {
      return used;
    },
  };
}
