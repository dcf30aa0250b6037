/**
 * The context of a container that serves one run with Gradus: `docker build` needs this folder and the npm registry, from which it
 * installs the version of Gradus that wrote the folder.
 *
 * Source: https://docs.docker.com/reference/dockerfile
 */
import { readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { type FoundRun, findRun, RUN_FILE } from '@gradus/loop';
import type { Exported, ExportedFile } from './exported.ts';
import { fileName } from './names.ts';
import { ownPackages } from './own-packages.ts';
import type { Target } from './target.ts';

const PORT = 8420;

export const docker: Target = async (exported, { runs }) => {
  const { run } = exported.versions.at(-1)!;
  const { dependencies, optionalDependencies, tarballs } = ownPackages(import.meta.filename);
  const manifest = { private: true, type: 'module', dependencies, optionalDependencies };
  const copied = ['package.json', ...(tarballs.length > 0 ? ['packages'] : []), 'runs'];
  return [
    { path: 'package.json', content: `${JSON.stringify(manifest, null, 2)}\n` },
    ...tarballs.map((file): ExportedFile => ({ path: `packages/${basename(file)}`, copy: file })),
    ...filesBelow(run.directory)
      .filter(isOfTheRun)
      .map(
        (path): ExportedFile => ({
          path: `runs/${run.id}/${path}`,
          copy: join(run.directory, path),
        }),
      ),
    ...recordsOfAncestors(runs, run),
    { path: 'Dockerfile', content: dockerfile(run.id, tarballs.length > 0) },
    { path: '.dockerignore', content: dockerignore(copied) },
    { path: 'README.md', content: dockerReadme(exported) },
  ];
};

/** Nothing hidden: what makes runs and serves them keeps locks and secrets under such names. */
const isOfTheRun = (path: string): boolean => !/(?:^|\/)\./.test(path);

/** Nothing else is in the folder, unless somebody puts it there. */
const dockerignore = (copied: readonly string[]): string =>
  `*\n${copied.map((name) => `!${name}\n`).join('')}**/node_modules\n**/.token\n**/*.db*\n`;

function dockerfile(run: string, tarballs: boolean): string {
  return `# Serves the run ${run} with Gradus. Build and start it as README.md says.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
${tarballs ? 'COPY packages packages\n' : ''}RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund
# Corrections are kept beside the runs: the server writes there, and nowhere else.
COPY --chown=node:node runs runs
USER node
EXPOSE ${PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:${PORT}/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/bin/sh", "-c", ": \\"\${GRADUS_TOKEN:?Give the container a token: docker run -e GRADUS_TOKEN=...}\\" && exec \\"$@\\"", "gradus"]
CMD ["node", "node_modules/gradus/bin/gradus.js", "serve", "runs:/${run}/model", "--host", "0.0.0.0", "--port", "${PORT}", "--runs", "runs"]
`;
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
