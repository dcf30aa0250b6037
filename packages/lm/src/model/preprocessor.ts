/** What a folder says about how images or sounds become numbers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields, readJson } from '../json.ts';

/**
 * preprocessor_config.json; or what processor_config.json has under `part`, as newer versions of transformers write it.
 * @throws UserError where there is neither, or a field is wrong
 */
export function preprocessorJson<T>(
  folder: string,
  part: 'image_processor' | 'feature_extractor',
  schema: z.ZodType<T>,
): T {
  const alone = join(folder, 'preprocessor_config.json');
  if (existsSync(alone)) return readJson(alone, schema);
  const file = join(folder, 'processor_config.json');
  const whole = existsSync(file) ? readJson(file, z.record(z.string(), z.unknown())) : {};
  if (whole[part] !== undefined) return checkedFields(`${file}: ${part}`, whole[part], schema);
  throw new UserError({
    en: `${folder} has no preprocessor_config.json, which says how images or sounds become numbers. Save it with transformers: AutoProcessor.from_pretrained(…).save_pretrained(…)`,
    zh: `${folder} 中没有 preprocessor_config.json（说明图像或声音如何变为数字）。可用 transformers 保存：AutoProcessor.from_pretrained(…).save_pretrained(…)`,
  });
}
