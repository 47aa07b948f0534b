import type { Scene } from "./scene.ts";

/** Where manifests and declarations, or manifests and good sense, disagree. */
export interface Finding {
  /** Stable: for scripts, and the documentation's table. */
  readonly rule: string;
  /** What was judged: an overlay's folder, a file, `-`. */
  readonly source: string;
  /** `Deployment/payment`; empty for what is missing altogether. */
  readonly object: string;
  /** Below the object, dotted; empty for the object itself. */
  readonly field: string;
  /** What it is, and what it must be. */
  readonly message: string;
  readonly fix: string;
}

/** A finding without its source, which a rule doesn't know. */
export type Found = Omit<Finding, "rule" | "source">;

/** What one rule is given. */
export interface Rule {
  readonly id: string;
  /** What goes wrong otherwise, in one sentence. */
  readonly why: string;
  find(scene: Scene): readonly Found[];
}
