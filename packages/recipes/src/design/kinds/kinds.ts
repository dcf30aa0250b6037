/** All kinds of designs, in the order in which they are tried on files. */
import { UserError } from '@gradus/base';
import type { DesignFile, DesignKind, KindName } from './kind.ts';
import { levels } from './levels.ts';
import { names } from './names.ts';
import { sheets } from './sheets.ts';
import { sprites } from './sprites.ts';

export const KINDS: Readonly<Record<KindName, DesignKind>> = { sprites, sheets, levels, names };

/** @throws UserError where the files hold none */
export function kindOf(files: readonly DesignFile[]): DesignKind {
  const kind = Object.values(KINDS).find((each) => each.is(files));
  if (kind) return kind;
  throw new UserError({
    en: 'no designs were found: expected names in a text file, one a line; items or characters as a table or JSON lines; levels as text files of rows of tiles; or sprites as PNG files',
    zh: '没有找到可学习的设计：应为每行一个名称的文本文件、物品或角色的表格或 JSON Lines、由图块字符组成的关卡文本文件，或 PNG 精灵图',
  });
}
