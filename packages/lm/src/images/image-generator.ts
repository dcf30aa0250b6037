/**
 * An image model that somebody brings and that draws from words: behind a URL that speaks OpenAI's images API (`/v1/images/generations`), or a
 * folder that optimum has exported as ONNX. What uses one sees no difference; a picture that does not come costs that picture alone.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';

export interface ImageGenerator {
  readonly model: string;
  /** The host that prompts are sent to; null where nothing leaves this machine's memory. */
  readonly host: string | null;
  /**
   * @returns the bytes of an image file
   * @throws ChatError where there is none: too late, too large, refused, no connection
   */
  draw(prompt: string, seed: number, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface ImageGeneratorOptions {
  /** Milliseconds that one image may take. Default 300,000. */
  readonly timeout?: number;
  readonly threads?: number;
}

/**
 * @param place a URL such as http://localhost:8080/v1#MODEL, or a folder with model_index.json
 * @throws UserError where there is no image model
 */
export async function openImageGenerator(
  place: string,
  options: ImageGeneratorOptions = {},
): Promise<ImageGenerator> {
  if (/^https?:\/\//i.test(place)) {
    const { openRemoteImages } = await import('./remote-images.ts');
    return openRemoteImages(place, options);
  }
  if (!existsSync(join(place, 'model_index.json'))) {
    throw new UserError({
      en: `${place} is no image model: expected a URL such as http://localhost:8080/v1#MODEL, or a folder of a diffusion model as optimum exports it to ONNX, with model_index.json`,
      zh: `${place} 不是图像模型：应为 http://localhost:8080/v1#MODEL 之类的 URL，或由 optimum 导出为 ONNX、含 model_index.json 的扩散模型文件夹`,
    });
  }
  const { openDiffusion } = await import('./diffusion.ts');
  return openDiffusion(place, options);
}
