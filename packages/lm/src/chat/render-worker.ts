/** Renders a chat template, again and again, for the thread that started this one (chat-template.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { Template } from '@huggingface/jinja';
import { MOST_TEXT, type RenderAnswer, type RenderRequest } from './render-limits.ts';

let template: Template | undefined;

parentPort!.on('message', ({ context }: RenderRequest) => {
  parentPort!.postMessage(answerTo(context));
});
parentPort!.postMessage('ready');

function answerTo(context: Readonly<Record<string, unknown>>): RenderAnswer {
  try {
    template ??= new Template(workerData as string);
    const text = template.render(context as Record<string, unknown>);
    if (text.length > MOST_TEXT) return { error: `it gave ${text.length} characters; at most ${MOST_TEXT}` };
    return { text };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
