/**
 * Whether something in `bytes` from `from` to `to` was no UTF-8 and became U+FFFD in `text`, rather than being sent as
 * such. Counted, since a view of the bytes for the engine's own check costs more than a short text does: 0xef, with which
 * U+FFFD begins, is never a later byte of another character, so each that was sent gives one and each fault one more.
 */
export function isReplaced(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  let sent = 0;
  for (let at = from; at + 2 < to; at++) {
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) sent++;
  }
  let read = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === 0xfffd) read++;
  return read !== sent;
}
