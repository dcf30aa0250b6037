/** Labels of classes, as losses take them: whole numbers from 0, in any dtype. */
import {
  apply,
  asTensor,
  GraphError,
  int64,
  type Shape,
  scalar,
  showShape,
  type Tensor,
  type TensorLike,
} from '@gradus/engine';
import { requireRange } from '../index-ranges.ts';
import { inShape, weightOfEach } from './shapes.ts';

export interface ClassLabelOptions {
  /** Of the labels; an axis of size 1 more at the end is left out. */
  readonly shape: Shape;
  readonly classes: number;
  /** A label that may stand there though it is no class. */
  readonly ignored?: number | undefined;
  /** Where a weight is 0 anything may stand. */
  readonly weights?: TensorLike | undefined;
}

/**
 * @returns the index of each label's class, int64; and its weight in their shape, 0 for those that do not count
 * @throws GraphError where labels or weights have another shape
 * @throws UserError where a known label is no class, and in training where a batch holds one
 */
export function classLabels(
  where: string,
  labels: TensorLike,
  { shape, classes, ignored, weights }: ClassLabelOptions,
): { readonly index: Tensor; readonly weights: Tensor | undefined } {
  const given = asTensor(labels, 'int64');
  const aligned = inShape(given, shape);
  if (!aligned) {
    throw new GraphError(
      `${where}: labels of shape ${showShape(given.shape)} do not fit; expected the index of the class of each, ${showShape(shape)}`,
    );
  }
  if (weights === undefined) {
    requireRange(given, { where, what: 'label', from: 0, to: classes - 1, except: ignored });
  }
  const index = aligned.cast('int64');
  const passedOver = ignored === undefined ? undefined : index.equal(ignored);
  const counts = passedOver && apply('Not', [passedOver]).cast('float32');
  const ofEach = weights === undefined ? undefined : weightOfEach(asTensor(weights, 'float32'), index);
  const each = ofEach && counts ? ofEach.mul(counts) : (ofEach ?? counts);
  // What does not count may be no class at all; it is looked up as the first.
  const counted = each ? each.equal(0).where(scalar(0, 'int64'), index) : index;
  // The runtime counts −1 from the end; one past the end it refuses.
  return { index: counted.less(0).where(scalar(classes, 'int64'), counted), weights: each };
}

/** Whether each class is the right one: bool [.., classes]. */
export const isRightClass = (labels: Tensor, classes: number): Tensor =>
  labels.unsqueeze(-1).equal(int64(Array.from({ length: classes }, (_, i) => i)));
