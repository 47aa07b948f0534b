/**
 * The done map: which offsets above the committed one are done, as it travels in the commit's metadata
 * (Confluent's Parallel Consumer keeps the same). Lengths of runs, undone and done in turn, starting undone at the
 * committed offset, as LEB128 varints in base64 behind a version mark. Empty when nothing above is done.
 *
 * A string of 4096 bytes is the broker's limit (offset.metadata.max.bytes): the caller keeps below it.
 */
const VERSION = "1:";

/** Half-open: `from` is done, `to` is not. */
export interface DoneRun {
  readonly from: number;
  readonly to: number;
}

/** `runs` ascending, apart from each other and above `base`. */
export function encodeDoneMap(base: number, runs: readonly DoneRun[]): string {
  if (runs.length === 0) return "";
  const bytes: number[] = [];
  let at = base;
  for (const { from, to } of runs) {
    pushVarint(bytes, from - at);
    pushVarint(bytes, to - from);
    at = to;
  }
  return VERSION + Buffer.from(bytes).toString("base64");
}

/**
 * The runs of a metadata string. What was not written by us (another tool committed for this group) counts as no map:
 * the records above the offset then run again, which is the documented cost of such a commit.
 */
export function decodeDoneMap(base: number, metadata: string): DoneRun[] {
  if (!metadata.startsWith(VERSION)) return [];
  const bytes = Buffer.from(metadata.slice(VERSION.length), "base64");
  const runs: DoneRun[] = [];
  let at = base;
  let index = 0;
  const readVarint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[index++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (index < bytes.length) {
    const from = at + readVarint();
    const to = from + readVarint();
    if (!Number.isSafeInteger(to)) return runs;
    runs.push({ from, to });
    at = to;
  }
  return runs;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
