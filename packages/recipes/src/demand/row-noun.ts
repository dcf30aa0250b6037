/** What the rows of a file are called in what people read. Of a file of questions and requests they are no reviews, unless they are rated. */
import type { Localized } from '@gradus/base';

/** One of them; English sentences put an s to it for several. */
export const REVIEW: Localized = { en: 'review', zh: '评价' };
export const TEXT: Localized = { en: 'text', zh: '文本' };

/** At the head of a column of their numbers. */
export const countHeading = (noun: Localized): Localized => ({ en: headingOf(noun).en, zh: `${noun.zh}数` });

/** At the head of a column or a section: "Reviews". */
export const headingOf = ({ en, zh }: Localized): Localized => ({
  en: `${en.charAt(0).toUpperCase()}${en.slice(1)}s`,
  zh,
});
