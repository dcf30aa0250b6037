/**
 * Digits, letters and marks of the width of a Han character, as Chinese keyboards write them, as the plain ones: １２ is
 * 12, ￥ is ¥. Unicode's NFKC does that too, but would also make 10² into 102.
 */
export function halfWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E\uFFE5\u3000]/g, (character) => {
    if (character === '￥') return '¥';
    return character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0);
  });
}
