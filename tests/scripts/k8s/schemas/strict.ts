type Json = Readonly<Record<string, unknown>>;

/** Of a schema of Kubernetes' own dialect: what it names no field for is a mistake, not a pleasure. */
export function strict(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const { properties, items, additionalProperties, nullable, type, ...rest } = schema as Json;
  const keepsUnknown = rest["x-kubernetes-preserve-unknown-fields"] === true;
  const isEmbedded = rest["x-kubernetes-embedded-resource"] === true;
  return {
    ...rest,
    ...(type !== undefined && { type: nullable === true ? [type, "null"] : type }),
    ...(typeof properties === "object" &&
      properties !== null && {
        properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, strict(each)])),
      }),
    ...(items !== undefined && { items: strict(items) }),
    ...(additionalProperties !== undefined
      ? { additionalProperties: strict(additionalProperties) }
      : properties !== undefined && !keepsUnknown && !isEmbedded && { additionalProperties: false }),
  };
}
