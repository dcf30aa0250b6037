/** The word by which this program, started again in a thread of a server, knows that it answers there. */
export const ANSWER = 'answer';

/** This program as an answering thread. */
export const answerProgram = (): { readonly file: string; readonly arguments: readonly string[] } => ({
  file: process.argv[1]!,
  arguments: [ANSWER],
});
