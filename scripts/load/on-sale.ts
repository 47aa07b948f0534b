import { arrivals } from "./arrivals.ts";
import { CARDS, type CardKind, deal } from "./cards.ts";
import { type Random, random } from "./random.ts";
import type { Shares } from "./shares.ts";
import { type CancelStep, type ReserveStep, type SowStep, type Step, UNDECODABLE } from "./step.ts";
import { weighted, zipf } from "./weights.ts";

export interface OnSale {
  readonly seed: number;
  readonly fans: number;
  readonly durationMs: number;
  /** Front row first. */
  readonly rows: readonly { readonly name: string; readonly seats: number }[];
  /** Zipf's exponent of the taste for front rows; 0: no taste. */
  readonly taste: number;
  readonly shares: Shares;
}

/** How many fans come alone, in twos, … in eights. */
const GROUPS = [18, 42, 12, 16, 5, 4, 1, 2];
const MAX_CHOICES = 3;
const HANG_UP_MS = { from: 1, to: 25 };
/** Too early for any confirmation, and late enough to find most charges in their retries. */
const EARLY_MS = { from: 20, to: 400 };
/** Late enough for the confirmation and its e-mail, or for the e-mail's retries. */
const LATE_MS = { from: 2_500, to: 9_000 };

/** The steps of one on-sale, in the order of their times; the same options give the same steps. */
export function* onSale(options: OnSale): Generator<Step> {
  const chance = random(options.seed);
  const wish = wishes(options, chance);
  // Cancellations and sown bytes lie in the future of the arrival that brings them; few at any time.
  const later: (CancelStep | SowStep)[] = [];
  let fan = 0;
  let sown = 0;
  for (const at of arrivals(options.fans, options.durationMs, chance)) {
    while (later[0] !== undefined && later[0].at <= at) yield* later.splice(0, 1);
    const card = deal(options.shares, chance);
    const reserve = reserveStep(at, fan, wish(), card, options.shares, chance);
    yield reserve;
    const cancel = cancelStep(reserve, card, options.shares, chance);
    if (cancel) insert(later, cancel);
    for (const kind of sowing(options.shares, chance)) {
      insert(later, { do: "sow", at: at + 1, kind, key: `sown-${options.seed}-${sown}` });
      sown += 1;
    }
    fan += 1;
  }
  yield* later;
}

/** What a fan asks for: a group side by side in one row, and where else it would sit. */
function wishes({ rows, taste }: OnSale, chance: Random): () => string[][] {
  const row = weighted(zipf(rows.length, taste));
  const group = weighted(GROUPS);
  return () => {
    const size = group(chance) + 1;
    const count = 1 + chance.int(0, MAX_CHOICES - 1);
    return Array.from({ length: count }, () => {
      const chosen = rows[row(chance)];
      if (!chosen) throw new Error("Cannot plan an on-sale as 'rows' must not be empty");
      const side = Math.min(size, chosen.seats);
      const first = chance.int(1, chosen.seats - side + 1);
      return Array.from({ length: side }, (_, index) => `${chosen.name}-${first + index}`);
    });
  };
}

function reserveStep(
  at: number,
  fan: number,
  choices: string[][],
  card: CardKind,
  shares: Shares,
  chance: Random,
): ReserveStep {
  const hangUpMs = chance.int(HANG_UP_MS.from, HANG_UP_MS.to);
  const hangsUp = chance.chance(shares.hangUp);
  return { do: "reserve", at, fan, choices, card: CARDS[card], ...(hangsUp ? { hangUpMs } : {}) };
}

function cancelStep(
  { at, fan }: ReserveStep,
  card: CardKind,
  shares: Shares,
  chance: Random,
): CancelStep | undefined {
  const early = chance.chance(0.5);
  const wanted = chance.unit();
  // Whoever's charge retries loses patience early: that cancellation has to wait behind it.
  const retrying = card === "flaky" || card === "lost" || card === "failing";
  const { from, to } = early || retrying ? EARLY_MS : LATE_MS;
  const after = chance.int(from, to);
  if (wanted >= (retrying ? shares.impatient : shares.cancel)) return undefined;
  return { do: "cancel", at: at + after, fan };
}

function* sowing(shares: Shares, chance: Random): Generator<SowStep["kind"]> {
  const undecodable = chance.chance(shares.undecodable);
  const kind = UNDECODABLE[chance.int(0, UNDECODABLE.length - 1)];
  if (undecodable && kind) yield kind;
  if (chance.chance(shares.unknownSchema)) yield "unknown-schema";
}

/** Keeps `later` ascending by time; equal times keep the order they came in. */
function insert(later: (CancelStep | SowStep)[], step: CancelStep | SowStep): void {
  let index = later.length;
  while (index > 0 && (later[index - 1]?.at ?? 0) > step.at) index -= 1;
  later.splice(index, 0, step);
}
