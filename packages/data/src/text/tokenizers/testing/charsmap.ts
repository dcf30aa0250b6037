/** A normalization map as SentencePiece writes it: a double-array trie of keys, and the replacements they lead to. */

interface Node {
  readonly next: Map<number, Node>;
  value?: number;
}

/** The bytes of `precompiled_charsmap`. */
export function charsMap(replacements: Readonly<Record<string, string>>): Buffer {
  const root: Node = { next: new Map() };
  let texts = Buffer.alloc(0);
  for (const [key, text] of Object.entries(replacements)) {
    let node = root;
    for (const byte of Buffer.from(key)) {
      const next: Node = node.next.get(byte) ?? { next: new Map() };
      node.next.set(byte, next);
      node = next;
    }
    node.value = texts.length;
    texts = Buffer.concat([texts, Buffer.from(`${text}\0`)]);
  }
  const units = new Map<number, number>();
  const taken = new Set([0]);
  // A node at `at` has its children at base ^ byte, its value at base; base = at ^ offset.
  const place = (node: Node, at: number, label: number): void => {
    const bytes = [...node.next.keys(), ...(node.value === undefined ? [] : [0])];
    let base = 256;
    while (bytes.some((byte) => taken.has(base ^ byte))) base += 1;
    for (const byte of bytes) taken.add(base ^ byte);
    const leaf = node.value === undefined ? 0 : 1 << 8;
    units.set(at, (((at ^ base) << 10) | leaf | label) >>> 0);
    if (node.value !== undefined) units.set(base, (node.value | 0x8000_0000) >>> 0);
    for (const [byte, next] of node.next) place(next, base ^ byte, byte);
  };
  place(root, 0, 0);
  const size = 4 * 256 * Math.ceil((Math.max(...taken) + 1) / 256);
  const trie = Buffer.alloc(4 + size);
  trie.writeUInt32LE(size, 0);
  for (const [at, unit] of units) trie.writeUInt32LE(unit, 4 + 4 * at);
  return Buffer.concat([trie, texts]);
}
