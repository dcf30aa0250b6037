/**
 * Public holidays of the other countries, by the rules of `date-holidays` (206 countries). It is a package of the user's own choice: 45 MB on disk, and its
 * data is under CC BY-SA 3.0, as it was gathered from Wikipedia.
 */
import { UserError } from '@gradus/base';
import { type CalendarEvent, dayOf, dayOfIso } from './event.ts';

interface Rules {
  getCountries(): Record<string, string>;
  init(country: string): void;
  getHolidays(year: number, language?: string): readonly Holiday[];
}
interface Holiday {
  /** "2024-01-01 00:00:00" */
  readonly date: string;
  readonly start: Date;
  readonly end: Date;
  readonly name: string;
  readonly type: string;
}

const PACKAGE = 'date-holidays';
const DAY_MS = 86_400_000;

/**
 * @param country Two letters: "US"
 * @param first @param last Years, both included
 * @throws UserError where the package is not installed, or knows no such country
 */
export async function countryEvents(country: string, first: number, last: number): Promise<CalendarEvent[]> {
  const rules = await rulesOf(country);
  rules.init(country);
  const events: CalendarEvent[] = [];
  for (let year = first; year <= last; year++) {
    for (const { date, start, end, name, type } of rules.getHolidays(year, 'en')) {
      if (type !== 'public' || !date.startsWith(`${year}`)) continue;
      const code = `${country.toLowerCase()}-${slug(name)}`;
      const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
      events.push({
        ...{ code, name: { en: name, zh: name }, kind: 'festival', first: dayOfIso(date.slice(0, 10)), days },
        ...{ lead: 7, lag: 3, announced: true },
      });
    }
  }
  return events.filter(({ first: day }) => day >= dayOf(first, 1, 1));
}

async function rulesOf(country: string): Promise<Rules> {
  let rules: Rules;
  try {
    const { default: Holidays } = (await import(PACKAGE)) as { default: new () => Rules };
    rules = new Holidays();
  } catch {
    throw new UserError({
      en: `The public holidays of "${country}" are in a package that is not installed. Install it beside Gradus: npm i ${PACKAGE} (45 MB), or give your own days with --events. China's are built in.`,
      zh: `“${country}”的公共假日在一个未安装的软件包中。请与 Gradus 一起安装：npm i ${PACKAGE}（45 MB），或用 --events 提供您自己的日期。中国的假日已内置。`,
    });
  }
  if (!(country in rules.getCountries())) {
    throw new UserError({
      en: `There is no country "${country}". Give its two letters, such as CN, US or DE.`,
      zh: `没有名为“${country}”的国家。请使用两个字母的代码，例如 CN、US 或 DE。`,
    });
  }
  return rules;
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
