/** Parameters are constants of a traced graph; here they become inputs of it. */
import { input, rebuild, type Tensor } from '@gradus/engine';
import type { Parameter } from '../../parameter.ts';
import { parameterName } from './names.ts';

/** `outputs` with their parameters as inputs in place of constants. */
export function parametersAsInputs(
  outputs: readonly Tensor[],
  parameters: ReadonlyMap<string, Parameter>,
): { readonly outputs: Tensor[]; readonly inputs: Readonly<Record<string, Tensor>> } {
  const fed = new Map(
    [...parameters].map(([name, parameter]) => [parameter, input(parameterName(name), parameter.shape)]),
  );
  const inputs = Object.fromEntries(
    [...fed].map(([{ name }, placeholder]) => [parameterName(name), placeholder]),
  );
  return { outputs: rebuild(outputs, { values: fed }), inputs };
}
