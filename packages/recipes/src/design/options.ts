/** What `gradus design` takes. */
import { folder, type OptionsOf } from '@gradus/loop';
import { z } from 'zod';

export const TAKES = {
  designs: folder({
    en: 'what to learn from: names, one a line; items or characters as a table or JSON lines; a folder of levels, with a legend where there is one; or a folder of sprites',
    zh: '学习对象：每行一个名称的文件；物品或角色的表格或 JSON Lines；关卡文件夹，如有图例一并放入；或精灵图文件夹',
  }),
};

const WANT = {
  en: 'what the designs should have, with commas between: "8 enemies, length 120", "starts with Ka"',
  zh: '希望具备的属性，用逗号分隔：“8 个敌人，长 120”、“以 Ka 开头”',
};
const COUNT = { en: 'how many to make', zh: '生成的数量' };
const LM = {
  en: 'language model that drafts names, items, characters or levels: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which some originals are then sent; its key in GRADUS_LM_KEY',
  zh: '起草名称、物品、角色或关卡的语言模型：文件夹、.gguf 文件，或兼容 OpenAI 接口的 URL（http://localhost:11434/v1#MODEL），此时会把部分原有设计发送到该地址；密钥放在 GRADUS_LM_KEY',
};
const IMAGES = {
  en: 'image model that drafts sprites: a URL of OpenAI’s images API (http://localhost:8080/v1#MODEL; its key in GRADUS_LM_KEY), or a folder of a diffusion model in ONNX',
  zh: '起草精灵图的图像模型：兼容 OpenAI 图像接口的 URL（http://localhost:8080/v1#MODEL；密钥放在 GRADUS_LM_KEY），或 ONNX 扩散模型文件夹',
};
const MINUTES = {
  en: 'minutes that the run may take at most (two at least): the work is counted, a part of them on a usual machine, so that every machine does the same; ended by the clock where a machine is much slower or busier',
  zh: '运行最多可用的分钟数（至少两分钟）：工作量按计数确定，在一般机器上只占其中一部分，各机器结果相同；机器慢得多或忙得多时按时钟结束',
};

export const OwnOptions = z.strictObject({
  want: z.string().max(500).default('').describe(WANT.en).meta(WANT),
  count: z.int().min(1).max(500).default(20).describe(COUNT.en).meta(COUNT),
  lm: z.string().min(1).max(2000).optional().describe(LM.en).meta(LM),
  images: z.string().min(1).max(2000).optional().describe(IMAGES.en).meta(IMAGES),
  minutes: z.number().min(0.01).max(600).default(10).describe(MINUTES.en).meta(MINUTES),
});
export type DesignOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;
