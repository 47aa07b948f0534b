const ROW = 16;

/** Bytes as offset, hexadecimal and ASCII, 16 a row. */
export function hexRows(bytes: Buffer): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const part = bytes.subarray(at, at + ROW);
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = [...part]
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."))
      .join("");
    rows.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(ROW * 3 - 1)}  ${ascii}`);
  }
  return rows;
}
