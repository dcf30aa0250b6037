import { join } from 'node:path';
import type { Localized } from '@gradus/base';
import type { RunningServer } from '@gradus/server';
import { Option } from 'commander';
import type { AddCommand } from '../add-command.ts';
import { answerProgram } from '../answer-program.ts';
import { DEFAULT_RUNS, runsOption } from '../operation-command.ts';
import { shellWord } from '../shell-word.ts';
import { plain, type Terminal } from '../terminal.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { measuredOn, ROUND_UNLESS, roundingWords } from './large-models/rounding.ts';
import { workerCommand } from './worker.ts';

const TOKEN_FILE = '.token';

export const DEFAULT_PORT = 8420;

/** `gradus serve [MODEL]`: answers over HTTP until stopped. */
export const serve: AddCommand = (program, terminal, recipes) => {
  const { say } = terminal;
  const makers = optionMakers(terminal);
  const command = program
    .command('serve')
    .argument(
      '[model]',
      say({
        en: 'what the addresses of one model are about: a run or a registered model, whose better successor takes over by itself, or models:/NAME@champion, models:/NAME/3, runs:/ID/model; without it, every model is asked by its name',
        zh: '单模型地址所对应的模型：一次运行或已注册的模型（更好的后继者会自动接替），或 models:/NAME@champion、models:/NAME/3、runs:/ID/model；不指定时按名称访问各模型',
      }),
    )
    .description(
      say({
        en: 'serve a workspace over HTTP: all its models by name, its runs, datasets and jobs',
        zh: '通过 HTTP 提供工作区服务：按名称访问所有模型，以及运行、数据集和任务',
      }),
    );
  const options = [
    runsOption(terminal),
    ...addressOptions(makers),
    ...largeModelOptions(makers),
    ...workOptions(makers),
    ...monitoringOptions(makers),
  ];
  for (const option of options) command.addOption(option);
  command.action(async (model: string | undefined, flags: ServeFlags) => {
    const { runs = DEFAULT_RUNS, port, host, allowHost, workers, data, allowSources, maxModels } = flags;
    const bits = Number(flags.bits) as 4 | 8 | 32;
    const round = measuredOn(flags.round, bits);
    const server = await import('@gradus/server');
    const running = await server.serve({
      model,
      runs,
      recipes,
      port,
      host,
      allowHosts: allowHost,
      workers: { command: workerCommand(runs), count: workers },
      answers: answerProgram(),
      data,
      allowSources: allowSources?.split(',').map((address) => address.trim()),
      maxModels,
      languageModels: flags.model,
      language: {
        bits,
        places: flags.context,
        round,
        onRounding: (path, found) => terminal.tell(plain(`${path}: ${say(roundingWords(found))}`)),
      },
      monitoring: monitoringOf(flags),
    });
    if (!server.isLoopback(host)) terminal.tell(say(OPEN));
    await untilStopped(terminal, running, runs);
  });
};

/** How the groups of options below are made, in the language of the terminal. */
interface OptionMakers {
  say(words: Localized): string;
  number(flag: string, words: Localized, range: Range, standard?: number): Option;
  text(flags: string, words: Localized): Option;
}

const optionMakers = ({ say }: Terminal): OptionMakers => ({
  say,
  number: (flag, words, range, standard) => {
    const option = new Option(`--${flag} <number>`, say(words)).argParser(numberOf(flag, range));
    return standard === undefined ? option : option.default(standard);
  },
  text: (flags, words) => new Option(flags, say(words)),
});

/** Where it listens. */
const addressOptions = ({ number, text, say }: OptionMakers): Option[] => [
  number(
    'port',
    { en: 'port; 0 takes any that is free', zh: '端口；0 表示任意空闲端口' },
    [0, 65_535, true],
    DEFAULT_PORT,
  ),
  text('--host <address>', {
    en: 'address to listen on; the default is this machine only',
    zh: '监听地址；默认仅限本机',
  }).default('127.0.0.1'),
  text('--allow-host <name>', {
    en: 'name of a proxy in front of it, such as api.example.com, to which it answers as well; may be repeated',
    zh: '前置代理的域名（如 api.example.com），服务器也会以该名称应答；可重复指定',
  })
    .argParser((name: string, names: readonly string[]) => [...names, name])
    .default([], say({ en: 'none', zh: '无' })),
];

