import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const EVERYWHERE_NOT = ['**/node_modules/**', 'data/**']

// `npm test` runs all of these; `npx vitest run --project unit` runs one. tests/faults/main.ts is a program of its own.
export default defineConfig({
  resolve: {
    // @apollo/subgraph requires the CommonJS build of graphql; Vite would load the other one beside it, and a schema of one
    // is no schema to the other.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql/index.js')) }],
  },
  test: {
    // Processes, not threads: what a test does with signals and worker threads stays away from the runner.
    pool: 'forks',
    // Two cores are what CI has, and what a test must be content with.
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    // A project without a test file is a mistake in its pattern.
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Files share their two processes, and so what these have loaded: it takes a third of the time. A file that
          // leaves something behind for the next is at fault.
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [
            ...EVERYWHERE_NOT,
            '**/*.int.test.ts',
            'tests/e2e/**',
            'tests/simulation/**',
            'tests/stack/**',
            'tests/clocks/**',
          ],
        },
      },
      { extends: true, test: { name: 'int', include: ['**/*.int.test.ts'], exclude: EVERYWHERE_NOT } },
      {
        extends: true,
        // A whole system runs: the two cores are its own.
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: 'tests/e2e/shared-system.ts',
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        // The same tests, on processes of their own over Kafka, registry and MySQL.
        test: {
          name: 'e2e-stack',
          include: ['tests/e2e/**/*.test.ts'],
          // It reaches into the databases of one process; on the stack tests/stack/stranger parks what does not fit, tries it
          // again and discards it.
          exclude: [...EVERYWHERE_NOT, 'tests/e2e/dead-letters.test.ts'],
          env: { CARILLON_SYSTEM: 'stack' },
          globalSetup: 'tests/e2e/shared-system.ts',
          testTimeout: 60_000,
          // Six processes start at once, on two cores.
          hookTimeout: 70_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        // Rivals and wall clocks that are wrong: what is late here is measured.
        test: { name: 'clocks', include: ['tests/clocks/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'stack', include: ['tests/stack/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'simulation', include: ['tests/simulation/**/*.test.ts'], testTimeout: 240_000 },
      },
    ],
  },
})
