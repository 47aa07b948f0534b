import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Confluent's Parallel Consumer, ordered by key. `work=sleep`: the keyed case; `work=decode`: the consume case.
 * Its defaults but for the concurrency, which is ours.
 */
public final class ParallelConsumer {
  public static void main(String[] args) throws Exception {
    Words words = new Words(args);
    Stopwatch watch = new Stopwatch(words);
    Properties properties = new Properties();
    properties.put("bootstrap.servers", words.text("brokers"));
    properties.put("group.id", words.text("group"));
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    properties.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    var options = ParallelConsumerOptions.<String, byte[]>builder()
        .ordering(ParallelConsumerOptions.ProcessingOrder.KEY)
        .maxConcurrency(words.number("concurrency"))
        .consumer(new KafkaConsumer<String, byte[]>(properties))
        .build();
    ParallelStreamProcessor<String, byte[]> processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(words.text("topic")));
    boolean sleeps = words.text("work").equals("sleep");
    Sales sales = sleeps ? null : new Sales(words.text("registry"), words.text("reader"));
    AtomicLong sleptNanos = new AtomicLong();
    processor.poll(context -> {
      watch.began();
      if (sleeps) {
        long from = System.nanoTime();
        int ms = Seeded.sleepMsAt(context.offset());
        try {
          if (ms > 0) Thread.sleep(ms);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        sleptNanos.addAndGet(System.nanoTime() - from);
      } else {
        sales.decode(context.value());
      }
      watch.handled();
    });
    // It commits every 5 s, and when it is closed.
    watch.finish(processor::close, () -> ",\"more\":{\"sleptSeconds\":" + sleptNanos.get() / 1e9 + "}");
  }
}
