/** Tags: what people note about a version, a name and a text each. */
import { UserError } from '@gradus/base';
import { type Database, inTransaction } from '../database/tables.ts';
import { recordChange } from './audit.ts';
import { holdModel, runOfVersion } from './models.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._/ -]{0,99}$/u;
const LONGEST_VALUE = 5000;

/** @throws UserError where a tag's name or text cannot be kept. */
export function checkTag(name: string, value: string): void {
  if (!NAME.test(name)) {
    throw new UserError({
      en: `"${name}" cannot be a tag's name. Expected at most 100 letters, digits, spaces or "._/-".`,
      zh: `“${name}”不能用作备注名称。应为最多 100 个字母、数字、空格或“._/-”。`,
    });
  }
  if (value.length > LONGEST_VALUE || value.includes('\u0000')) {
    throw new UserError({
      en: `The text of the tag "${name}" is longer than ${LONGEST_VALUE} characters, or holds NUL.`,
      zh: `备注“${name}”的文本超过 ${LONGEST_VALUE} 个字符，或含有 NUL。`,
    });
  }
}

/** Sets a tag of a version, or with `null` takes it away. */
export async function setTag(
  database: Database,
  options: {
    readonly model: string;
    readonly version: number;
    readonly name: string;
    readonly value: string | null;
    readonly by: string;
  },
): Promise<void> {
  const { model, version, name, value, by } = options;
  checkTag(name, value ?? '');
  await inTransaction(database, async (transaction) => {
    await holdModel(transaction, model);
    await runOfVersion(transaction, model, version);
    const before = await transaction
      .deleteFrom('tags')
      .where('model', '=', model)
      .where('version', '=', version)
      .where('name', '=', name)
      .returning('value')
      .executeTakeFirst();
    if (value !== null)
      await transaction.insertInto('tags').values({ model, version, name, value }).execute();
    const tagged = (text: string | null | undefined) => (text == null ? null : { version, [name]: text });
    await recordChange(transaction, {
      who: by,
      what: 'tag',
      model,
      before: tagged(before?.value),
      after: tagged(value),
    });
  });
}
