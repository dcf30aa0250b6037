/** Runs of neighbouring words or characters. */

/** All runs of 1 to `longest` words, joined by `separator`. */
export function wordNgrams(tokens: readonly string[], longest: number, separator = ' '): string[] {
  const grams: string[] = [...tokens];
  for (let length = 2; length <= longest; length++) {
    for (let i = 0; i + length <= tokens.length; i++) grams.push(tokens.slice(i, i + length).join(separator));
  }
  return grams;
}

/** All runs of `shortest` to `longest` characters, over the whole text, spaces included. */
export function charNgrams(text: string, shortest: number, longest: number): string[] {
  const characters = Array.from(text.toLowerCase());
  const grams: string[] = [];
  for (let length = shortest; length <= longest; length++) {
    for (let i = 0; i + length <= characters.length; i++)
      grams.push(characters.slice(i, i + length).join(''));
  }
  return grams;
}
