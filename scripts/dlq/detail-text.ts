import type { Decoded, HeaderRow, HistoryEntry, LetterDetail } from "../../workers/_letters/mod.ts";
import { age, moment, span } from "../desk/age.ts";
import { fitTable } from "../desk/fit-table.ts";
import { cut, printable } from "../desk/printable.ts";
import { changeRows } from "./changes-text.ts";
import { hexRows } from "./hex.ts";

/** Newer events told one by one. */
const SHOWN_NEWER = 10;
/** Raw bytes shown; --json has all of them. */
const SHOWN_BYTES = 512;

/** A letter as a page for people. */
export function detailText(detail: LetterDetail, now: number, suffix: string): string {
  return [
    headOf(detail, now),
    section("Decoded", decodedText(detail.decoded)),
    detail.edit === undefined
      ? ""
      : section(
          `Edited by ${printable(detail.edit.by)}, ${moment(detail.edit.time)}: ${printable(detail.edit.reason)}`,
          `${decodedText(detail.edit.decoded)}  what it changes\n${changeRows(detail.edit.changes)}`,
        ),
    section("Raw", rawText(detail)),
    section("Headers of its own", headersText(detail.headers.filter(({ ours }) => !ours))),
    section("Headers that Boxoffice added", headersText(detail.headers.filter(({ ours }) => ours))),
    section("History", historyText(detail.history)),
    section("Newer events of its key that are done", newerText(detail, now)),
    nextText(detail, suffix),
  ].join("");
}

function headOf(detail: LetterDetail, now: number): string {
  const schema = detail.decoded.schemaId === undefined ? "none" : String(detail.decoded.schemaId);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["letter", detail.letter],
    ["outcome", detail.edited ? `${detail.outcome}, edited` : detail.outcome],
    ["worker", detail.build === undefined ? detail.worker : `${detail.worker} (build ${detail.build})`],
    ["record", detail.id ?? "unknown"],
    ["from", `${detail.topic}, partition ${detail.partition}`],
    ["key", detail.key ?? "(no key)"],
    ["failed at", `${detail.stage}: ${detail.error}`],
    ["reason", detail.reason],
    ["malformed", detail.malformed],
    ["attempts", `${detail.attempts}, replayed ${detail.replays} times`],
    ["died", `${moment(detail.diedAt)}, ${age(detail.diedAt, now)} ago`],
    ["expires", detail.expiresAt === undefined ? "never" : expiresText(detail.expiresAt, now)],
    ["schema", schema],
    ["fingerprint", detail.fingerprint],
    ["trace id", detail.traceId],
    ["plan", detail.plan],
    ["before", detail.before],
  ];
  return facts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)}${printable(value)}\n`]))
    .join("");
}

function expiresText(expiresAt: number, now: number): string {
  return expiresAt <= now ? "any moment now" : `${moment(expiresAt)}, in ${span(expiresAt - now)}`;
}

function section(title: string, text: string): string {
  return `\n${title}\n${text === "" ? "  none\n" : text}`;
}

export function decodedText(decoded: Decoded): string {
  if (!decoded.ok) return `  cannot be decoded: ${printable(decoded.error)}: ${printable(decoded.reason)}\n`;
  const json = JSON.stringify(decoded.event, null, 2).split("\n").map(printable);
  const masked =
    decoded.masked.length === 0 ? "" : `  masked: ${decoded.masked.join(", ")} (--personal shows them)\n`;
  return `  ${decoded.record}\n${json.map((line) => `  ${line}\n`).join("")}${masked}`;
}

function rawText({ raw, bytes }: LetterDetail): string {
  if (raw === undefined) return "  hidden with the personal fields (--personal shows it)\n";
  if (raw.value === null) return "  a tombstone: the value is null\n";
  const value = Buffer.from(raw.value, "base64");
  if (value.length === 0) return "  empty: 0 bytes\n";
  const more =
    value.length > SHOWN_BYTES ? `  … ${bytes} bytes in all; --json has them, and dlq export\n` : "";
  return `${hexRows(value.subarray(0, SHOWN_BYTES))
    .map((row) => `  ${row}\n`)
    .join("")}${more}`;
}

function headersText(headers: readonly HeaderRow[]): string {
  return headers
    .map(({ name, text, value }) => {
      const shown = value === null ? "(null)" : (text ?? `base64:${value}`);
      return `  ${cut(`${printable(name).padEnd(18)} ${printable(shown)}`, 98)}\n`;
    })
    .join("");
}

function historyText(history: readonly HistoryEntry[]): string {
  if (history.length === 0) return "";
  return fitTable(
    ["when", "what", "by", "letter and more"],
    history.map(({ time, what, by = "", letter, text }) => [
      moment(time),
      what,
      cut(by, 24),
      `${letter}\n${text}`,
    ]),
  );
}

function newerText({ newer }: LetterDetail, now: number): string {
  if (newer === "not asked") return "  not asked for\n";
  if (newer === "unknown")
    return "  unknown: its source log is gone there, or longer than 1,000,000 records\n";
  const rows = newer
    .slice(0, SHOWN_NEWER)
    .map(
      ({ id, time, record }) => `  ${printable(id)}  ${printable(record ?? "?")}  ${age(time, now)} ago\n`,
    );
  if (newer.length > SHOWN_NEWER) rows.push(`  … ${newer.length} in all\n`);
  return rows.join("");
}

function nextText({ letter, outcome, decoded }: LetterDetail, suffix: string): string {
  if (outcome !== "open") return "";
  const fix = decoded.ok ? `  npx boxoffice dlq edit ${letter}${suffix}\n` : "";
  return `\nNext\n${fix}  npx boxoffice dlq plan ${letter}${suffix}\n  npx boxoffice dlq discard ${letter}${suffix}\n`;
}
