const MAX_BYTES = 4096;
const ROW = 16;

/** Offsets, hexadecimal and ASCII, as hexdump prints them; the first 4 kB. */
export function hexDump(bytes: Buffer): { readonly text: string; readonly left: number } {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MAX_BYTES); at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(ROW * 3 - 1)}  ${ascii}`);
  }
  return { text: lines.join("\n"), left: Math.max(0, bytes.length - MAX_BYTES) };
}
