/**
 * The entries of several records as one record; of one name the last counts. `Object.assign` would set the prototype where a
 * column is called `__proto__`.
 */
export const mergedRecords = <T>(records: Iterable<Readonly<Record<string, T>>>): Record<string, T> =>
  Object.fromEntries(Array.from(records, (record) => Object.entries(record)).flat());
