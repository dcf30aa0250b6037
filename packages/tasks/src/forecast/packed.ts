/** Many short arrays as views of one buffer: a buffer each takes more memory than a dozen numbers do. */
export function packed(arrays: readonly Float64Array[]): Float64Array[] {
  const buffer = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  return arrays.map((own) => {
    const view = buffer.subarray(at, at + own.length);
    view.set(own);
    at += own.length;
    return view;
  });
}