/** Large models, and how they run. */
const largeModelOptions = ({ number, text, say }: OptionMakers): Option[] => [
  text('--model <name=path>', {
    en: 'a large model by its name: NAME=PATH of a folder of Hugging Face, a .gguf file, an encoder, or an adapter, which shares its base with others; may be repeated',
    zh: '按名称提供的大模型：NAME=PATH，可为 Hugging Face 文件夹、.gguf 文件、编码器或适配器（与其他模型共用基础模型）；可重复指定',
  })
    .argParser((given: string, all: readonly NamedPath[]) => [...all, namedPath(given)])
    .default([], say({ en: 'none', zh: '无' })),
  text('--bits <count>', {
    en: 'bits of a weight of large models: 4, 8 or 32; fewer are smaller and faster, and less exact',
    zh: '大模型每个权重的位数：4、8 或 32；位数越少越小越快，但精度更低',
  })
    .choices(['4', '8', '32'])
    .default('32'),
  text('--round <file>', ROUND_UNLESS),
  number(
    'context',
    {
      en: 'tokens that a prompt and its answer may have together; the default is what the large model was made for, 4096 at most',
      zh: '提示与回答合计的最大词元数；默认为大模型本身的上下文长度，最多 4096',
    },
    [1, 10_000_000, true],
  ),
];

/** Who works, on what, and how many models are open. */
const workOptions = ({ number, text }: OptionMakers): Option[] => [
  number(
    'workers',
    { en: 'processes of its own that do jobs', zh: '自带的任务工作进程数' },
    [0, 64, true],
    1,
  ),
  text('--data <directory>', {
    en: 'requests may have the files in here read, and no others',
    zh: '请求可读取此目录中的文件，其他文件不可',
  }),
  text('--allow-sources <list>', {
    en: 'databases and buckets that requests may have read, joined by commas: s3://BUCKET/PREFIX/, postgres://HOST/DATABASE',
    zh: '请求可读取的数据库与存储桶，以逗号分隔：s3://BUCKET/PREFIX/、postgres://HOST/DATABASE',
  }),
  number(
    'max-models',
    { en: 'models that are open at once, at most', zh: '同时打开的模型数上限' },
    [1, 1000, true],
    8,
  ),
];

/** What is logged, and what raises an alarm. */
const monitoringOptions = ({ number, text }: OptionMakers): Option[] => [
  number(
    'log-sample',
    {
      en: 'share of the requests that the prediction log keeps, 0 to 1',
      zh: '预测日志保留请求的比例，0 到 1',
    },
    [0, 1],
    1,
  ),
  text('--log-inputs <how>', {
    en: 'what it keeps of requests and answers: redacted (personal data taken out), none (only numbers and categories), full',
    zh: '日志保留请求与回答的内容：redacted（去除个人信息）、none（仅数值与类别）、full（全部）',
  })
    .choices(['redacted', 'none', 'full'])
    .default('redacted'),
  number('log-days', { en: 'days that it keeps them', zh: '日志保留天数' }, [0, 3650], 30),
  number(
    'log-rows',
    { en: 'requests that it keeps at most', zh: '日志最多保留的请求数' },
    [1000, 1e9, true],
    1_000_000,
  ),
  number(
    'drift-window',
    { en: 'rows that are tested for drift together', zh: '一次漂移检验的行数' },
    [20, 100_000, true],
    500,
  ),
  number(
    'min-accuracy',
    {
      en: 'alarm where outcomes show less; the default is what the run reached',
      zh: '结果显示准确率低于此值时报警；默认为运行所达到的值',
    },
    [0, 1],
  ),
  number(
    'max-errors',
    { en: 'alarm where a larger share of requests fails', zh: '失败请求比例超过此值时报警' },
    [0, 1],
    0.05,
  ),
  number(
    'max-latency',
    {
      en: 'alarm where one request in a hundred takes longer, in milliseconds',
      zh: '百分之一的请求耗时超过此毫秒数时报警',
    },
    [0, Infinity],
  ),
  text('--iterate-on-drift', {
    en: 'train the model again when it drifts; a worker does it (gradus jobs)',
    zh: '发生漂移时重新训练模型，由工作进程执行（gradus jobs）',
  }),
];

const monitoringOf = (flags: ServeFlags) => ({
  sample: flags.logSample,
  inputs: flags.logInputs,
  days: flags.logDays,
  rows: flags.logRows,
  window: flags.driftWindow,
  quality: flags.minAccuracy,
  errors: flags.maxErrors,
  latency: flags.maxLatency,
  iterateOnDrift: flags.iterateOnDrift,
});

