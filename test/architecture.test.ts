import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Packages that are pure: no I/O, no clock, no environment. `node:crypto` is used for digests alone. */
const PURE = ['ipaddr.js', 'fastest-levenshtein', 'node:crypto'];

interface Reach {
  /** Our own files, from the root. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** What a file reaches when it is loaded, however far: the bundler is asked, so a detour hides nothing. Types do not count. */
async function reachOf(file: string): Promise<Reach> {
  const { metafile } = await build({
    entryPoints: [join(root, file)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    conditions: ['plumbline-source'],
    logLevel: 'silent',
    plugins: [loadedLater],
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return {
    files: Object.keys(metafile.inputs).filter((path) => path !== relative(root, join(root, file))),
    packages: [
      ...new Set(
        imports.filter((one) => one.external === true && one.kind !== 'dynamic-import').map((one) => one.path),
      ),
    ],
  };
}

/** What is imported only when it is first needed is not reached by loading. */
const loadedLater = {
  name: 'loaded-later',
  setup(bundler: {
    onResolve: (
      options: { filter: RegExp },
      resolve: (args: { kind: string; path: string }) => object | undefined,
    ) => void;
  }) {
    bundler.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

interface Rule {
  readonly room: string;
  readonly why: string;
  /** Files of the room that a rule of their own holds. */
  readonly but?: RegExp;
  readonly mayReach: readonly RegExp[];
  readonly mayUse: readonly RegExp[];
}

const own = (...folders: readonly string[]): readonly RegExp[] => folders.map((folder) => new RegExp(`^${folder}`));
const pure = PURE.map((name) => new RegExp(`^${name}$`));
/** Where somebody's app comes in. */
const LIB_ENTRANCES = /^lib\/(index|packaged|plumbline)\.ts$/;
const SDK = /^@aws-sdk\/client-/;

const RULES: readonly Rule[] = [
  { room: 'lambda/core/**/*.ts', why: 'the core is pure', mayReach: own('lambda/core/'), mayUse: pure },
  {
    room: 'lambda/kinds/*/declaration.ts',
    why: 'a declaration is data that synthesis may see',
    mayReach: own('lambda/core/declaration'),
    mayUse: pure,
  },
  {
    room: 'lambda/kinds/index.ts',
    why: 'the registry loads no SDK',
    mayReach: own('lambda/core/', 'lambda/kinds/'),
    mayUse: pure,
  },
  {
    room: 'lambda/kinds/*/*.ts',
    why: 'a kind names commands; clients and retries are not its business',
    mayReach: own('lambda/core/', 'lambda/kinds/'),
    mayUse: [...pure, SDK, /^p-map$/],
  },
  {
    room: 'lambda/render/*.ts',
    why: 'rendering is a function of the report',
    mayReach: own('lambda/core/', 'lambda/render/'),
    mayUse: [...pure, /^picocolors$/, /^cli-table3$/, /^fast-wrap-ansi$/],
  },
  {
    room: 'lambda/aws/*.ts',
    why: 'aws/ makes no decisions and knows no command line',
    mayReach: own(
      'lambda/core/',
      'lambda/aws/',
      'lambda/kinds/(kind|bucket-region)\\.ts$',
      'lambda/service-names\\.ts$',
    ),
    mayUse: [
      ...pure,
      SDK,
      /^@aws-sdk\/s3-request-presigner$/,
      /^@smithy\/signature-v4$/,
      /^p-queue$/,
      /^node:(timers|util|zlib)/,
    ],
  },
  {
    room: 'lambda/*.ts',
    why: 'the pipeline reaches the outside through ports',
    mayReach: own('lambda/core/', 'lambda/kinds/', 'lambda/render/', 'lambda/[^/]+\\.ts$'),
    mayUse: [
      ...pure,
      /^p-map$/,
      /^p-queue$/,
      /^yaml$/,
      /^zod\/mini$/,
      /^node:(util|zlib)$/,
      /^fast-wrap-ansi$/,
      /^picocolors$/,
      /^cli-table3$/,
    ],
  },
  {
    room: 'lib/**/*.ts',
    but: LIB_ENTRANCES,
    why: 'what is deployed is described from declarations and settings: no SDK, nothing that runs',
    mayReach: own(
      'lib/',
      'lambda/core/(declaration|report|errors|reference)',
      'lambda/kinds/[^/]+/declaration',
      'lambda/(service-names|service-settings|action-items|sweep-interval)',
    ),
    mayUse: [/^aws-cdk-lib/, /^constructs$/, /^cdk-monitoring-constructs$/, /^node:(fs|os|path)$/],
  },
  {
    room: 'lib/{index,packaged,plumbline}.ts',
    why: "what somebody's app imports brings the registry and reads the settings; still no SDK",
    mayReach: own('lib/', 'lambda/core/', 'lambda/kinds/', 'lambda/[^/]+\\.ts$'),
    mayUse: [
      /^aws-cdk-lib/,
      /^constructs$/,
      /^cdk-monitoring-constructs$/,
      /^node:(fs|os|path|url)$/,
      /^yaml$/,
      /^zod\/mini$/,
      ...pure,
    ],
  },
  {
    room: 'test/aws-double/**/*.ts',
    why: 'the double is written from the facts, not from the code under test',
    mayReach: own('test/aws-double/'),
    mayUse: [/^node:/],
  },
];

function breachesOf({ mayReach, mayUse }: Rule, { files, packages }: Reach): readonly string[] {
  return [
    ...files.filter((file) => !mayReach.some((allowed) => allowed.test(file))),
    ...packages.filter((name) => !mayUse.some((allowed) => allowed.test(name))),
  ];
}

describe('who reaches whom', () => {
  test.each(RULES)('$room: $why', async (rule) => {
    const files = filesIn(rule.room).filter((file) => rule.but?.test(file) !== true);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect([file, breachesOf(rule, await reachOf(file))]).toEqual([file, []]);
  });

  test('the command line starts without the SDK: help, diff and demo need none', async () => {
    const { packages } = await reachOf('bin/plumbline.ts');
    expect(packages).toContain('commander');
    expect(packages.filter((name) => name.startsWith('@aws-sdk/'))).toEqual([]);
  });

  describe('finds a seeded breach', () => {
    const folder = join(root, 'lambda', 'core', '.seed');
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    test.each([
      {
        case: 'a file that reads the disk',
        seed: "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
        breach: 'node:fs',
      },
      {
        case: 'a detour over another room',
        seed: "export { documentsFolder } from '../../local/file-system.ts';".replace('documentsFolder', 'fileSystem'),
        breach: 'lambda/local/file-system.ts',
      },
      { case: 'the SDK', seed: "export { S3Client } from '@aws-sdk/client-s3';", breach: '@aws-sdk/client-s3' },
    ])('$case', async ({ seed, breach }) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'seed.ts'), seed);
      const [core] = RULES;
      if (!core) throw new Error('no rule');
      expect(breachesOf(core, await reachOf('lambda/core/.seed/seed.ts'))).toContain(breach);
    });
  });
});

describe('what no source holds', () => {
  const sources = ['bin', 'lambda', 'lib']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesIn(`${folder}/**/*.ts`));
  const read = (file: string): string =>
    readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

  test.each([
    { what: 'a literal partition', pattern: /arn:aws:/, but: /lambda\/local\/demo\/|bin\/commands\/demo\.ts/ },
    { what: 'an unbounded Promise.all over a list', pattern: /Promise\.all(Settled)?\((?!\[)/, but: /^$/ },
    { what: 'an error that is not ours', pattern: /throw new Error\(/, but: /lambda\/local\/demo\// },
    {
      what: 'the clock inside the core',
      pattern: /Date\.now\(\)|new Date\(\)|Math\.random/,
      but: /^(?!lambda\/core\/)/,
    },
    {
      what: 'the environment, but at the entrances',
      pattern: /process\.env/,
      but: /^(bin\/(plumbline|app)|lambda\/handlers\/environment)\.ts$/,
    },
  ])('$what', ({ pattern, but }) => {
    expect(sources.filter((file) => !but.test(file) && pattern.test(read(file)))).toEqual([]);
  });
});

function filesIn(pattern: string): readonly string[] {
  return walk(pattern.split('/', 1)[0] ?? '').filter((file) => regularExpressionOf(pattern).test(file));
}

/** Node 20 has no glob. */
function regularExpressionOf(pattern: string): RegExp {
  const text = pattern
    .replaceAll('.', '\\.')
    .replaceAll('**/', '§')
    .replaceAll('*', '[^/]*')
    .replaceAll('§', '(.*/)?')
    .replace(/\{([^}]*)\}/, (_all, names: string) => `(${names.replaceAll(',', '|')})`);
  return new RegExp(`^${text}$`);
}

function walk(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !dirname(file).includes('.seed') && !file.endsWith('.test.ts'))
    .toSorted();
}
