/**
 * Model cards: purpose, quality, data, limits and training of a model (Mitchell et al., "Model Cards for Model
 * Reporting", 2019). Markdown, English and then Chinese.
 */
import { LANGUAGES, type Language, type Localized } from '@gradus/base';

export interface ModelCard {
  readonly title: Localized;
  readonly purpose: Localized;
  readonly limits: readonly Localized[];
  readonly data: readonly Localized[];
  readonly metrics: readonly {
    readonly name: Localized;
    /** As text, interval and all. */
    readonly value: string;
    /** The same figure of the best baseline. */
    readonly baseline?: string;
  }[];
  readonly made: readonly Localized[];
}

const HEADINGS = {
  purpose: { en: 'Purpose', zh: '用途' },
  data: { en: 'Data', zh: '数据' },
  metrics: { en: 'Quality on held-out rows', zh: '在留出数据上的表现' },
  limits: { en: 'Limits', zh: '局限' },
  made: { en: 'Training', zh: '训练方式' },
} as const;

export function renderCard(card: ModelCard): string {
  return `${LANGUAGES.map((language) => inLanguage(card, language)).join('\n---\n\n')}`;
}

function inLanguage({ title, purpose, limits, data, metrics, made }: ModelCard, language: Language): string {
  const list = (items: readonly Localized[]) =>
    items.map((item) => `- ${markdown(item[language])}\n`).join('');
  const columns =
    language === 'zh' ? ['指标', '本模型', '最佳基线'] : ['Figure', 'This model', 'Best baseline'];
  const table = [
    `| ${columns.join(' | ')} |`,
    '| --- | --- | --- |',
    ...metrics.map(
      ({ name, value, baseline }) =>
        `| ${[name[language], value, baseline ?? '–'].map(markdown).join(' | ')} |`,
    ),
  ].join('\n');
  const heading = (key: keyof typeof HEADINGS) => `## ${HEADINGS[key][language]}\n\n`;
  return [
    `# ${markdown(title[language])}\n\n`,
    `${heading('purpose')}${markdown(purpose[language])}\n\n`,
    metrics.length > 0 ? `${heading('metrics')}${table}\n\n` : '',
    `${heading('data')}${list(data)}\n`,
    `${heading('limits')}${list(limits)}\n`,
    `${heading('made')}${list(made)}`,
  ].join('');
}

/** Text as one line of Markdown, with all markup, HTML and ends of table cells escaped. */
function markdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`);
}
