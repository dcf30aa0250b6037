import { terminalProgress } from '@gradus/loop';
import type { AddCommand } from './command.ts';
import { GATE_OPTION, gatesOf } from './gates.ts';
import { named } from './named.ts';
import { DEFAULT_RUNS } from './recipe.ts';
import { printVerdict } from './verdict.ts';

/** `gradus iterate MODEL`: retrains with the corrections, and promotes the new model only if it is better. */
export const iterate: AddCommand = (program, terminal, recipes) => {
  program
    .command('iterate <model>')
    .description(
      'retrain with the corrections and with rows added to the file; the new model takes over only if it is better',
    )
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option(...GATE_OPTION, named, {})
    .option('--json', 'print one JSON object on stdout')
    .action(
      async (
        wanted: string,
        { out, gate, json }: { out: string; gate: Record<string, string>; json?: boolean },
      ) => {
        const server = await import('@gradus/lifecycle');
        const progress = terminalProgress(process.stderr, terminal.language);
        const { model, champion, challenger, corrections, recent, verdict } = await server
          .iterate({
            model: wanted,
            runs: out,
            recipes,
            gates: await gatesOf(gate),
            signal: terminal.signal,
            onProgress: (step) => progress.update(step),
          })
          .finally(() => progress.end());
        if (json) {
          terminal.print(
            JSON.stringify({
              model,
              champion,
              challenger: challenger.id,
              corrections,
              heldBack: recent,
              ...verdict,
            }),
          );
          return;
        }
        printVerdict(terminal, verdict);
      },
    );
};
