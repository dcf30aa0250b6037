/** The passes that treat ops one by one: each knows some ops by a rule of their own, and leaves the others as they are. */
import type { Localized } from '@gradus/base';
import { ruleOf } from '../../analysis/batch-axis/rules.ts';
import { FLOP_COUNTS } from '../../analysis/flops.ts';
import { SIZE_RULES } from '../../known.ts';
import { UPGRADES } from '../../onnx/upgrade.ts';
import { opNamed } from '../../ops/registry.ts';
import { noGradient } from '../../ops/rules.ts';
import { hasInstruction } from '../../runtime/node/pool/elementwise-loop.ts';
import { cpuRules } from '../../transforms/lower-for-cpu.ts';
import { WEBGPU_RULES } from '../../transforms/lower-for-webgpu.ts';
import { trainingRules } from '../../transforms/training-mode.ts';

/** By a rule; by way of the simpler ops that the op expands to; by a rule that refuses and says why. */
export type Answer = 'rule' | 'expansion' | 'refusal';

export interface Pass {
  readonly about: Localized;
  /** Where its rules are, below packages/engine/src. */
  readonly file: string;
  /** Undefined where the pass does not know the op. */
  answer(op: string): Answer | undefined;
}

const { plain, blocked } = cpuRules([], 8, 0);
const training = trainingRules(
  {
    noise: () => {
      throw new Error('no graph is rebuilt here');
    },
  },
  new Map(),
);
const byRule = (knows: (op: string) => boolean) => (op: string) => (knows(op) ? 'rule' : undefined);
const orExpansion = (knows: (op: string) => boolean) => (op: string) =>
  knows(op) ? 'rule' : opNamed(op).expand ? 'expansion' : undefined;

export const PASSES = {
  gradient: {
    about: { en: 'how gradients flow back', zh: '梯度如何回传' },
    file: 'ops/',
    answer: (op) => {
      const { grad, expand } = opNamed(op);
      return grad === noGradient ? 'refusal' : grad ? 'rule' : expand ? 'expansion' : undefined;
    },
  },
  training: {
    about: { en: 'what differs in training', zh: '训练时的不同之处' },
    file: 'transforms/training-mode.ts',
    answer: byRule((op) => op in training),
  },
  sizes: {
    about: { en: 'sizes known before the graph runs', zh: '运行前已知的尺寸' },
    file: 'known.ts',
    answer: byRule((op) => op in SIZE_RULES),
  },
  batchAxis: {
    about: { en: 'which example an element belongs to', zh: '元素属于哪个样本' },
    file: 'analysis/batch-axis/rules.ts',
    answer: orExpansion((op) => ruleOf(op) !== undefined),
  },
  flops: {
    about: { en: 'floating-point operations', zh: '浮点运算量' },
    file: 'analysis/flops.ts',
    answer: orExpansion((op) => op in FLOP_COUNTS),
  },
  cpu: {
    about: { en: 'what the CPU computes faster otherwise', zh: 'CPU 上更快的算法' },
    file: 'transforms/lower-for-cpu.ts',
    answer: byRule((op) => op in plain),
  },
  blocks: {
    about: { en: 'images that stay in blocks of channels', zh: '图像保持通道分块' },
    file: 'transforms/stay-in-blocks.ts',
    answer: byRule((op) => op in blocked),
  },
  webgpu: {
    about: { en: 'what WebGPU computes right otherwise', zh: 'WebGPU 上正确的算法' },
    file: 'transforms/lower-for-webgpu.ts',
    answer: byRule((op) => op in WEBGPU_RULES),
  },
  loop: {
    about: { en: 'the compiled loop of the update', zh: '参数更新的编译循环' },
    file: 'runtime/node/pool/elementwise-loop.ts',
    answer: byRule(hasInstruction),
  },
  upgrade: {
    about: { en: 'forms of older opsets', zh: '旧版 opset 的写法' },
    file: 'onnx/upgrade.ts',
    answer: byRule((op) => op in UPGRADES),
  },
} satisfies Record<string, Pass>;

export type PassName = keyof typeof PASSES;
