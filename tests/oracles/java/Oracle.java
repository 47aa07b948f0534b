import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro's own Java as a judge. A request: u32 number of parts, then each part as u32 length and bytes; a part's first
 * is what is asked. An answer: the same shape; its first part is "ok" or "no".
 *
 * compatible READER WRITER       -> ok "" | ok LINE PER INCOMPATIBILITY | no REASON (a schema isn't accepted)
 * decode WRITER READER PAYLOAD…  -> ok, then for each payload "+" and what was read, written as the reader's schema,
 *                                   or "-" and the reason | no REASON
 */
public final class Oracle {
  private static final int MOST_SCHEMAS = 64;
  private static final Map<String, Schema> SCHEMAS = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Schema> eldest) {
      return size() > MOST_SCHEMAS;
    }
  };

  public static void main(String[] words) throws IOException {
    org.apache.avro.generic.GenericData.get().setFastReaderEnabled(false);
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 20));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 20));
    while (true) {
      List<byte[]> request;
      try {
        request = read(in);
      } catch (EOFException end) {
        return;
      }
      List<byte[]> answer = new ArrayList<>();
      try {
        answer.add(bytes("ok"));
        switch (text(request.get(0))) {
          case "version" -> answer.add(bytes(Schema.class.getPackage().getImplementationVersion()
              + " on Java " + System.getProperty("java.version")));
          case "compatible" -> answer.add(bytes(compatible(request)));
          case "decode" -> decode(request, answer);
          default -> throw new IllegalArgumentException("no such question: " + text(request.get(0)));
        }
      } catch (Exception | StackOverflowError error) {
        answer.clear();
        answer.add(bytes("no"));
        answer.add(bytes(String.valueOf(error)));
      }
      write(out, answer);
      if (in.available() == 0) out.flush();
    }
  }

  private static String compatible(List<byte[]> request) {
    Schema reader = schema(request.get(1));
    Schema writer = schema(request.get(2));
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
    StringBuilder lines = new StringBuilder();
    for (var each : result.getIncompatibilities()) {
      lines.append(each.getType()).append('\t').append(each.getLocation()).append('\t')
          .append(each.getMessage().replace('\n', ' ')).append('\n');
    }
    boolean fine = result.getCompatibility() == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
    return fine ? "" : lines.append("\n").toString();
  }

  private static void decode(List<byte[]> request, List<byte[]> answer) {
    Schema writer = schema(request.get(1));
    Schema reader = schema(request.get(2));
    GenericDatumReader<Object> datums = new GenericDatumReader<>(writer, reader) {
      @Override
      protected Object newMap(Object old, int size) {
        // Java's own hashes the keys: their order would be lost. The fast reader never asks (see main).
        return new LinkedHashMap<Object, Object>();
      }
    };
    GenericDatumWriter<Object> writes = new GenericDatumWriter<>(reader);
    BinaryDecoder decoder = null;
    BinaryEncoder encoder = null;
    for (byte[] payload : request.subList(3, request.size())) {
      ByteArrayOutputStream part = new ByteArrayOutputStream();
      try {
        decoder = DecoderFactory.get().binaryDecoder(payload, decoder);
        Object datum = datums.read(null, decoder);
        if (!decoder.isEnd()) throw new IOException("bytes are left over");
        part.write('+');
        encoder = EncoderFactory.get().directBinaryEncoder(part, encoder);
        writes.write(datum, encoder);
        encoder.flush();
      } catch (Exception | StackOverflowError | OutOfMemoryError error) {
        part.reset();
        part.writeBytes(bytes("-" + error));
      }
      answer.add(part.toByteArray());
    }
  }

  private static Schema schema(byte[] text) {
    return SCHEMAS.computeIfAbsent(text(text), json -> new Schema.Parser().parse(json));
  }

  private static List<byte[]> read(DataInputStream in) throws IOException {
    int parts = in.readInt();
    List<byte[]> list = new ArrayList<>(parts);
    for (; parts > 0; parts--) list.add(in.readNBytes(in.readInt()));
    return list;
  }

  private static void write(DataOutputStream out, List<byte[]> parts) throws IOException {
    out.writeInt(parts.size());
    for (byte[] part : parts) {
      out.writeInt(part.length);
      out.write(part);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
