/** A report as a file: JSON with its version, checked when it is read. */
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { z } from 'zod';
import { type Report, report } from './document.ts';

const VERSION = 1;

export function reportJson(report: Report): string {
  return JSON.stringify({ version: VERSION, ...report });
}

export function parseReport(json: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const { message } = error as Error;
    throw unreadable({ en: message, zh: message }, error);
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) throw unreadable(reasonOf(parsed.error), parsed.error);
  const { title, lead, sections } = parsed.data;
  return { title, lead, sections };
}

const file = z.object({ version: z.literal(VERSION), ...report.unwrap().shape });

const unreadable = (reason: Localized, cause: unknown): UserError =>
  new UserError(
    {
      en: `The report cannot be read: ${reason.en}. Expected a report.json written by Gradus; make the run again, or use the version of Gradus that wrote it.`,
      zh: `无法读取报告：${reason.zh}。应为 Gradus 写出的 report.json；请重新运行，或使用写出该文件的 Gradus 版本。`,
    },
    { cause },
  );
