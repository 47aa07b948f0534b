/** A Kubernetes object, as far as everything here needs to know it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** On every object of ours: what selectors and checks go by. */
export const PART_OF = "app.kubernetes.io/part-of";
export const NAME = "app.kubernetes.io/name";
export const FLEET = "boxoffice";
/** On pods: the user they log in to Kafka as. */
export const KAFKA_USER = "boxoffice/kafka-user";
/** On network policies: what each egress rule is for, in order. */
export const EGRESS = "boxoffice/egress";
/** The label of a peer that an overlay must still name: it selects nothing. */
export const FILL_IN = "boxoffice/fill-in";
/** The one container of every pod, so that components can patch all alike. */
export const CONTAINER = "boxoffice";

export function labelsOf(name: string): Readonly<Record<string, string>> {
  return { [NAME]: name, [PART_OF]: FLEET };
}

export function userOf(name: string): string {
  return `${FLEET}-${name}`;
}