interface NamedPath {
  readonly name: string;
  readonly path: string;
}

function namedPath(given: string): NamedPath {
  const at = given.indexOf('=');
  if (at > 0 && at < given.length - 1) return { name: given.slice(0, at), path: given.slice(at + 1) };
  throw new WrongUsage({
    en: `--model: "${given}" is wrong. Expected NAME=PATH, such as --model writer=./SmolLM2-135M.`,
    zh: `--model："${given}" 有误。应为 NAME=PATH，例如 --model writer=./SmolLM2-135M。`,
  });
}

interface ServeFlags {
  readonly model: readonly NamedPath[];
  readonly bits: string;
  readonly context?: number;
  readonly round?: string;
  readonly runs?: string;
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly workers: number;
  readonly data?: string;
  readonly allowSources?: string;
  readonly maxModels: number;
  readonly logSample: number;
  readonly logInputs: 'redacted' | 'none' | 'full';
  readonly logDays: number;
  readonly logRows: number;
  readonly driftWindow: number;
  readonly minAccuracy?: number;
  readonly maxErrors: number;
  readonly maxLatency?: number;
  readonly iterateOnDrift?: boolean;
}

type Range = readonly [least: number, most: number, whole?: true];

const numberOf =
  (flag: string, [least, most, whole]: Range) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= least && value <= most && Number.isFinite(value) && (!whole || Number.isInteger(value)))
      return value;
    const range = Number.isFinite(most)
      ? { en: ` from ${least} to ${most}`, zh: `，${least} 到 ${most}` }
      : { en: '', zh: '' };
    throw new WrongUsage({
      en: `--${flag}: "${text}" is wrong. Expected a ${whole ? 'whole ' : ''}number${range.en}.`,
      zh: `--${flag}："${text}" 有误。应为${whole ? '整数' : '数字'}${range.zh}。`,
    });
  };

const OPEN = {
  en: 'Note: other machines can reach this server. Whoever has the token may do everything; give others keys of their own (gradus keys create), and put TLS in front: tokens travel as they are.',
  zh: '注意：其他机器可以访问此服务器。持有令牌者可执行一切操作；请为他人单独创建密钥（gradus keys create），并在前面部署 TLS：令牌以明文传输。',
};

/** Says where the server is, and closes it when Ctrl-C comes. */
export async function untilStopped(terminal: Terminal, running: RunningServer, runs: string): Promise<void> {
  const { url, token } = running;
  // Output that goes to a file is kept as logs are, and a token that its owner gave is known: then it is not said.
  const isKnown = process.env.GRADUS_TOKEN !== undefined;
  const shown = !isKnown && process.stdout.isTTY === true;
  const bearer = shown ? token : isKnown ? '$GRADUS_TOKEN' : `$(cat ${join(runs, TOKEN_FILE)})`;
  terminal.print(
    terminal.say({
      en: `Serving on ${url}/${shown ? `?token=${token}` : ''} (Ctrl-C stops it). Try:`,
      zh: `服务地址：${url}/${shown ? `?token=${token}` : ''}（按 Ctrl-C 停止）。试一试：`,
    }),
  );
  const { path, body } = firstRequest(running);
  terminal.print(`  curl ${url}${path} -H "authorization: Bearer ${bearer}"${body}`);
  if (!terminal.signal.aborted) {
    await new Promise((resolve) => terminal.signal.addEventListener('abort', resolve, { once: true }));
  }
  await running.close();
}

/** What can be asked of what is served, the body as curl takes it. */
function firstRequest({ model, languages: [language] }: RunningServer): { path: string; body: string } {
  const json = (path: string, body: unknown) => ({
    path,
    body: ` -H 'content-type: application/json' -d ${shellWord(JSON.stringify(body))}`,
  });
  if (model) return json(`/v1/${model.recipe}`, model.example);
  if (!language) return { path: '/v1/models', body: '' };
  const { name } = language;
  switch (language.kind) {
    case 'decoder':
      return json('/v1/chat/completions', { model: name, messages: [{ role: 'user', content: 'Hello' }] });
    case 'encoder':
      return json('/v1/embeddings', { model: name, input: 'Hello' });
    case 'reranker':
      return json('/v1/rerank', { model: name, query: 'Hello', documents: ['Hello', 'Goodbye'] });
    case 'speech':
      return {
        path: '/v1/audio/transcriptions',
        body: ` -F ${shellWord(`model=${name}`)} -F file=@recording.wav`,
      };
  }
}
