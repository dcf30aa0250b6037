/**
 * The context of a container that serves one run with Gradus: `docker build` needs this folder and the npm registry. Gradus's
 * own packages lie in it as source, with the lock file, so that the image holds the very versions that made the run.
 *
 * Source: https://docs.docker.com/reference/dockerfile
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@gradus/base';
import { type FoundRun, findRun, RUN_FILE } from '@gradus/loop';
import type { Exported, ExportedFile } from './exported.ts';
import { fileName } from './names.ts';
import type { Target } from './target.ts';

const PORT = 8420;

export const docker: Target = async (exported, { runs }) => {
  const { run } = exported.versions.at(-1)!;
  return [
    ...workspace(),
    ...filesBelow(run.directory)
      .filter(isOfTheRun)
      .map(
        (path): ExportedFile => ({
          path: `runs/${run.id}/${path}`,
          copy: join(run.directory, path),
        }),
      ),
    ...recordsOfAncestors(runs, run),
    { path: 'Dockerfile', content: dockerfile(run.id) },
    { path: '.dockerignore', content: DOCKERIGNORE },
    { path: 'README.md', content: dockerReadme(exported) },
  ];
};

/** Nothing hidden: what makes runs and serves them keeps locks and secrets under such names. */
const isOfTheRun = (path: string): boolean => !/(?:^|\/)\./.test(path);

/** Copied whole into the image; nothing else is in the folder, unless somebody puts it there. */
const COPIED = ['package.json', 'package-lock.json', '.npmrc', 'packages', 'runs'];

const DOCKERIGNORE = `*\n${COPIED.map((name) => `!${name}\n`).join('')}**/node_modules\n**/.token\n**/*.db*\n`;

function dockerfile(run: string): string {
  return `# Serves the run ${run} with Gradus. Build and start it as README.md says.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages packages
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Corrections are kept beside the runs: the server writes there, and nowhere else.
COPY --chown=node:node runs runs
USER node
EXPOSE ${PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:${PORT}/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/bin/sh", "-c", ": \\"\${GRADUS_TOKEN:?Give the container a token: docker run -e GRADUS_TOKEN=...}\\" && exec \\"$@\\"", "gradus"]
CMD ["node", "packages/cli/bin/gradus.js", "serve", "runs:/${run}/model", "--host", "0.0.0.0", "--port", "${PORT}", "--runs", "runs"]
`;
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Gradus itself: what npm needs to install it, and every package's source without its tests. */
function workspace(): ExportedFile[] {
  const [manifest, lock] = [join(ROOT, 'package.json'), join(ROOT, 'package-lock.json')];
  if (!existsSync(lock) || !existsSync(join(ROOT, 'packages'))) {
    throw new UserError(
      `The sources of Gradus are not at ${ROOT}, and a container is built from them. Run this from a clone of Gradus.`,
    );
  }
  const packages = readdirSync(join(ROOT, 'packages')).filter((name) =>
    existsSync(join(ROOT, 'packages', name, 'package.json')),
  );
  return [
    { path: 'package.json', content: json(withoutNode(readJson(manifest))) },
    { path: 'package-lock.json', content: json(lockWithoutNode(readJson(lock))) },
    { path: '.npmrc', copy: join(ROOT, '.npmrc') },
    ...packages.flatMap((name) =>
      filesBelow(join(ROOT, 'packages', name))
        .filter((path) => !/(?:^|\/)(?:node_modules|testing)\/|\.test\.ts$|\.log$/.test(path))
        .map((path) => ({ path: `packages/${name}/${path}`, copy: join(ROOT, 'packages', name, path) })),
    ),
  ];
}

type Json = { [key: string]: unknown };

const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
const json = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`;

/** The image has a Node of its own: the binaries that come as packages for machines with an older one stay out. */
const NODE_BINARY = /^node-(?:bin-)?(?:linux|darwin|win)-/;

function withoutNode(manifest: Json): Json {
  const optional = Object.entries(manifest.optionalDependencies ?? {}).filter(
    ([name]) => !NODE_BINARY.test(name),
  );
  return { ...manifest, optionalDependencies: Object.fromEntries(optional) };
}

function lockWithoutNode(lock: Json): Json {
  const packages = Object.entries(lock.packages as Record<string, Json>)
    .filter(([path]) => !NODE_BINARY.test(path.replace(/^node_modules\//, '')))
    .map(([path, entry]) => [path, path === '' ? withoutNode(entry) : entry]);
  return { ...lock, packages: Object.fromEntries(packages) };
}

/** Corrections belong to the first run of a lineage: the records on the way there come along. */
function recordsOfAncestors(runs: string, run: FoundRun): ExportedFile[] {
  const files: ExportedFile[] = [];
  for (let { parent } = run; parent !== undefined && files.length < 1000; ) {
    const found = findRun(runs, parent);
    files.push({ path: `runs/${found.id}/${RUN_FILE}`, copy: join(found.directory, RUN_FILE) });
    parent = found.parent;
  }
  return files;
}

/** Paths of all files below a folder, with `/`. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function dockerReadme(exported: Exported): string {
  const { run } = exported.versions.at(-1)!;
  const image = `gradus-${fileName(exported.name).toLowerCase()}`;
  const commands = `docker build -t ${image} .
docker run --rm -p ${PORT}:${PORT} -e GRADUS_TOKEN="$(openssl rand -hex 32)" -v ${image}:/app/runs ${image}
curl http://localhost:${PORT}/healthz`;
  return `# ${exported.name}: a container that serves it

Made by Gradus from the run \`${run.id}\` of ${run.createdAt.slice(0, 10)}.

\`\`\`sh
${commands}
\`\`\`

The container does not start without a token; everybody who asks needs it, or a key (\`gradus keys create\`). It listens on all
addresses of the container and speaks plain HTTP: put TLS in front of it. The volume keeps corrections and keys.

---

# ${exported.name}：为它提供服务的容器

由 Gradus 根据 ${run.createdAt.slice(0, 10)} 的运行 \`${run.id}\` 生成。

\`\`\`sh
${commands}
\`\`\`

没有令牌容器不会启动；每个请求者都需要它，或一个密钥（\`gradus keys create\`）。它监听容器的所有地址并使用明文 HTTP：请在其前面
部署 TLS。卷中保存更正与密钥。
`;
}
