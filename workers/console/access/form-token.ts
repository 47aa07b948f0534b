import { createHmac } from "node:crypto";
import { sameSecret } from "./compare.ts";
import type { Person } from "./person.ts";
import { keyOf } from "./sealed.ts";

/** The hidden field of every form: only our own pages, shown to this very person, can know it. */
export interface FormTokens {
  of(person: Person): string;
  fits(person: Person, given: unknown): boolean;
}

/** @param secret the same for all replicas that serve one person */
export function createFormTokens(secret: string): FormTokens {
  const key = keyOf(secret, "forms");
  const of = ({ by, name }: Person) => createHmac("sha256", key).update(`${by}\n${name}`).digest("base64url");
  return { of, fits: (person, given) => typeof given === "string" && sameSecret(given, of(person)) };
}
