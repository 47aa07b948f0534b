/** As seeded.ts. */
final class Seeded {
  private Seeded() {}

  static int sleepMsAt(long offset) {
    int h = ((int) offset ^ 0x9e3779b9) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    h ^= h >>> 16;
    return Integer.remainderUnsigned(h, 6);
  }
}
