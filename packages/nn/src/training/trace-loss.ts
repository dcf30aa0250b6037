/** Traces the loss of a batch, and says what is wrong with a loss that is none, in the words of who wrote it. */
import { UserError } from '@gradus/base';
import { isFloat, showShape, sizeOf, Tensor } from '@gradus/engine';
import type { Phase } from './phase.ts';

/**
 * @returns the loss as a float32 scalar
 * @throws UserError where the loss reads what the batch has not, or is no single real number
 */
export function traceLoss(
  phase: Pick<Phase, 'name' | 'loss'>,
  batch: Readonly<Record<string, Tensor>>,
): Tensor {
  const absent = new Set<string>();
  // A loss may ask for what only some batches have; where it fails, that is the likely reason.
  const watched = new Proxy(batch, {
    get: (target, key) => {
      if (typeof key === 'string' && !(key in target)) absent.add(key);
      return Reflect.get(target, key);
    },
  });
  let loss: unknown;
  try {
    loss = phase.loss(watched);
  } catch (error) {
    if (absent.size > 0 && error instanceof Error) throw notInBatch(absent, batch, error);
    throw error instanceof TypeError ? untraceable(error) : error;
  }
  return checked(loss, phase.name);
}

function notInBatch(absent: ReadonlySet<string>, batch: object, cause: Error): UserError {
  const quoted = (names: Iterable<string>) => [...names].map((name) => `"${name}"`).join(', ');
  const [missing, names] = [quoted(absent), quoted(Object.keys(batch))];
  return new UserError(
    {
      en: `the loss takes ${missing} from the batch, which has ${names} (${cause.message}). Name them alike: a loss is a function of the batch, ({ x, y }) => …`,
      zh: `损失从批次中取 ${missing}，而批次中有 ${names}（${cause.message}）。请使用相同的名称：损失是批次的函数 ({ x, y }) => …`,
    },
    { cause },
  );
}

const untraceable = (cause: TypeError): UserError =>
  new UserError(
    {
      en: `the loss cannot be traced: ${cause.message}. It gets tensors by name, and layers are called by forward: ({ x, y }) => mse(model.forward(x), y)`,
      zh: `无法跟踪损失：${cause.message}。它按名称得到张量，层用 forward 调用：({ x, y }) => mse(model.forward(x), y)`,
    },
    { cause },
  );

function checked(loss: unknown, phase: string): Tensor {
  if (!(loss instanceof Tensor)) {
    const isPromise = typeof (loss as { then?: unknown } | undefined)?.then === 'function';
    const given = isPromise ? 'a promise' : typeof loss === 'function' ? 'a function' : String(loss);
    throw new UserError({
      en: `the loss of phase "${phase}" returned ${given}; it must return a tensor, as ({ x, y }) => mse(model.forward(x), y) does${isPromise ? ', and not be async: it describes the computation, and waits for nothing' : ''}`,
      zh: `阶段“${phase}”的损失返回了 ${given}；应返回张量，例如 ({ x, y }) => mse(model.forward(x), y)${isPromise ? '，且不能是 async：它只描述计算，不等待任何结果' : ''}`,
    });
  }
  if (!isFloat(loss.dtype)) {
    throw new UserError({
      en: `the loss of phase "${phase}" is ${loss.dtype}; it must be a real number, which gradients can make smaller`,
      zh: `阶段“${phase}”的损失为 ${loss.dtype}；应为实数，才能用梯度减小`,
    });
  }
  if (sizeOf(loss.shape) !== 1) {
    const shape = `${loss.dtype}${showShape(loss.shape)}`;
    throw new UserError({
      en: `the loss of phase "${phase}" is ${shape}, not one number: end it in .mean()`,
      zh: `阶段“${phase}”的损失为 ${shape}，不是一个数：请以 .mean() 结尾`,
    });
  }
  const single = loss.rank === 0 ? loss : loss.reshape([]);
  return single.cast('float32');
}
