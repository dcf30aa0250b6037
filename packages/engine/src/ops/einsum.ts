/**
 * Einstein summation. The gradient of a term is again such a sum, in which the term and the output change
 * places.
 */
import { GraphError } from '../errors.ts';
import { type Attributes, stringAttribute } from '../graph.ts';
import { type Dim, type Shape, showShape } from '../shape.ts';
import { apply, constant, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, sameDType, unbroadcast } from './rules.ts';

declareOps({
  Einsum: {
    infer: (inputs, attributes) => {
      const shapes = inputs.map((_, i) => required(inputs, i).shape);
      const { terms, result } = parse(attributes, shapes);
      const sizes = sizesOf(terms, shapes);
      return [{ dtype: sameDType(inputs), shape: [...result].map((letter) => sizes.get(letter)!) }];
    },
    grad: ({ inputs, attributes }, [dy]) => {
      const { terms, result } = parse(
        attributes,
        inputs.map(({ shape }) => shape),
      );
      return inputs.map((x, i) => {
        const others = terms.flatMap((term, k) => (k === i ? [] : [{ term, value: inputs[k]! }]));
        return termGradient(x, terms[i]!, [{ term: result, value: dy! }, ...others]);
      });
    },
  },
});

function termGradient(x: Tensor, term: string, factors: { term: string; value: Tensor }[]): Tensor {
  // A letter that stands twice in a term reads a diagonal: the second becomes a letter of its own, tied by an identity matrix.
  const taken = new Set([term, ...factors.map((factor) => factor.term)].join(''));
  const letters: string[] = [];
  const tied = [...factors];
  for (const [axis, letter] of [...term].entries()) {
    if (!letters.includes(letter)) {
      letters.push(letter);
      continue;
    }
    const fresh = LETTERS.find((candidate) => !taken.has(candidate))!;
    taken.add(fresh);
    letters.push(fresh);
    tied.push({ term: letter + fresh, value: identity(x, x.shape[axis]!) });
  }
  // A letter of no other term was summed over: the gradient is constant along its axis.
  const elsewhere = new Set(tied.map((factor) => factor.term).join(''));
  const kept = letters.filter((letter) => elsewhere.has(letter));
  const equation = `${tied.map((factor) => factor.term).join(',')}->${kept.join('')}`;
  const sum = apply(
    'Einsum',
    tied.map(({ value }) => value),
    { equation },
  );
  const missing = letters.flatMap((letter, axis) => (elsewhere.has(letter) ? [] : [axis]));
  const whole = missing.length > 0 ? sum.unsqueeze(...missing).expand(x.shapeTensor()) : sum;
  return unbroadcast(whole, x);
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The terms, with letters in place of `...` and the result spelled out. */
function parse(attributes: Attributes, shapes: readonly Shape[]): { terms: string[]; result: string } {
  const equation = stringAttribute(attributes, 'equation').replaceAll(' ', '');
  const [left, right] = equation.split('->');
  const written = left!.split(',');
  if (written.length !== shapes.length) {
    throw new GraphError(`"${equation}" names ${written.length} terms for ${shapes.length} inputs`);
  }
  const unused = LETTERS.filter((letter) => !equation.includes(letter));
  const named = (term: string) => term.replace('...', '').length;
  const widest = Math.max(
    0,
    ...written.map((t, i) => (t.includes('...') ? shapes[i]!.length - named(t) : 0)),
  );
  const dots = unused.slice(unused.length - widest).join('');
  const terms = written.map((term, i) => {
    const own = shapes[i]!.length - named(term);
    const spelled = term.replace('...', own > 0 ? dots.slice(-own) : '');
    if (spelled.length !== shapes[i]!.length) {
      throw new GraphError(`"${term}" of "${equation}" does not fit ${showShape(shapes[i]!)}`);
    }
    return spelled;
  });
  if (right !== undefined) return { terms, result: right.replace('...', dots) };
  const all = [...written.join('').replaceAll('.', '')];
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter));
  return { terms, result: dots + once.sort().join('') };
}

function sizesOf(terms: readonly string[], shapes: readonly Shape[]): Map<string, Dim> {
  const sizes = new Map<string, Dim>();
  for (const [i, term] of terms.entries()) {
    for (const [axis, letter] of [...term].entries()) {
      const [size, known] = [shapes[i]![axis]!, sizes.get(letter)];
      if (known === undefined || known === 1) sizes.set(letter, size);
      else if (typeof known === 'number' && typeof size === 'number' && size !== 1 && size !== known) {
        throw new GraphError(`"${letter}" stands for ${known} and for ${size}`);
      }
    }
  }
  return sizes;
}

function identity(like: Tensor, size: Dim): Tensor {
  if (typeof size !== 'number') throw new GraphError('a diagonal must have a known size to differentiate it');
  const ones = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const data = like.dtype === 'float64' ? Float64Array.from(ones) : Float32Array.from(ones);
  return constant({ dtype: like.dtype, dims: [size, size], data });
}
