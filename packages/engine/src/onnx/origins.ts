/**
 * What a model's constants were in the program that it was exported from: trained there, kept there, or made by the exporter on the
 * way (a folded size, a mask, a transposed weight). Files tell in two ways:
 *
 * - PyTorch's exporter of today says of each initializer what it was, and of each folded one what it was computed from, in the
 *   metadata of its value;
 * - its older one keeps the names of a module's state; what it folds is called `onnx::…`, and what it makes itself begins with a slash.
 */
import type { Origin } from '../graph.ts';
import type { ModelMessage, ValueInfoMessage } from './wire.ts';

/** Of PyTorch (torch/onnx/_internal/exporter/_core.py), with the names of torch.export.graph_signature.InputKind. */
const KIND = 'pkg.torch.export.graph_signature.InputSpec.kind';

const KINDS: Readonly<Record<string, Origin>> = {
  PARAMETER: 'parameter',
  BUFFER: 'buffer',
  CONSTANT_TENSOR: 'buffer',
};

/** Of onnxscript (onnxscript/optimizer/_constant_folding.py): a list of names, as Python writes it. */
const FOLDED_FROM = 'pkg.onnxscript.optimizer.folded_from';

/**
 * Whether one of the names is that of a module's state: it has the path of its module, or is the only one that the exporter did
 * not number through.
 */
function fromState(names: string): boolean {
  const named = [...names.matchAll(/'([^']*)'/g)].map(([, name]) => name!);
  const others = named.filter((name) => !/^val_\d+$|lifted_tensor_\d+$/.test(name));
  return others.length === 1 || others.some((name) => name.includes('.'));
}

/** The origin of the constant called `name`, undefined where the file does not tell. */
export type OriginOf = (name: string) => Origin | undefined;

export function originsOf({ producerName = '', graph }: ModelMessage): OriginOf {
  const told = new Map<string, Origin>();
  for (const { name = '', metadataProps = [] } of graph?.valueInfo ?? []) {
    const kind = metadataProps.find(({ key }) => key === KIND)?.value;
    const origin = kind === undefined ? undefined : KINDS[kind];
    if (origin) told.set(name, origin);
    const folded = metadataProps.find(({ key }) => key === FOLDED_FROM)?.value;
    if (folded !== undefined && fromState(folded)) told.set(name, 'folded');
  }
  // Where an exporter tells of some constants, it made the others.
  if (told.size > 0 && producerName === 'pytorch') return (name) => told.get(name) ?? 'computed';
  return (name) =>
    told.get(name) ?? (name.startsWith('onnx::') ? 'folded' : name.startsWith('/') ? 'computed' : undefined);
}

/** How a written file tells the same. */
export function originInfo(name: string, origin: Origin | undefined): ValueInfoMessage | undefined {
  const kind = Object.keys(KINDS).find((key) => KINDS[key] === origin);
  return kind === undefined ? undefined : { name, metadataProps: [{ key: KIND, value: kind }] };
}
