/** Addresses by what they begin and end with: a scheme such as `s3://`, and `#` with a sheet or table. */
import { stat } from 'node:fs/promises';
import { UserError } from '@gradus/base';

export const schemeOf = (address: string): string | undefined =>
  /^([a-z][a-z\d+.-]+):\/\//i.exec(address)?.[1]?.toLowerCase();

export const unknownScheme = (scheme: string): UserError =>
  new UserError({
    en: `Tables are not read from ${scheme}:// addresses. Download the file, or give a postgres:// or s3:// address.`,
    zh: `不支持从 ${scheme}:// 地址读取表格。请先下载文件，或提供 postgres:// 或 s3:// 地址。`,
  });

/** `sales.xlsx#Sheet2`; a file whose own name has a `#` is itself. */
export async function splitPart(address: string): Promise<{ path: string; part?: string }> {
  const at = address.lastIndexOf('#');
  if (at <= 0 || (await stat(address).catch(() => undefined))) return { path: address };
  return { path: address.slice(0, at), part: address.slice(at + 1) };
}
