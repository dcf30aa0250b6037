/**
 * Parameter groups: other settings, or another optimizer, for some of the parameters (PyTorch's `param_groups`).
 *
 *     // No weight decay on biases and norms, a larger rate for the head.
 *     optimizer: parameterGroups(
 *       [
 *         { where: (name) => name.startsWith('head.'), optimizer: adamW({ learningRate: 1e-3 }) },
 *         { where: (name, shape) => shape.length < 2, optimizer: adamW({ learningRate: 1e-5, weightDecay: 0 }) },
 *       ],
 *       adamW({ learningRate: 1e-5 }),
 *     ),
 */
import { checkOptions, UserError } from '@gradus/base';
import { GraphError } from '@gradus/engine';
import { checkOptimizer } from './check-optimizer.ts';
import type { Optimizer, ParameterGroup } from './optimizer.ts';

/**
 * @param groups A parameter belongs to the first group that takes it, by its name (as in `parametersOf`) and shape.
 * @param rest The optimizer of all other parameters.
 */
export function parameterGroups(groups: readonly ParameterGroup[], rest: Optimizer): Optimizer {
  if (!Array.isArray(groups)) {
    throw new UserError({
      en: 'parameterGroups takes a list of groups, [{ where: (name, shape) => …, optimizer: … }], and the optimizer of all other parameters',
      zh: 'parameterGroups 的参数是分组列表 [{ where: (name, shape) => …, optimizer: … }] 和其余参数的优化器',
    });
  }
  for (const group of groups) {
    checkOptions('parameterGroups', group, { where: true, optimizer: true });
    if (typeof group.where !== 'function') {
      throw new UserError({
        en: 'a group of parameterGroups has where: (name, shape) => true or false, which says whether it takes a parameter',
        zh: 'parameterGroups 的每个分组都需要 where: (name, shape) => true 或 false，说明参数是否归入该组',
      });
    }
    checkOptimizer('parameterGroups', group.optimizer);
  }
  checkOptimizer('parameterGroups', rest);
  const nested = [...groups, { where: () => true, optimizer: rest }].flatMap(flat);
  return grouped(nested);
}

/** A group whose optimizer has groups itself is those groups. */
const flat = (group: ParameterGroup): readonly ParameterGroup[] =>
  (group.optimizer.groups ?? [{ where: () => true, optimizer: group.optimizer }]).map(
    ({ where, optimizer }) => ({
      where: (name, shape) => group.where(name, shape) && where(name, shape),
      optimizer,
    }),
  );

function grouped(groups: readonly ParameterGroup[]): Optimizer {
  const apart = groups.map(({ where, optimizer }, i) => ({
    where,
    optimizer: withScalarsOf(`group${i}`, optimizer),
  }));
  return {
    groups: apart,
    state: [...new Set(apart.flatMap(({ optimizer }) => optimizer.state))],
    scalars: (batch) => Object.assign({}, ...apart.map(({ optimizer }) => optimizer.scalars(batch))),
    update: () => {
      throw new GraphError('each group of parameters has an optimizer of its own: see optimizerOf');
    },
  };
}

/** The optimizer with its scalars under names of their own, beside those of other groups. */
function withScalarsOf(group: string, optimizer: Optimizer): Optimizer {
  const outside = (name: string) => `${group}.${name}`;
  const rename = <T>(scalars: Readonly<Record<string, T>>, change: (name: string) => string) =>
    Object.fromEntries(Object.entries(scalars).map(([name, value]) => [change(name), value]));
  const inside = <T>(scalars: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(scalars).flatMap(([name, value]) =>
        name.startsWith(outside('')) ? [[name.slice(outside('').length), value]] : [],
      ),
    ) as Record<string, T>;
  return {
    state: optimizer.state,
    scalars: (batch) => rename(optimizer.scalars(batch), outside),
    ...(optimizer.taken && { taken: (batches) => optimizer.taken!(batches) }),
    ...(optimizer.result && { result: (batches) => optimizer.result!(batches) }),
    ...(optimizer.gradient && {
      gradient: (slope, state, scalars) => optimizer.gradient!(slope, state, inside(scalars)),
    }),
    update: (parameter, slope, state, scalars) => optimizer.update(parameter, slope, state, inside(scalars)),
  };
}

/** An optimizer changed in each of its groups, or as a whole where it has none. */
export const eachGroup = (optimizer: Optimizer, change: (own: Optimizer) => Optimizer): Optimizer =>
  optimizer.groups
    ? grouped(optimizer.groups.map(({ where, optimizer: own }) => ({ where, optimizer: change(own) })))
    : change(optimizer);

/** The optimizer of one parameter. */
export const optimizerOf = (optimizer: Optimizer, name: string, shape: readonly number[]): Optimizer =>
  optimizer.groups?.find(({ where }) => where(name, shape))?.optimizer ?? optimizer;
