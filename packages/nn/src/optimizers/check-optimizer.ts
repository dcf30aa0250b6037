import { UserError } from '@gradus/base';
import type { Optimizer } from './optimizer.ts';

/** @throws UserError where `optimizer` is none, such as `'adam'` or `adam` in place of `adam()` */
export function checkOptimizer(where: string, optimizer: Optimizer): void {
  const given: unknown = optimizer;
  const { state, scalars, update } = (given ?? {}) as Partial<Optimizer>;
  if (Array.isArray(state) && typeof scalars === 'function' && typeof update === 'function') return;
  const [shown, hint] =
    typeof given === 'function' && given.name
      ? [`the function ${given.name}`, `${given.name}(…)`]
      : typeof given === 'string'
        ? [`"${given}"`, /^\w+$/.test(given) ? `${given}(…)` : 'adam(…)']
        : [
            given === null || given === undefined ? 'missing' : 'no optimizer',
            'adam({ learningRate: 0.001 })',
          ];
  throw new UserError({
    en: `the optimizer of ${where} is ${shown}; write what a function of optimizers returns, such as ${hint}`,
    zh: `${where} 的优化器不可用（得到的是 ${given === undefined ? '空' : shown}）；请写优化器函数返回的对象，例如 ${hint}`,
  });
}
