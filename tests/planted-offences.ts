import type { Planted } from './planted-tree.ts'

/** A file that breaks a rule, and the rule that must report it. */
export interface Offence extends Planted {
  readonly rule: string
}

const IMPORTS = 'lint/style/noRestrictedImports'
const PLUGIN = 'plugin'

/** A module that does nothing but import. */
const imports = (specifier: string): string => `import { thing } from '${specifier}'\n\nexport const used = thing\n`

/** Every room, and what it must never import. */
const boundaries: Readonly<Record<string, readonly string[]>> = {
  'platform/outbox/relay.ts': [
    '../database/database.ts',
    '#platform/testing',
    '#services/jobs',
    '#runtime',
    '#executions',
  ],
  'platform/messaging/kafka/consumer.ts': ['../../database/database.ts', '#services/jobs', '#executions'],
  'platform/outbound/client.ts': ['../clock/clock.ts', '#services/jobs', '#executions', '#platform/testing'],
  'platform/testing/poll.ts': ['../clock/clock.ts', '#services/jobs', '#executions'],
  'platform/domain/decider.ts': ['zod', 'node:fs', '#platform/clock', '../clock/clock.ts'],
  'platform/schedule/next.ts': ['luxon', 'node:fs', '#platform/clock', '../clock/clock.ts'],
  'platform/timetable/decide.ts': ['luxon', 'node:fs', '#platform/clock', '#platform/database', '../clock/clock.ts'],
  'gateway/main.ts': ['../scheduler/main.ts', '#services/jobs', '#executions', '#runtime', '#platform/testing'],
  'gateway/http/server.ts': ['../../scheduler/main.ts', '#services/jobs', '#executions', '#platform/testing'],
  'scheduler/main.ts': ['../executor/main.ts', '#services/executor', '#executions', '#platform/testing'],
  'scheduler/domain/due.ts': [
    'zod',
    'node:crypto',
    '#platform/clock',
    '#platform/database',
    '../commands/fire.ts',
    './deep/rule.ts',
  ],
  'scheduler/commands/fire-due.ts': [
    '../messaging/publish.ts',
    '../../executor/main.ts',
    '#services/jobs',
    '#executions',
  ],
  'scheduler/messaging/consume-job-events.ts': ['../graphql/resolvers.ts', '../../gateway/main.ts', '#executions'],
  'scheduler/projections/timetable.ts': ['../commands/fire-due.ts', '../messaging/publish.ts', '#executions'],
  'executor/main.ts': ['../scheduler/main.ts', '#services/scheduler', '#platform/testing'],
  'executor/tasks/report.ts': ['../../subgraphs/executions/index.ts', '#services/executions', '#platform/testing'],
  'executor/tasks/http/headers.ts': ['../../../scheduler/main.ts', '#services/executions'],
  'executor/commands/claim.ts': ['../messaging/consume.ts', '#services/executions', '#platform/testing'],
  'executor/messaging/consume-job-execute.ts': ['../graphql/resolvers.ts', '#services/executions'],
  'executor/domain/attempt.ts': ['#executions', '#platform/clock', '#platform/timetable'],
  'subgraphs/jobs/main.ts': ['../auth/main.ts', '#services/auth', '#executions', '#runtime', '#platform/testing'],
  'subgraphs/jobs/graphql/resolvers.ts': [
    '../../auth/main.ts',
    '../messaging/consume.ts',
    '#executions',
    '#platform/testing',
  ],
  'subgraphs/jobs/messaging/consume.ts': ['../../executions/index.ts', '../graphql/context.ts', '#executions'],
  'subgraphs/jobs/commands/create-job.ts': [
    '../graphql/context.ts',
    '../messaging/publish.ts',
    '../../auth/main.ts',
    '#executions',
  ],
  'subgraphs/jobs/domain/job.ts': ['zod', 'node:fs', '#platform/clock', '#avro', '../projections/jobs.ts'],
  'subgraphs/jobs/projections/jobs.ts': ['../commands/create-job.ts', '../graphql/context.ts', '../../auth/main.ts'],
  'subgraphs/jobs/graphql/deep/loaders.ts': ['../../../auth/main.ts', '#executions'],
  'runtime/main.ts': ['../gateway/main.ts', '#platform/testing'],
  'runtime/embedded/start.ts': ['../../gateway/main.ts', '#platform/testing'],
  'gateway/http/sockets.ts': ['../testing/world.ts', './sockets.fixture.ts', '#platform/testing'],
  'scripts/compose.ts': ['#services/jobs', '#executions', '#platform/testing'],
  'bench/main.ts': ['#services/jobs'],
}

