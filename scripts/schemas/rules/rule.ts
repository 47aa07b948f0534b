import type { Category } from "../finding.ts";

/** What is found and why; `docs/schema-rules/<id>.md` is its page. */
export interface Rule {
  /** `enum-order-changed`: in every output and in waivers, never renamed. */
  readonly id: string;
  readonly category: Category;
  readonly severity: "error" | "warning";
  /** One line for lists, without a full stop. */
  readonly title: string;
}
