import java.util.HashMap;
import java.util.Map;

/** The name=value words that contestant.ts hands to a process. */
final class Words {
  private final Map<String, String> words = new HashMap<>();

  Words(String[] args) {
    for (String word : args) {
      int at = word.indexOf('=');
      words.put(word.substring(0, at), word.substring(at + 1));
    }
  }

  String text(String name) {
    String value = words.get(name);
    if (value == null) throw new IllegalArgumentException("Cannot start as the word '" + name + "=…' is missing");
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }
}
