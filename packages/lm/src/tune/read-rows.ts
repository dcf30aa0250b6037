/** Rows of a file as tokens, those that can be learnt from; the others with their reasons. */
import { type Localized, UserError } from '@gradus/base';
import { ChatTemplate } from '../chat/chat-template.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { Example, ExampleSetAside, Examples } from './examples.ts';

export interface UsableRows<T> {
  readonly usable: readonly T[];
  readonly setAside: readonly ExampleSetAside[];
}

const LEAST_EXAMPLES = 4;

/**
 * @param read makes of an example what is learnt from, or says why it cannot
 * @throws UserError where too few are left
 */
export async function usableRows<T extends { readonly row: number }>(
  path: string,
  { examples, setAside: unread }: Examples,
  read: (example: Example) => Promise<T | { readonly row: number; readonly reason: Localized }>,
  signal?: AbortSignal,
): Promise<UsableRows<T>> {
  const [usable, setAside]: [T[], ExampleSetAside[]] = [[], [...unread]];
  for (const example of examples) {
    signal?.throwIfAborted();
    const found = await read(example);
    if ('reason' in found) setAside.push(found);
    else usable.push(found);
  }
  if (usable.length < LEAST_EXAMPLES) {
    const first = mostCommon(setAside);
    const all = examples.length + unread.length;
    throw new UserError({
      en: `${path}: ${usable.length} of ${all} rows can be learnt from; at least ${LEAST_EXAMPLES} are needed${first ? `. Row ${first.row}: ${first.reason.en}` : ''}`,
      zh: `${path}：${all} 行中只有 ${usable.length} 行可用于学习；至少需要 ${LEAST_EXAMPLES} 行${first ? `。第 ${first.row} 行：${first.reason.zh}` : ''}`,
    });
  }
  return { usable, setAside };
}

/** The first of those set aside for the reason that most are. */
function mostCommon(setAside: readonly ExampleSetAside[]): ExampleSetAside | undefined {
  const groups = Map.groupBy(setAside, ({ reason }) => reason.en);
  return [...groups.values()].sort((a, b) => b.length - a.length)[0]?.[0];
}

/** Runs `action` with the model's template, where it has one or `isNeeded`. */
export async function withTemplate<T>(
  model: LanguageModel,
  isNeeded: boolean,
  action: (template: ChatTemplate | undefined) => Promise<T>,
): Promise<T> {
  const template = isNeeded || model.template ? new ChatTemplate(model) : undefined;
  try {
    return await action(template);
  } finally {
    await template?.close();
  }
}
