import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** As peers/stopwatch.ts. */
final class Stopwatch {
  private final Admin admin;
  private final String group;
  private final long records;
  private final boolean whole;
  private final AtomicLong count = new AtomicLong();
  private final CountDownLatch all = new CountDownLatch(1);
  private volatile long begun;
  private volatile long ended;
  private volatile long cpu;

  Stopwatch(Words words) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", words.text("brokers"));
    admin = Admin.create(properties);
    group = words.text("group");
    records = words.number("records");
    whole = words.text("whole").equals("yes");
    committed();
  }

  /** The first record is about to be handled; may be said more than once. */
  void began() {
    if (begun != 0) return;
    synchronized (this) {
      if (begun != 0) return;
      cpu = cpuNanos();
      begun = System.nanoTime();
    }
  }

  void handled() {
    if (count.incrementAndGet() != records) return;
    ended = System.nanoTime();
    all.countDown();
  }

  /** Waits for all, and for the group's offsets; `letGo` closes what commits only when it is closed. */
  void finish(Runnable letGo, Supplier<String> more) throws Exception {
    all.await();
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    letGo.run();
    while (whole && committed() < records) Thread.sleep(10);
    double committedSeconds = (System.nanoTime() - begun) / 1e9;
    long rss = Runtime.getRuntime().totalMemory() >> 20;
    System.out.printf(
        java.util.Locale.ROOT,
        "{\"records\":%d,\"seconds\":%.4f,\"committedSeconds\":%.4f,\"cpuSeconds\":%.3f,\"rssMb\":%d%s}%n",
        records, (ended - begun) / 1e9, committedSeconds, cpuSeconds, rss, more.get());
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private long committed() throws Exception {
    long sum = 0;
    for (Map.Entry<?, org.apache.kafka.clients.consumer.OffsetAndMetadata> each :
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet()) {
      if (each.getValue() != null) sum += each.getValue().offset();
    }
    return sum;
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }
}
