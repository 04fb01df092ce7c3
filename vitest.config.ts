import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const longest = [
  'ingest/kill',
  'dashboards/pages.browser',
  'ingest/large',
  'api/export',
  'ingest/server',
  'charts.browser',
  'evaluation.browser',
  'case-manager.browser',
]

/** What takes longest begins first, so that the workers end together: a fresh clone knows no durations. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const rank = ({ moduleId }: TestSpecification) => [...longest, ''].findIndex((name) => moduleId.includes(name))
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

const shared = {
  hookTimeout: 180_000,
  testTimeout: 120_000,
  teardownTimeout: 30_000,
  // one patience: what is polled for comes as late as what the browser tests wait for in pages, not within vitest's second
  expect: { poll: { timeout: 15_000 } },
  pool: 'forks' as const,
}
const withServices = { globalSetup: ['transactional/postgres.fixture.ts'] }

export default defineConfig({
  test: {
    // two cores: PostgreSQL, DuckDB and Chromium need one of them
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // they share nothing but modules, whose loading takes most of their time
        test: {
          ...shared,
          isolate: false,
          name: 'pure',
          include: ['**/*.test.ts'],
          exclude: ['**/*.{pg,browser}.test.ts', 'node_modules/**', 'dist/**'],
        },
      },
      {
        test: { ...shared, ...withServices, isolate: false, name: 'service', include: ['transactional/**/*.pg.test.ts'] },
      },
      {
        test: {
          ...shared,
          ...withServices,
          name: 'real',
          include: ['**/*.{pg,browser}.test.ts'],
          exclude: ['transactional/**', 'node_modules/**', 'dist/**'],
        },
      },
    ],
  },
})
