/**
 * Freezing: parts of a model that training leaves as they are, as in fine-tuning.
 *
 *     freeze(model.backbone); // its weights stay, and its batch normalization keeps to its running statistics
 *     freezeStatistics(model); // batch normalization as in inference; its scale and bias are trained on
 *     unfreeze(model.backbone.last);
 *
 * A frozen module stays so for layers that have not made their parameters yet.
 */
import { UserError } from '@gradus/base';
import { FROZEN, type Frozen, isFrozen, Module, walk } from './module.ts';
import { Parameter } from './parameter.ts';

/**
 * No gradient changes the parameters of a module, or one parameter (PyTorch: `requires_grad_(false)` and `eval()`; Keras: `trainable
 * = False`). Batch normalization in it uses its running statistics, and leaves them as they are.
 */
export const freeze = (what: Module | Parameter): void => set(what, 'everything');

/**
 * Batch normalization in the module uses its running statistics and leaves them as they are, in training as in inference
 * (PyTorch: `eval()` of those layers): for fine-tuning on small batches. Weights, scales and biases train.
 */
export const freezeStatistics = (module: Module): void => set(module, 'statistics');

/** Takes back both. */
export const unfreeze = (what: Module | Parameter): void => set(what, 'nothing');

function set(what: Module | Parameter, frozen: Frozen): void {
  const one = (parameter: Parameter) => {
    parameter.frozen = isFrozen(parameter, frozen);
  };
  if (what instanceof Parameter) {
    one(what);
    return;
  }
  if (!((what as unknown) instanceof Module)) {
    throw new UserError({
      en: 'what is to be frozen is a module, such as model.backbone, or a parameter',
      zh: '可冻结的是模块（例如 model.backbone）或参数',
    });
  }
  walk(what, [], one, (module) => {
    module[FROZEN] = frozen;
  });
}
