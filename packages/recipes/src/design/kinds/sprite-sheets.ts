/** Images that hold many frames of one size are cut into them. */
import { type Localized, plural, type Random } from '@gradus/base';
import { frameSide, framesOf, type RgbaImage } from '@gradus/tasks';

/** Pixels a side. */
const LARGEST = 64;
/** Frames of sheets that are learnt from: more would be seen less often each. */
const MOST_FRAMES = 3_000;
/** Sheets of which some are held out whole; of fewer, rows of frames are. */
const MANY_SHEETS = 20;

interface ReadImage extends RgbaImage {
  readonly folder: string;
  readonly group: string | undefined;
}

/** Images that are too large for a sprite are sheets of frames. */
export function cutSheets(
  read: readonly (RgbaImage & { readonly folder: string })[],
  random: Random,
  leave: (reason: Localized, where: string) => void,
): { readonly images: readonly ReadImage[]; readonly notes: readonly Localized[] } {
  const isSheet = ({ width, height }: RgbaImage) => width > LARGEST || height > LARGEST;
  const single = read.filter((image) => !isSheet(image)).map((image) => ({ ...image, group: undefined }));
  const large = read.filter(isSheet);
  // Beside more images that are sprites as they are, a larger one is a sheet only of frames like these.
  const usual = mostCommon(single.map(({ width, height }) => `${width} ${height}`));
  const isAsUsual = (side: number | undefined) => single.length < large.length || usual === `${side} ${side}`;
  const sides = large.map((image) => frameSide([image])).map((side) => (isAsUsual(side) ? side : undefined));
  const sheets = large.filter((_, i) => sides[i] !== undefined);
  if (sheets.length === 0) {
    for (const image of large) leave(NO_FRAMES, image.name);
    return { images: single, notes: [] };
  }
  // Sheets of another size than most may have other frames: they are cut as most are, where that divides them.
  const side = Number(mostCommon(sides.filter((own) => own !== undefined).map(String)));
  const divided = sheets.filter(({ width, height }) => width % side === 0 && height % side === 0);
  for (const image of large) if (!divided.includes(image)) leave(NO_FRAMES, image.name);
  const all = divided.flatMap((sheet) =>
    framesOf(sheet, side).map(({ sheet: _, row, ...frame }) => ({
      ...frame,
      folder: sheet.folder,
      group: divided.length >= MANY_SHEETS ? sheet.name : `${sheet.name}, ${row}`,
    })),
  );
  const some =
    all.length <= MOST_FRAMES
      ? all
      : Array.from(random.permutation(all.length).slice(0, MOST_FRAMES).sort(), (place) => all[place]!);
  const limited: Localized =
    some.length === all.length
      ? { en: '', zh: '' }
      : { en: `; ${some.length} of them are learnt from`, zh: `；学习其中 ${some.length} 帧` };
  return {
    images: [...single, ...some],
    notes: [
      {
        en: `${plural(divided.length, 'sheet')} cut into ${plural(all.length, 'frame')} of ${side} × ${side}, which is guessed by where they are empty${limited.en}. If that is wrong, cut them and hand in the frames.`,
        zh: `${divided.length} 张图集切分为 ${all.length} 帧（${side} × ${side}，按空白处推测）${limited.zh}。如不正确，请自行切分后提供单帧图像。`,
      },
    ],
  };
}

const NO_FRAMES: Localized = {
  en: `larger than ${LARGEST} × ${LARGEST} pixels, and no sheet of frames of one usual size (16, 24, 32, 48 or 64 a side): no sprite`,
  zh: `大于 ${LARGEST} × ${LARGEST} 像素，也不是由同一常用尺寸（边长 16、24、32、48 或 64）的帧组成的图集：不是精灵图`,
};

/** The first of those that are there most often; '' where there is none. */
export function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, m], [, n]) => n - m)[0]?.[0] ?? '';
}
