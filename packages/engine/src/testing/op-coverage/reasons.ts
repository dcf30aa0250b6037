/**
 * Why a pass does not know an op. Every declared op stands in one row; a row says for each pass why it has no rule for those ops.
 * Where the pass does have a rule for one of them, the rule counts.
 *
 * A new op takes a row (or a place in one) and so an answer for every pass; a test fails until it has.
 */
import type { Localized } from '@gradus/base';
import type { PassName } from './passes.ts';

export const REASONS = {
  flat: { en: 'its derivative is 0 wherever it has one', zh: '凡有导数处，导数为 0' },
  discrete: { en: 'it gives whole numbers, booleans or texts', zh: '输出为整数、布尔值或文本' },
  fixed: { en: 'its output does not depend on values that are trained', zh: '输出与被训练的值无关' },
  after: { en: 'it is made after this pass', zh: '在这一遍之后才产生' },
  same: { en: 'it is the same in training and in use', zh: '训练与使用时相同' },
  reals: { en: 'it gives reals or texts; sizes are whole numbers', zh: '输出为实数或文本，而尺寸是整数' },
  large: { en: 'no model is known to compute sizes with it', zh: '尚未见模型用它计算尺寸' },
  data: { en: 'its output is known only when the graph runs', zh: '运行时才知道输出' },
  mixes: { en: 'it may mix examples: the batch stays whole', zh: '可能混合不同样本：批次不切分' },
  few: { en: 'it takes few operations beside products', zh: '与乘积相比运算很少' },
  moves: { en: 'it moves elements, or makes them without arithmetic', zh: '只搬运或生成元素，不做算术' },
  uncounted: { en: 'its products are not counted', zh: '其乘积未计入' },
  kernel: { en: 'the kernel of ONNX Runtime is the fast and right way', zh: 'ONNX Runtime 的内核既快又对' },
  layout: { en: 'it takes images in the plain layout, or no images', zh: '使用普通布局的图像，或与图像无关' },
  inBlocks: { en: 'it works on blocks itself', zh: '本身就在分块上运算' },
  noInstruction: { en: 'no vector instruction gives the same bits', zh: '没有结果逐位相同的向量指令' },
  notElementwise: { en: 'it is not elementwise', zh: '不是逐元素运算' },
  unchanged: { en: 'files of all opsets read alike', zh: '各版 opset 的写法一致' },
  use: {
    en: 'it is for running models; training takes standard operators',
    zh: '仅用于运行模型；训练使用标准算子',
  },
  notOnnx: { en: 'it is not in ONNX’s main domain', zh: '不在 ONNX 主域中' },
} satisfies Record<string, Localized>;

export type Reason = keyof typeof REASONS;
type Reasons = Readonly<Record<PassName, Reason>>;

const COMMON = {
  training: 'same',
  sizes: 'large',
  batchAxis: 'mixes',
  cpu: 'kernel',
  blocks: 'layout',
  webgpu: 'kernel',
  loop: 'notElementwise',
  upgrade: 'unchanged',
} as const;

const ARITHMETIC: Reasons = { ...COMMON, gradient: 'flat', flops: 'few', loop: 'noInstruction' };
const TEST: Reasons = { ...ARITHMETIC, gradient: 'discrete' };
const FUNCTION: Reasons = { ...ARITHMETIC, sizes: 'reals' };
const REDUCTION: Reasons = { ...COMMON, gradient: 'flat', flops: 'few' };
const PRODUCT: Reasons = { ...COMMON, gradient: 'flat', sizes: 'reals', flops: 'uncounted' };
const MOVEMENT: Reasons = { ...COMMON, gradient: 'fixed', flops: 'moves' };
const SELECTION: Reasons = { ...MOVEMENT, gradient: 'discrete', sizes: 'data' };
const GENERATOR: Reasons = { ...COMMON, gradient: 'fixed', sizes: 'reals', flops: 'few' };
const TEXT: Reasons = { ...MOVEMENT, gradient: 'discrete', sizes: 'reals' };
const OUTSIDE = { upgrade: 'notOnnx' } as const;
const BLOCKED: Reasons = {
  ...PRODUCT,
  ...OUTSIDE,
  gradient: 'after',
  training: 'after',
  batchAxis: 'after',
  flops: 'after',
  blocks: 'inBlocks',
  webgpu: 'after',
};

