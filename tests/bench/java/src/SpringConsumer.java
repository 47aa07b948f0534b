import java.util.HashMap;
import java.util.Map;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;

/** The consume case in Spring Kafka: one record at a time, one thread, commits a batch; its defaults. */
public final class SpringConsumer {
  public static void main(String[] args) throws Exception {
    Words words = new Words(args);
    Stopwatch watch = new Stopwatch(words);
    Sales sales = new Sales(words.text("registry"), words.text("reader"));
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", words.text("brokers"));
    properties.put("group.id", words.text("group"));
    properties.put("auto.offset.reset", "earliest");
    properties.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    properties.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    ContainerProperties container = new ContainerProperties(words.text("topic"));
    container.setMessageListener((MessageListener<byte[], byte[]>) record -> {
      watch.began();
      sales.decode(record.value());
      watch.handled();
    });
    new KafkaMessageListenerContainer<>(new DefaultKafkaConsumerFactory<byte[], byte[]>(properties), container).start();
    watch.finish(() -> {}, () -> "");
  }
}
