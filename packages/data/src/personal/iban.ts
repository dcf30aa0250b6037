/**
 * International bank account numbers (ISO 13616-1): a country, two check digits, and the country's own number in letters and
 * digits. The length of each country (SWIFT's IBAN registry, release 99) and the check digits (ISO 7064, MOD 97-10) make one certain.
 */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18
FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25
MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24
SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Without blanks or hyphens, in any case. */
export function isIban(text: string): boolean {
  const plain = text.toUpperCase();
  if (plain.length !== LENGTHS[plain.slice(0, 2)] || !/^[A-Z]{2}\d{2}[A-Z\d]+$/.test(plain)) return false;
  let rest = 0;
  // The country and the check digits go to the end; letters count from A = 10.
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const BEGINNING = /(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?=[ \u00a0-]?[A-Za-z\d])/g;

/** Every one in a text, grouped by blanks or hyphens or not. */
export function* findIbans(text: string): Generator<{ start: number; end: number }> {
  for (const { 0: head, index: start } of text.matchAll(BEGINNING)) {
    const length = LENGTHS[head.slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    let plain = '';
    let end = start;
    while (plain.length < length && end < text.length) {
      const character = text[end]!;
      if (/[A-Za-z\d]/.test(character)) plain += character;
      // One blank between groups, no more.
      else if (!/[ \u00a0-]/.test(character) || !/[A-Za-z\d]/.test(text[end - 1]!)) break;
      end += 1;
    }
    if (!/[A-Za-z\d]/.test(text[end] ?? '') && isIban(plain)) yield { start, end };
  }
}
