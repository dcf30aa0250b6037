/** Does an operation in this process, with progress on stderr. */
import { OwnWorkspace } from '@gradus/lifecycle';
import { terminalProgress } from '@gradus/loop';
import type { Done, Request } from './request.ts';

export async function executeHere({
  operation,
  input,
  terminal,
  recipes,
  runs,
  out,
}: Request): Promise<Done> {
  const { language, signal } = terminal;
  const progress = terminalProgress(process.stderr, language);
  const workspace = new OwnWorkspace({
    runs,
    recipes,
    language,
    signal,
    out,
    onProgress: (now) => progress.update(now),
  });
  try {
    const output = await operation.run(input, workspace);
    return { output, wrote: workspace.wrote };
  } finally {
    progress.end();
    await workspace.close();
  }
}
