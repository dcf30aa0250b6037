/** A language model by where it is. */
import { existsSync } from 'node:fs';
import { UserError } from '@gradus/base';
import type { ChatClient, ChatClientOptions } from './chat-client.ts';

/**
 * @param place a folder of Hugging Face, a GGUF file, or a URL such as http://localhost:11434/v1#MODEL; without a name behind the #
 *   the server's only model is used
 * @throws UserError where there is no model
 */
export async function openChatClient(place: string, options: ChatClientOptions = {}): Promise<ChatClient> {
  if (/^https?:\/\//i.test(place)) {
    const { openRemoteModel } = await import('./remote-model.ts');
    return openRemoteModel(place, options);
  }
  if (!existsSync(place)) {
    throw new UserError({
      en: `${place} is no language model: expected a folder of Hugging Face, a .gguf file, or a URL such as http://localhost:11434/v1`,
      zh: `${place} 不是语言模型：应为 Hugging Face 文件夹、.gguf 文件，或 http://localhost:11434/v1 之类的 URL`,
    });
  }
  const { openLocalModel } = await import('./local-model.ts');
  return openLocalModel(place, options);
}
