import type { ChargeEntry, Entry, Ledger, RefundEntry } from "./ledger.ts";

/** What the gateway knows of one idempotency key. */
interface Key {
  /** How often it was called. */
  calls: number;
  /** Fingerprint of the body that is under way; undefined when nothing is. */
  busy: string | undefined;
  /** Charged, declined, refunded or closed: final. */
  entry: Entry | undefined;
}

export type Begun =
  | { readonly is: "begun" }
  | { readonly is: "busy" }
  | { readonly is: "other-body" }
  | { readonly is: "done"; readonly entry: Entry };

export type Closed = { readonly is: "busy" } | { readonly is: "done"; readonly entry: Entry };

/**
 * The states of idempotency keys over a ledger: unused, busy, then for ever charged, declined, refunded or
 * closed. Every method is synchronous, so a close and a charge of one key can't both succeed.
 */
export class Book {
  readonly #ledger: Ledger;
  readonly #maxKeys: number;
  /** Entries that were in the ledger when this process began: other ones, other luck. */
  readonly earlier: number;
  readonly #keys = new Map<string, Key>();
  readonly #charges = new Map<string, ChargeEntry>();
  /** By charge id. */
  readonly #refunds = new Map<string, RefundEntry>();
  #busy = 0;

  constructor(ledger: Ledger, maxKeys: number) {
    this.#ledger = ledger;
    this.#maxKeys = maxKeys;
    this.earlier = ledger.entries.length;
    for (const entry of ledger.entries) {
      this.#keys.set(entry.key, { calls: 1, busy: undefined, entry });
      this.#index(entry);
    }
  }

  /** Keys known, and how many of them have something under way. */
  get size(): { readonly keys: number; readonly busy: number } {
    return { keys: this.#keys.size, busy: this.#busy };
  }

  /** Counts a call under `key`, from 1; undefined when no more keys fit. */
  called(key: string): number | undefined {
    const known = this.#keys.get(key);
    if (known) return ++known.calls;
    if (this.#keys.size >= this.#maxKeys) return undefined;
    this.#keys.set(key, { calls: 1, busy: undefined, entry: undefined });
    return 1;
  }

  /** Takes `key` for a request whose body has the fingerprint `print`; end it with `enter` or `abandon`. */
  begin(key: string, print: string): Begun {
    const known = this.#known(key);
    if (known.entry) {
      const same = known.entry.kind === "close" || known.entry.print === print;
      return same ? { is: "done", entry: known.entry } : { is: "other-body" };
    }
    if (known.busy !== undefined) return { is: known.busy === print ? "busy" : "other-body" };
    known.busy = print;
    this.#busy++;
    return { is: "begun" };
  }

  /** Writes the outcome of what was begun; when that fails, the key is free again. */
  enter<E extends Parameters<Ledger["append"]>[0]>(
    entry: E,
  ): E & { readonly seq: number; readonly at: number } {
    this.abandon(entry.key);
    const entered = this.#ledger.append(entry);
    this.#known(entry.key).entry = entered;
    this.#index(entered);
    return entered;
  }

  /** What was begun did not happen. */
  abandon(key: string): void {
    const known = this.#known(key);
    if (known.busy === undefined) return;
    known.busy = undefined;
    this.#busy--;
  }

  /** Ends what `key` may do; idempotent. */
  close(key: string): Closed {
    const known = this.#known(key);
    if (known.busy !== undefined) return { is: "busy" };
    return { is: "done", entry: known.entry ?? this.enter({ kind: "close", key }) };
  }

  charge(id: string): ChargeEntry | undefined {
    return this.#charges.get(id);
  }

  refundOf(chargeId: string): RefundEntry | undefined {
    return this.#refunds.get(chargeId);
  }

  #known(key: string): Key {
    const known = this.#keys.get(key) ?? { calls: 0, busy: undefined, entry: undefined };
    this.#keys.set(key, known);
    return known;
  }

  #index(entry: Entry): void {
    if (entry.kind === "charge") this.#charges.set(entry.id, entry);
    if (entry.kind === "refund") this.#refunds.set(entry.charge, entry);
  }
}
