/** viewer: reads; operator: changes letters and jobs, too; personal: sees personal fields. */
export type Role = "viewer" | "operator" | "personal";

/** Who asks, as some way in has established it. */
export interface Person {
  /** In the audit trail. */
  readonly name: string;
  readonly roles: ReadonlySet<Role>;
  /** loopback: nobody asked who it is; a token is sent on purpose, the others come along with every request. */
  readonly by: "loopback" | "session" | "proxy" | "token";
}

const ROLES: readonly Role[] = ["viewer", "operator", "personal"];

/** Known roles of what a claim, header or setting lists; an operator reads, too, and so does who sees personal fields. */
export function rolesOf(listed: readonly string[], prefix = ""): ReadonlySet<Role> {
  const roles = new Set(ROLES.filter((role) => listed.includes(`${prefix}${role}`)));
  if (roles.size > 0) roles.add("viewer");
  return roles;
}
