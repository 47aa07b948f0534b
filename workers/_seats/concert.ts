import type { Concert } from "../../schemas/types.ts";

/** What seats cost; `unknown` names those that the hall doesn't have. */
export type Quote =
  | { readonly kind: "price"; readonly amount: number; readonly currency: string }
  | { readonly kind: "unknown"; readonly seats: readonly string[] };

/** The price of `seats` (each `<row>-<number>`, numbered from 1) in minor units. */
export function quote(concert: Pick<Concert, "rows" | "currency">, seats: readonly string[]): Quote {
  const rows = new Map(concert.rows.map((row) => [row.name, row]));
  const unknown: string[] = [];
  let amount = 0;
  for (const seat of seats) {
    // A row's own name may hold dashes, the number can't.
    const [, rowName = "", digits = ""] = /^(.+)-([1-9]\d{0,5})$/.exec(seat) ?? [];
    const row = rows.get(rowName);
    if (row === undefined || Number(digits) > row.seats) unknown.push(seat);
    else amount += row.price;
  }
  if (unknown.length > 0) return { kind: "unknown", seats: unknown };
  return { kind: "price", amount, currency: concert.currency };
}
