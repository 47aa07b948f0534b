import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Framed sales into generic records of the reader's schema; a resolver for each schema id is kept. */
final class Sales {
  private final String registry;
  private final Schema reader;
  private final ConcurrentMap<Integer, Schema> writers = new ConcurrentHashMap<>();
  private final ThreadLocal<BinaryDecoder> decoders = new ThreadLocal<>();
  private final ThreadLocal<GenericDatumReader<GenericRecord>> readers = new ThreadLocal<>();

  Sales(String registry, String reader) {
    this.registry = registry;
    this.reader = new Schema.Parser().parse(reader);
  }

  GenericRecord decode(byte[] value) {
    int id = ByteBuffer.wrap(value).getInt(1);
    Schema writer = writers.computeIfAbsent(id, this::fetch);
    GenericDatumReader<GenericRecord> datum = readers.get();
    if (datum == null || datum.getSchema() != writer) {
      datum = new GenericDatumReader<>(writer, reader);
      readers.set(datum);
    }
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoders.get());
    decoders.set(decoder);
    try {
      return datum.read(null, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Schema fetch(int id) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
      String answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
      return new Schema.Parser().parse(new ObjectMapper().readTree(answer).get("schema").asText());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
