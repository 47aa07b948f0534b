import { isSecret } from "./http-port.ts";
import { CONTAINER, KAFKA_USER, labelsOf, userOf } from "./manifest.ts";

export interface PodOptions {
  /** Of the app: the worker, or the job. */
  readonly name: string;
  /** Whose Kafka user it logs in as, without the fleet's prefix. @default name */
  readonly user?: string;
  /** Of the `boxoffice` executable. */
  readonly args: readonly string[];
  /** Settings it can't start without. */
  readonly needs: readonly string[];
  /** Settings that differ from the shared ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
  readonly restartPolicy?: "Never";
  /** Fields of the one container beside those that all have. */
  readonly container?: Readonly<Record<string, unknown>>;
  /** Fields of the pod beside those that all have. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The shared settings; kustomize adds a hash of its content to the name, so that a change rolls the pods. */
export const SETTINGS = "boxoffice-settings";
/** The Secret with a key for each setting that may hold a password. */
export const SECRETS = "boxoffice-secrets";
export const SECRETS_PATH = "/run/secrets/boxoffice";
/** The Secret of a user's password, as Strimzi makes it; only there when brokers want it. */
export const KAFKA_USER_PATH = "/run/secrets/kafka-user";
/** Nobody's user in distroless images. */
const NON_ROOT = 65_532;
/** Secrets that every process may have, beside those it needs. */
const OPERATORS_TOKEN = "ADMIN_TOKEN";

/** The template of every pod of the fleet: restricted, nothing writable, no token, secrets as files. */
export function podTemplate(options: PodOptions): Readonly<Record<string, unknown>> {
  const { name, user = name, args, needs, env = {}, graceSeconds, restartPolicy, container, spec } = options;
  const secrets = secretsOf(needs, restartPolicy === undefined);
  return {
    metadata: { labels: { ...labelsOf(name), [KAFKA_USER]: userOf(user) } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      // Services named like a setting (INTAKE_PORT) would come as tcp://… in every pod's environment.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: graceSeconds,
      ...(restartPolicy && { restartPolicy }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NON_ROOT,
        runAsGroup: NON_ROOT,
        fsGroup: NON_ROOT,
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...spec,
      containers: [
        {
          name: CONTAINER,
          image: "boxoffice",
          args,
          envFrom: [{ configMapRef: { name: SETTINGS } }],
          env: [
            ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ...secrets.map((key) => ({ name: `${key}_FILE`, value: `${SECRETS_PATH}/${key}` })),
          ],
          ...container,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [
            { name: "secrets", mountPath: SECRETS_PATH, readOnly: true },
            { name: "kafka-user", mountPath: KAFKA_USER_PATH, readOnly: true },
          ],
        },
      ],
      volumes: [
        {
          name: "secrets",
          secret: { secretName: SECRETS, items: secrets.map((key) => ({ key, path: key })) },
        },
        // Needed once the component sasl says so.
        { name: "kafka-user", secret: { secretName: userOf(user), optional: true } },
      ],
    },
  };
}

/** Of what it needs, what comes as a file. Long-lived processes also take the operators' token. */
function secretsOf(needs: readonly string[], isLongLived: boolean): readonly string[] {
  return [...needs.filter(isSecret), ...(isLongLived ? [OPERATORS_TOKEN] : [])];
}