/** The ops, separated by spaces, and the reasons for each pass that has no rule for them. */
const ROWS: readonly (readonly [ops: string, reasons: Reasons])[] = [
  [
    'Add Sub Mul Div Pow Max Min Sum Mean Mod PRelu Identity Neg Abs Sign Floor Ceil Round Clip Where',
    ARITHMETIC,
  ],
  ['Cast CastLike', ARITHMETIC],
  ['BitCast BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitShift', TEST],
  ['Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor Not IsNaN IsInf', TEST],
  ['Exp Log Sqrt Reciprocal Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Erf', FUNCTION],
  [
    'Sigmoid Tanh Softplus Softsign Relu LeakyRelu ThresholdedRelu Elu Celu Selu HardSigmoid HardSwish',
    FUNCTION,
  ],
  ['Mish Swish Shrink Gelu', FUNCTION],

  ['ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare', REDUCTION],
  ['ReduceLogSum ReduceLogSumExp', { ...REDUCTION, sizes: 'reals' }],
  ['ArgMax ArgMin', { ...REDUCTION, gradient: 'discrete' }],
  ['Softmax LogSoftmax Hardmax', { ...REDUCTION, sizes: 'reals' }],
  ['CumSum CumProd', REDUCTION],

  ['MatMul Gemm Einsum Det Conv ConvTranspose DeformConv Attention RotaryEmbedding', PRODUCT],
  ['RNN LSTM GRU', PRODUCT],
  ['GroupQueryAttention MatMulNBits', { ...PRODUCT, ...OUTSIDE, gradient: 'use' }],
  ['SkipSimplifiedLayerNormalization', { ...REDUCTION, ...OUTSIDE, gradient: 'use' }],
  ['GatherBlockQuantized', { ...MOVEMENT, ...OUTSIDE, gradient: 'use' }],
  ['LstmCell', { ...PRODUCT, ...OUTSIDE }],
  ['FakeQuantize', { ...FUNCTION, ...OUTSIDE, loop: 'notElementwise' }],
  ['MatMulInteger QLinearMatMul ConvInteger QLinearConv', { ...PRODUCT, gradient: 'discrete' }],
  [
    'QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
    { ...FUNCTION, gradient: 'discrete', loop: 'notElementwise' },
  ],

  [
    'MaxPool AveragePool LpPool GlobalMaxPool GlobalAveragePool GlobalLpPool',
    { ...REDUCTION, sizes: 'reals' },
  ],
  [
    'BatchNormalization LayerNormalization RMSNormalization InstanceNormalization',
    { ...REDUCTION, sizes: 'reals' },
  ],
  ['GroupNormalization MeanVarianceNormalization LpNormalization LRN', { ...REDUCTION, sizes: 'reals' }],
  ['BatchNormalizationGradient', { ...REDUCTION, ...OUTSIDE, sizes: 'reals' }],
  ['Dropout', FUNCTION],
  ['NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss', { ...REDUCTION, sizes: 'reals' }],

  ['Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile DepthToSpace SpaceToDepth', MOVEMENT],
  ['Concat Split Slice Pad CenterCropPad Trilu ReverseSequence', MOVEMENT],
  ['Gather GatherElements GatherND ScatterElements ScatterND TensorScatter', MOVEMENT],
  ['OneHot', { ...MOVEMENT, gradient: 'discrete' }],
  ['Shape Size ConstantOfShape Range EyeLike', MOVEMENT],

  ['TopK Compress Unique NonZero NonMaxSuppression MaxUnpool', SELECTION],
  ['Resize GridSample AffineGrid RoiAlign Col2Im', { ...REDUCTION, sizes: 'reals' }],

  ['DFT STFT', PRODUCT],
  ['HannWindow HammingWindow BlackmanWindow MelWeightMatrix', GENERATOR],
  [
    'RandomNormal RandomUniform RandomNormalLike RandomUniformLike Bernoulli Multinomial',
    { ...GENERATOR, sizes: 'data' },
  ],

  ['StringConcat StringSplit StringNormalizer RegexFullMatch TfIdfVectorizer', TEXT],
  ['LabelEncoder MurmurHash3', { ...TEXT, ...OUTSIDE }],
  ['TreeEnsemble TreeEnsembleRegressor TreeEnsembleClassifier', { ...SELECTION, ...OUTSIDE }],

  [
    'BlockedConv BlockedGlobalAveragePool BlockedMaxPool BlockedAveragePool BlockedUpsample ToBlocks FromBlocks',
    BLOCKED,
  ],
];

/** By op; an op that stands in two rows, or twice in one, is an error. */
export const REASONS_OF: ReadonlyMap<string, Reasons> = (() => {
  const found = new Map<string, Reasons>();
  for (const [ops, reasons] of ROWS) {
    for (const op of ops.split(' ')) {
      if (found.has(op)) throw new Error(`"${op}" stands in two rows`);
      found.set(op, reasons);
    }
  }
  return found;
})();
