import type { Block } from '@gradus/report';
import { DUPLICATES } from '../words.ts';
import type { MakeSection } from './section.ts';

const LONGEST_EXAMPLE = 200;

export const duplicates: MakeSection = ({ duplicates }) => {
  const { rows, texts } = duplicates;
  if (rows === 0 && !texts?.count) return undefined;
  const blocks: Block[] = [{ kind: 'text', text: DUPLICATES.rows(duplicates) }];
  if (texts && texts.count > 0) {
    const examples = texts.examples.map((text) => text.slice(0, LONGEST_EXAMPLE));
    blocks.push(
      { kind: 'text', text: DUPLICATES.texts(texts) },
      { kind: 'list', ordered: false, items: examples.map((text) => ({ en: text, zh: text })) },
    );
  }
  return { id: 'duplicates', title: DUPLICATES.title, blocks };
};