/** What the same files may import. */
const passages: Readonly<Record<string, readonly string[]>> = {
  'platform/outbox/relay.ts': ['./lease.ts', '#platform/database', '#avro', 'kysely'],
  'platform/outbox/relay.test.ts': ['#platform/testing'],
  'platform/outbox/outbox.contract.ts': ['#platform/testing'],
  'platform/outbound/client.ts': ['./address-guard.ts', '#platform/clock', 'undici'],
  'platform/outbound/client.test.ts': ['#platform/testing'],
  'platform/schedule/next.ts': ['./schedule.ts', '#platform/domain', 'cron-parser'],
  'gateway/http/server.ts': ['../config.ts', '#platform/graphql', '@apollo/server'],
  'platform/timetable/decide.ts': ['./walk.ts', '#platform/domain', '#platform/schedule'],
  'scheduler/domain/due.ts': ['./timetable.ts', '#platform/domain', '#platform/schedule', '#platform/timetable'],
  'scheduler/commands/fire-due.ts': ['../domain/due.ts', '../projections/timetable.ts', '#platform/outbox'],
  'executor/commands/claim.ts': ['../domain/attempt.ts', '#executions'],
  'executor/tasks/http/headers.ts': ['../../domain/attempt.ts', '#platform/outbound'],
  'subgraphs/jobs/graphql/resolvers.ts': ['../commands/create-job.ts', '../projections/jobs.ts', '#platform/identity'],
  'subgraphs/jobs/domain/forecast.ts': ['./job.ts', '#platform/policy', '#platform/timetable'],
  'subgraphs/executions/domain/timers.ts': ['./execution.ts', '#platform/policy'],
  'subgraphs/jobs/domain/job.test.ts': ['#platform/testing', 'fast-check'],
  'gateway/testing/world.ts': ['#platform/testing', '../main.ts'],
  'scheduler/scheduler.fixture.ts': ['#platform/testing'],
  'runtime/main.ts': ['./embedded.ts', '#services/jobs', '#executions', '#platform/clock'],
  'tests/e2e/walk.test.ts': ['#platform/testing', '#runtime'],
  'bench/main.ts': ['#platform/testing', '#runtime'],
}

const boundaryOffences: readonly Offence[] = Object.entries(boundaries).flatMap(([path, specifiers]) =>
  specifiers.map((specifier) => ({ path, source: imports(specifier), rule: IMPORTS })),
)

const importKinds: readonly Offence[] = [
  `import type { Thing } from '../../auth/main.ts'\n\nexport type Mine = Thing\n`,
  `export { thing } from '../../auth/main.ts'\n`,
  `export async function load(): Promise<unknown> {\n  return await import('../../auth/main.ts')\n}\n`,
].map((source) => ({ path: 'subgraphs/jobs/commands/create-job.ts', source, rule: IMPORTS }))

const impurities = [
  'Date.now()',
  'new Date()',
  'Math.random()',
  'crypto.randomUUID()',
  'performance.now()',
  'Temporal.Now.instant()',
  'globalThis.Date',
]
const waits = ['setTimeout(use, 5)', 'setInterval(use, 5)', 'AbortSignal.timeout(5)', "fetch('http://here')"]
const use = (expression: string): string => `/** Uses. */\nexport const use = (): unknown => ${expression}\n`

const impureCalls: readonly Offence[] = [
  ...[
    'subgraphs/jobs/domain/job.ts',
    'executor/tasks/report.ts',
    'platform/outbox/relay.ts',
    'gateway/main.ts',
  ].flatMap((path) => impurities.map((expression) => ({ path, source: use(expression), rule: PLUGIN }))),
  ...[
    'scheduler/domain/due.ts',
    'scheduler/messaging/consume.ts',
    'executor/commands/claim.ts',
    'platform/schedule/next.ts',
    'platform/timetable/decide.ts',
  ].flatMap((path) => waits.map((expression) => ({ path, source: use(expression), rule: PLUGIN }))),
]

