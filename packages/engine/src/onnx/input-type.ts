/** The type and shape that a model file declares of an input. */
import { dtypeOfOnnx } from '../dtype.ts';
import { ModelFileError } from '../errors.ts';
import type { Value } from '../graph.ts';
import type { Dim, Shape } from '../shape.ts';
import { unheld } from './read-tensor.ts';
import type { ValueInfoMessage } from './wire.ts';

/**
 * @param given the shape where the caller fixes it
 * @throws ModelFileError where it is no tensor, of a type that is not held, or its shape does not fit
 */
export function inputType(
  { name, type }: ValueInfoMessage,
  given: Shape | undefined,
): Pick<Value, 'dtype' | 'shape'> {
  const dtype = dtypeOfOnnx(type?.tensorType?.elemType ?? 0);
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType === undefined) {
    throw new ModelFileError({ en: `input "${name}" is not a tensor`, zh: `输入 "${name}" 不是张量` });
  }
  if (!dtype) throw unheld({ en: `input "${name}"`, zh: `输入 "${name}" ` }, elemType);
  if (given && (!shape || given.length === (shape.dim ?? []).length)) return { dtype, shape: given };
  if (given) {
    throw new ModelFileError({
      en: `input "${name}" has ${shape?.dim?.length ?? 0} axes; the given shape [${given}] has ${given.length}`,
      zh: `输入 "${name}" 有 ${shape?.dim?.length ?? 0} 个轴；给出的形状 [${given}] 有 ${given.length} 个`,
    });
  }
  if (!shape) {
    throw new ModelFileError({ en: `input "${name}" is of unknown rank`, zh: `输入 "${name}" 的维数未知` });
  }
  // Some programs write −1 for a size that they do not know.
  const dims = (shape.dim ?? []).map(({ dimValue = -1, dimParam }, i): Dim => {
    return dimParam || (dimValue >= 0 ? dimValue : `?${name}.${i}`);
  });
  return { dtype, shape: dims };
}
