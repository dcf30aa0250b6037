/** Images of one size in memory: bytes, channels first. */
export interface Images {
  readonly count: number;
  /** 1: grey, 3: red, green, blue. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [count, channels, height, width], 0 to 255. */
  readonly pixels: Uint8Array;
  /** The class of each, an index into `classes`; absent where images have none. */
  readonly labels?: Uint8Array;
  readonly classes: readonly string[];
}

/** The images of some rows. */
export function pick(images: Images, rows: ArrayLike<number>): Images {
  const size = images.channels * images.height * images.width;
  const pixels = new Uint8Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    pixels.set(images.pixels.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  }
  const { labels } = images;
  return {
    ...images,
    count: rows.length,
    pixels,
    ...(labels && { labels: Uint8Array.from(rows, (row) => labels[row]!) }),
  };
}

/** Several sets of one size and the same classes as one. @throws RangeError where they differ */
export function join(sets: readonly Images[]): Images {
  const [first] = sets as readonly [Images, ...Images[]];
  for (const set of sets) {
    const same = set.channels === first.channels && set.height === first.height && set.width === first.width;
    if (!same || set.classes.join() !== first.classes.join() || !set.labels !== !first.labels) {
      throw new RangeError('image sets of different sizes or classes do not join');
    }
  }
  const joined = (parts: readonly Uint8Array[]) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => {
      all.set(part, at);
      return at + part.length;
    }, 0);
    return all;
  };
  return {
    ...first,
    count: sets.reduce((sum, { count }) => sum + count, 0),
    pixels: joined(sets.map(({ pixels }) => pixels)),
    ...(first.labels && { labels: joined(sets.map(({ labels }) => labels!)) }),
  };
}
