import { type Person, rolesOf } from "./person.ts";

export interface ClaimNames {
  readonly nameClaim: string;
  /** Dots lead inwards, as in `realm_access.roles`. */
  readonly rolesClaim: string;
  readonly rolesPrefix: string;
}

/** The person that verified claims are about; undefined when they name nobody. */
export function personOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { nameClaim, rolesClaim, rolesPrefix }: ClaimNames,
  by: Person["by"],
): Person | undefined {
  const name = claims[nameClaim];
  if (typeof name !== "string" || name === "") return undefined;
  return { name, roles: rolesOf(listed(claimAt(claims, rolesClaim)), rolesPrefix), by };
}

/** A claim under its whole name (some are URLs), else by its path. */
export function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

/** Names in a list, or in a text separated by spaces or commas. */
export function listed(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(/[\s,]+/).filter((each) => each !== "");
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
