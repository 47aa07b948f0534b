/**
 * Texts in which `value` may hide: as it is, in a URL, in JSON, in hex, and in base64 (of either alphabet) wherever it
 * stands in what was encoded.
 */
export function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((before) => [
    encodedWithin(bytes, before, "base64"),
    encodedWithin(bytes, before, "base64url"),
  ]);
  const plain = [
    value,
    encodeURIComponent(value),
    encodeURIComponent(value).replaceAll("%20", "+"),
    encodeURI(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
  return [...new Set([...plain, ...base64])];
}

/** The part of the base64 of "`before` bytes, these bytes, whatever follows" that depends on these bytes alone. */
function encodedWithin(bytes: Buffer, before: number, alphabet: "base64" | "base64url"): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString(alphabet)
    .replace(/=+$/, "");
  const last = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
  return encoded.slice(Math.ceil((before * 8) / 6), last);
}

/** What a text gives away: the name of each value that is in it, in any spelling, with what stands around it. */
export function disclosed(text: string, values: ReadonlyMap<string, string>): string[] {
  return [...values].flatMap(([name, value]) => {
    const spelling = spellings(value).find((each) => text.includes(each));
    if (spelling === undefined) return [];
    const at = text.indexOf(spelling);
    return [`${name}: …${text.slice(Math.max(0, at - 150), at + spelling.length + 50)}…`];
  });
}
