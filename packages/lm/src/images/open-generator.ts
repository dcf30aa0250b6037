/** An image model by where it is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import type { ImageGenerator, ImageGeneratorOptions } from './image-generator.ts';

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
