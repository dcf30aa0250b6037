/** What a request may name. */
import { UserError } from '@gradus/base';
import { isModelReference } from '../registry/uri.ts';
import { fieldsOf } from './field.ts';
import type { Operation } from './operation.ts';

/**
 * A command may name a run's directory. A request may not: it would read wherever it likes.
 *
 * @throws UserError where a field that names a model or a run holds anything else
 */
export function requireReferences({ input }: Operation, values: unknown): void {
  for (const { name, isReference } of fieldsOf(input)) {
    const text = isReference ? (values as Record<string, unknown>)[name] : undefined;
    if (typeof text !== 'string' || isModelReference(text)) continue;
    const shown = text.slice(0, 200);
    throw new UserError({
      en: `"${shown}" names no model. Expected a run's id, a registered model's name, runs:/ID/model, models:/NAME/VERSION or models:/NAME@ALIAS.`,
      zh: `“${shown}”不是模型。应为运行的 id、已注册模型的名称、runs:/ID/model、models:/NAME/VERSION 或 models:/NAME@ALIAS。`,
    });
  }
}
