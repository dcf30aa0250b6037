/**
 * How runs and registered models are named, in MLflow's words:
 *
 *     runs:/ID/model              the model that a run made
 *     models:/NAME/3              a version; `latest` is the one registered last
 *     models:/NAME@champion       the version that an alias stands for now
 *
 * Source: https://mlflow.org/docs/latest/ml/model-registry
 */
import { UserError } from '@gradus/base';

export type ModelUri =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'version'; readonly model: string; readonly version: number | 'latest' }
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string };

const RUN = /^runs:\/([a-z0-9][a-z0-9-]{0,99})\/model$/;
const VERSION = /^models:\/([^/@:]+)\/(\d{1,9}|latest)$/;
const ALIAS = /^models:\/([^/@:]+)@([^/@:]+)$/;

/** @returns undefined where the text is no URI of ours, say a run's id. @throws UserError where it is a wrong one. */
export function parseModelUri(text: string): ModelUri | undefined {
  if (!/^(?:runs|models):/.test(text)) return undefined;
  const run = RUN.exec(text);
  if (run) return { kind: 'run', run: run[1]! };
  const version = VERSION.exec(text);
  if (version) {
    const number = version[2] === 'latest' ? 'latest' : versionNumber(version[2]!);
    return { kind: 'version', model: modelName(version[1]!), version: number };
  }
  const alias = ALIAS.exec(text);
  if (alias) return { kind: 'alias', model: modelName(alias[1]!), alias: aliasName(alias[2]!) };
  throw new UserError({
    en: `"${text}" names no model. Expected runs:/ID/model, models:/NAME/VERSION or models:/NAME@ALIAS.`,
    zh: `“${text}”不是模型。应为 runs:/ID/model、models:/NAME/VERSION 或 models:/NAME@ALIAS。`,
  });
}

/** Letters and digits of any language, and `.`, `_`, `-` between them. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$/u;

/** @throws UserError where the name would not fit into a URI. */
export function modelName(text: string): string {
  const name = text.normalize('NFC');
  if (NAME.test(name)) return name;
  throw new UserError({
    en: `"${text}" cannot be a model's name. Expected at most 100 letters, digits, ".", "_" or "-", beginning with a letter or digit.`,
    zh: `“${text}”不能用作模型名称。应为最多 100 个字母、数字、“.”、“_”或“-”，且以字母或数字开头。`,
  });
}

/** @throws UserError where the alias could be taken for a version. */
export function aliasName(text: string): string {
  const name = text.normalize('NFC');
  if (NAME.test(name) && !/^v?\d+$|^latest$/i.test(name)) return name;
  throw new UserError({
    en: `"${text}" cannot be an alias. Expected at most 100 letters, digits, ".", "_" or "-", and no version: not "3", "v3" or "latest".`,
    zh: `“${text}”不能用作别名。应为最多 100 个字母、数字、“.”、“_”或“-”，且不能像版本号：不能是“3”、“v3”或“latest”。`,
  });
}

/** @throws UserError where the text is no whole number from 1 on. */
function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError({
    en: `"${text}" is no version. Expected a whole number from 1 on.`,
    zh: `“${text}”不是版本号。应为从 1 开始的整数。`,
  });
}

/** A name, a run's id, its beginning, or a URI: what may come from outside. Directories, which the command line takes too, may not. */
export function isModelReference(text: string): boolean {
  return NAME.test(text) || RUN.test(text) || VERSION.test(text) || ALIAS.test(text);
}