const long = (lines: number): string => Array.from({ length: lines }, (_, index) => `  use(${index})\n`).join('')
const long70 = (lines: number): string => `export function run(use: (step: number) => void): void {\n${long(lines)}}\n`
const file300 = (lines: number): string =>
  Array.from({ length: lines }, (_, index) => `export const a${index} = ${index}\n`).join('')

const forms: readonly Offence[] = [
  { path: 'gateway/main.ts', source: use('process.env.PORT'), rule: 'lint/style/noProcessEnv' },
  { path: 'gateway/main.ts', source: 'const port = 4000\nexport default port\n', rule: 'lint/style/noDefaultExport' },
  { path: 'gateway/main.ts', source: imports('./cycle-b'), rule: 'lint/correctness/useImportExtensions' },
  { path: 'gateway/httpServer.ts', source: use('1'), rule: 'lint/style/useFilenamingConvention' },
  { path: 'gateway/main.ts', source: file300(301), rule: 'lint/style/noExcessiveLinesPerFile' },
  { path: 'gateway/main.ts', source: long70(75), rule: 'lint/complexity/noExcessiveLinesPerFunction' },
  { path: 'gateway/main.ts', source: 'export enum Mode {\n  One = 1,\n}\n', rule: 'lint/style/noEnum' },
  { path: 'gateway/main.ts', source: "export * from './config.ts'\n", rule: 'lint/performance/noReExportAll' },
  {
    path: 'gateway/main.ts',
    source: 'export const use = (it: any): unknown => it\n',
    rule: 'lint/suspicious/noExplicitAny',
  },
  {
    path: 'gateway/main.ts',
    source:
      "export function run(use: () => void): void {\n  try {\n    use()\n  } catch {\n    throw new Error('away')\n  }\n}\n",
    rule: PLUGIN,
  },
  {
    path: 'gateway/main.ts',
    source:
      'const port = 1\n\nexport function run(use: (port: number) => void): void {\n  const port = 2\n  use(port)\n}\n\nexport const used = port\n',
    rule: 'lint/suspicious/noShadow',
  },
  {
    path: 'gateway/main.ts',
    source: 'async function run(): Promise<void> {\n  await null\n}\n\nexport function start(): void {\n  run()\n}\n',
    rule: 'lint/nursery/noFloatingPromises',
  },
  {
    path: 'gateway/cycle-a.ts',
    source: "import { b } from './cycle-b.ts'\n\nexport const a = (): unknown => b\n",
    rule: 'lint/suspicious/noImportCycles',
  },
  {
    path: 'gateway/main.test.ts',
    source: "import { test } from 'vitest'\n\ntest.skip('later', () => {})\n",
    rule: 'lint/suspicious/noSkippedTests',
  },
  {
    path: 'gateway/main.test.ts',
    source: "import { test } from 'vitest'\n\ntest.only('now', () => {})\n",
    rule: 'lint/suspicious/noFocusedTests',
  },
]

/** Files that every gate must let pass. */
export const clean: readonly Planted[] = [
  ...Object.entries(passages).flatMap(([path, specifiers]) =>
    specifiers.map((specifier) => ({ path, source: imports(specifier) })),
  ),
  {
    path: 'gateway/main.ts',
    source:
      "import { Away } from './away.ts'\n\nexport function run(use: () => void): void {\n  try {\n    use()\n  } catch (cause) {\n    throw new Away('AWAY', 'gone', { cause })\n  }\n}\n",
  },
  { path: 'gateway/config.ts', source: use('process.env.PORT') },
  { path: 'vitest.config.ts', source: 'const settings = {}\nexport default settings\n' },
  { path: 'gateway/main.ts', source: long70(65) },
  { path: 'gateway/main.ts', source: file300(299) },
  { path: 'gateway/main.test.ts', source: long70(90) },
  { path: 'subgraphs/jobs/domain/job.ts', source: use('new Date(5)') },
  { path: 'subgraphs/jobs/domain/job.test.ts', source: use('new Date()') },
  { path: 'platform/clock/clock.ts', source: use('Date.now()') },
  { path: 'gateway/generated/types.ts', source: 'export enum Mode {\n  One = 1,\n}\n' },
  { path: 'subgraphs/jobs/graphql/schema.generated.ts', source: 'export enum Mode {\n  One = 1,\n}\n' },
]

/** Every gate's offences. */
export const offences: readonly Offence[] = [...boundaryOffences, ...importKinds, ...impureCalls, ...forms]
