/** Where each schema comes from: the published packages, pinned. The cache is named after this text. */

/** Built-in kinds: a wheel with the schemas of every version of Kubernetes, made from its OpenAPI document. */
export const BUILT_IN = {
  wheel: "kubernetes-validate==1.37.0",
  /** The oldest that the manifests are for, and the newest. */
  versions: ["1.30", "1.37"],
} as const;

/** Custom kinds of whom Go has the modules, and the definitions in each. */
export const MODULES: readonly (readonly [module: string, folder: string, ...files: readonly string[]])[] = [
  [
    "github.com/kedacore/keda/v2@v2.21.0",
    "config/crd/bases",
    "keda.sh_scaledobjects.yaml",
    "keda.sh_triggerauthentications.yaml",
  ],
  [
    "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    "example/prometheus-operator-crd",
    "monitoring.coreos.com_podmonitors.yaml",
    "monitoring.coreos.com_prometheusrules.yaml",
  ],
  [
    "github.com/external-secrets/external-secrets@v1.3.2",
    "config/crds/bases",
    "external-secrets.io_externalsecrets.yaml",
  ],
  ["sigs.k8s.io/gateway-api@v1.6.1", "config/crd/standard", "gateway.networking.k8s.io_httproutes.yaml"],
];

/** KEDA's own source, which says what keys a trigger has. */
export const KAFKA_SCALER = ["github.com/kedacore/keda/v2@v2.21.0", "pkg/scalers/kafka_scaler.go"] as const;

/** Strimzi publishes its definitions as classes, and the program that writes them out. */
export const STRIMZI = {
  version: "1.2.0",
  kinds: {
    "kafka.yaml": "io.strimzi.api.kafka.model.kafka.Kafka",
    "kafkatopic.yaml": "io.strimzi.api.kafka.model.topic.KafkaTopic",
    "kafkauser.yaml": "io.strimzi.api.kafka.model.user.KafkaUser",
  },
} as const;

export const STRIMZI_POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>boxoffice</groupId>
  <artifactId>strimzi-definitions</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>io.strimzi</groupId><artifactId>crd-generator</artifactId><version>${STRIMZI.version}</version></dependency>
    <dependency><groupId>io.strimzi</groupId><artifactId>api</artifactId><version>${STRIMZI.version}</version></dependency>
  </dependencies>
</project>
`;
