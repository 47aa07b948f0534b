import { UsageError } from "../../../workers/_runtime/mod.ts";

/** What `--against` named. */
export type Against =
  | { readonly kind: "git"; readonly ref: string }
  /** Undefined: the branch that the CI system says, or else a usual one. */
  | { readonly kind: "merge-base"; readonly branch: string | undefined }
  | { readonly kind: "registry" }
  | { readonly kind: "dir"; readonly path: string }
  | { readonly kind: "snapshot"; readonly path: string | undefined };

const FORMS = "git:<ref>, merge-base, merge-base:<branch>, registry, dir:<path>, snapshot or snapshot:<path>";

/** @throws {UsageError} for anything else than one of the forms */
export function parseAgainst(word: string): Against {
  const [, kind = "", rest] = /^([a-z-]+)(?::(.*))?$/s.exec(word) ?? [];
  if (kind === "git" && rest) return { kind, ref: rest };
  if (kind === "merge-base" && rest !== "") return { kind, branch: rest };
  if (kind === "registry" && rest === undefined) return { kind };
  if (kind === "dir" && rest) return { kind, path: rest };
  if (kind === "snapshot" && rest !== "") return { kind, path: rest };
  throw new UsageError(`Cannot compare with '${word}': it must be ${FORMS}`);
}

/**
 * What is compared when nobody says: where this branch left its target, and the committed snapshot.
 * @throws {UsageError} when there is neither
 */
export function defaultAgainst(isRepository: boolean, hasSnapshot: boolean): Against[] {
  const found: Against[] = [
    ...(isRepository ? [{ kind: "merge-base", branch: undefined } as const] : []),
    ...(hasSnapshot ? [{ kind: "snapshot", path: undefined } as const] : []),
  ];
  if (found.length > 0) return found;
  throw new UsageError(
    `Cannot tell what to compare with as there is neither a git repository nor schemas/snapshot.json: say --against ${FORMS}`,
  );
}
