import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own Java client for tests: one JSON request a line on standard input, one JSON answer a line on
 * standard output. Bytes are base64, absent bytes null.
 */
public class KafkaTool {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static String brokers;

  public static void main(String[] args) throws Exception {
    brokers = args[0];
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer;
      try {
        JsonNode request = JSON.readTree(line);
        answer =
            switch (request.get("op").asText()) {
              case "produce" -> produce(request);
              case "consume" -> consume(request);
              case "scram" -> scram(request);
              case "acls" -> acls(request);
              case "describe" -> describe(request);
              case "group" -> group(request);
              default -> privateKey(request);
            };
      } catch (Exception e) {
        answer = JSON.createObjectNode().put("error", e.toString());
      }
      System.out.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    }
  }

  private static ObjectNode produce(JsonNode request) throws Exception {
    Properties config = new Properties();
    config.put("bootstrap.servers", brokers);
    config.put("compression.type", request.path("compression").asText("none"));
    config.put("linger.ms", "50");
    config.put("batch.size", "1000000");
    config.put("max.request.size", "20000000");
    config.put("buffer.memory", "67108864");
    boolean transactional = request.hasNonNull("transactionalId");
    if (transactional) config.put("transactional.id", request.get("transactionalId").asText());
    ArrayNode offsets = JSON.createArrayNode();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (transactional) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (JsonNode each : request.get("records")) sent.add(producer.send(toRecord(each)));
      producer.flush();
      for (Future<RecordMetadata> each : sent) {
        RecordMetadata written = each.get();
        offsets.addObject().put("partition", written.partition()).put("offset", written.offset());
      }
      if (transactional && request.path("abort").asBoolean()) producer.abortTransaction();
      else if (transactional) producer.commitTransaction();
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.set("written", offsets);
    return answer;
  }

  private static ProducerRecord<byte[], byte[]> toRecord(JsonNode each) throws Exception {
    Integer partition = each.hasNonNull("partition") ? each.get("partition").asInt() : null;
    Long timestamp = each.hasNonNull("timestamp") ? each.get("timestamp").asLong() : null;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            each.get("topic").asText(), partition, timestamp, bytes(each.get("key")), bytes(each.get("value")));
    for (JsonNode header : each.path("headers")) record.headers().add(header.get(0).asText(), bytes(header.get(1)));
    return record;
  }

  /** All records of the topic's partitions up to the end as it is now. */
  private static ObjectNode consume(JsonNode request) throws Exception {
    Properties config = new Properties();
    config.put("bootstrap.servers", brokers);
    config.put("isolation.level", request.path("isolation").asText("read_committed"));
    config.put("max.partition.fetch.bytes", "20000000");
    ArrayNode records = JSON.createArrayNode();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      consumer
          .partitionsFor(request.get("topic").asText())
          .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200)))
          records.add(fromRecord(record));
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.set("records", records);
    return answer;
  }

  /** Partition count and configuration of topics. */
  private static ObjectNode describe(JsonNode request) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      List<String> names = new ArrayList<>();
      request.path("topics").forEach(name -> names.add(name.asText()));
      Map<String, ObjectNode> topics = new HashMap<>();
      ObjectNode described = answer.putObject("topics");
      names.forEach(name -> topics.put(name, described.putObject(name)));
      admin
          .describeTopics(names)
          .allTopicNames()
          .get()
          .forEach((name, topic) -> topics.get(name).put("partitions", topic.partitions().size()));
      List<ConfigResource> resources =
          names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
      admin
          .describeConfigs(resources)
          .all()
          .get()
          .forEach(
              (resource, config) -> {
                ObjectNode values = topics.get(resource.name()).putObject("config");
                config.entries().forEach(entry -> values.put(entry.name(), entry.value()));
              });
    }
    return answer;
  }

  /** Who is in a group, what it committed, and all transactional ids. */
  private static ObjectNode group(JsonNode request) throws Exception {
    ObjectNode answer = JSON.createObjectNode();
    String group = request.get("group").asText();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      ArrayNode ids = answer.putArray("transactionalIds");
      admin.listTransactions().all().get().forEach(listing -> ids.add(listing.transactionalId()));
      ObjectNode members = answer.putObject("members");
      for (MemberDescription member :
          admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members()) {
        ArrayNode places = members.putArray(member.consumerId());
        member.assignment().topicPartitions().forEach(place -> places.add(place.toString()));
      }
      ObjectNode committed = answer.putObject("committed");
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach(
              (place, offset) ->
                  committed
                      .putObject(place.toString())
                      .put("offset", offset.offset())
                      .put("metadata", offset.metadata()));
    }
    return answer;
  }

  /** Creates a user for both of Kafka's SCRAM mechanisms. */
  private static ObjectNode scram(JsonNode request) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      for (ScramMechanism mechanism : List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
        UserScramCredentialAlteration user =
            new UserScramCredentialUpsertion(
                request.get("user").asText(),
                new ScramCredentialInfo(mechanism, 4096),
                request.get("password").asText());
        admin.alterUserScramCredentials(List.of(user)).all().get();
      }
    }
    return JSON.createObjectNode();
  }

  /** Lets a user do what each entry says. */
  private static ObjectNode acls(JsonNode request) throws Exception {
    List<AclBinding> bindings = new ArrayList<>();
    for (JsonNode each : request.get("acls")) {
      ResourcePattern pattern =
          new ResourcePattern(
              ResourceType.fromString(each.get("type").asText()),
              each.get("name").asText(),
              PatternType.fromString(each.get("pattern").asText()));
      String user = "User:" + request.get("user").asText();
      for (JsonNode operation : each.get("operations"))
        bindings.add(
            new AclBinding(
                pattern,
                new AccessControlEntry(
                    user, "*", AclOperation.fromString(operation.asText()), AclPermissionType.ALLOW)));
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createAcls(bindings).all().get();
    }
    return JSON.createObjectNode();
  }

  /** The private key of a PKCS #12 file, which Node can't take out, as PEM. */
  private static ObjectNode privateKey(JsonNode request) throws Exception {
    char[] password = request.get("password").asText().toCharArray();
    KeyStore store = KeyStore.getInstance(new File(request.get("file").asText()), password);
    byte[] key = store.getKey(store.aliases().nextElement(), password).getEncoded();
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
    return JSON.createObjectNode()
        .put("key", "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
  }

  private static ObjectNode fromRecord(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode each = JSON.createObjectNode();
    each.put("topic", record.topic()).put("partition", record.partition());
    each.put("offset", record.offset()).put("timestamp", record.timestamp());
    each.put("key", text(record.key())).put("value", text(record.value()));
    ArrayNode headers = each.putArray("headers");
    for (Header header : record.headers()) headers.addArray().add(header.key()).add(text(header.value()));
    return each;
  }

  private static byte[] bytes(JsonNode node) throws Exception {
    return node == null || node.isNull() ? null : node.binaryValue();
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }
}
