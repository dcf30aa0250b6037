/** What a finished run's service owes: requests and answers by their schemas, columns, descriptions. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Recipe } from '../recipe.ts';
import type { FoundRun } from '../run-record.ts';
import { answerCellsOf, answerColumnsOf, type Service, type ServiceDeclaration } from '../service.ts';
import { jsonProblems, textProblems } from './problems.ts';

export async function serviceProblems(
  { service: declared }: Recipe,
  { directory }: FoundRun,
): Promise<string[]> {
  const general = declared.request.safeParse(declared.example);
  if (!general.success)
    return [`service.example is refused by service.request: ${z.prettifyError(general.error)}`];
  const service = await declared.open(directory);
  try {
    const { example = declared.example } = service;
    const request = declared.request.safeParse(example);
    if (!request.success)
      return [`the run's example is refused by service.request: ${z.prettifyError(request.error)}`];
    const answer = await service.answer(request.data);
    const again = await service.answer(request.data);
    const parsed = declared.answer.safeParse(answer);
    return [
      ...jsonProblems(example, 'service.example'),
      ...jsonProblems(answer, 'the answer'),
      ...(isDeepStrictEqual(answer, again) ? [] : ['the same request is answered otherwise the second time']),
      ...(parsed.success
        ? []
        : [`the answer is not what service.answer says: ${z.prettifyError(parsed.error)}`]),
      ...schemaProblems(declared),
      ...columnProblems(declared, service, answer),
      ...describeProblems(service, request.data, answer),
    ];
  } finally {
    await service.close();
  }
}

/** Servers and clients are made from the schemas. */
function schemaProblems({ request, answer }: ServiceDeclaration): string[] {
  return Object.entries({ request, answer }).flatMap(([name, schema]) => {
    const json = z.toJSONSchema(schema, {
      io: name === 'request' ? 'input' : 'output',
      unrepresentable: 'any',
    });
    return json.type === 'object' || json.anyOf || json.oneOf
      ? []
      : [`service.${name} is no JSON object to OpenAPI`];
  });
}

/** A file's rows are the elements of the request's one list; the answer has one list, with an element a row. */
function columnProblems(declared: ServiceDeclaration, service: Service, answer: unknown): string[] {
  const columns = answerColumnsOf(declared, service);
  const names = Object.keys(columns);
  if (names.length === 0) return [];
  const list = Object.values(answer as object).find(Array.isArray) as readonly unknown[] | undefined;
  if (!list || list.length === 0)
    return ['service.columns: the answer to the example has no list with an element a row'];
  const absent = list.flatMap((element, row) => {
    const values = answerCellsOf(declared, service, element as object);
    return names.flatMap((name) =>
      name in values ? [] : [`service.columns: row ${row} of the answer has no "${name}"`],
    );
  });
  return [...textProblems(columns, 'answerColumns'), ...absent];
}

function describeProblems(service: Service, request: unknown, answer: unknown): string[] {
  if (!service.describe) return [];
  const described = service.describe(request, answer);
  const values = described.flatMap(({ inputs, outputs }) => Object.values({ ...inputs, ...outputs }));
  const wrong = values.filter(
    (value) => !(value === null || typeof value === 'string' || Number.isFinite(value)),
  );
  return [
    ...(described.length > 0 ? [] : ['describe: nothing is said of the example']),
    ...wrong.map((value) => `describe: ${String(value)} is no number, category or null`),
    ...jsonProblems(described, 'describe'),
    ...textProblems(described, 'describe'),
  ];
}
