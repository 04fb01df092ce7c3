import { defineConfig } from 'vitest/config'

const shared = { hookTimeout: 180_000, testTimeout: 120_000, teardownTimeout: 30_000, pool: 'forks' as const }

export default defineConfig({
  test: {
    // two cores: PostgreSQL, DuckDB and Chromium need one of them
    maxWorkers: 2,
    projects: [
      {
        test: { ...shared, name: 'pure', include: ['**/*.test.ts'], exclude: ['**/*.{pg,browser}.test.ts', 'node_modules/**', 'dist/**'] },
      },
      {
        test: {
          ...shared,
          name: 'real',
          include: ['**/*.{pg,browser}.test.ts'],
          exclude: ['node_modules/**', 'dist/**'],
          globalSetup: ['transactional/postgres.fixture.ts'],
        },
      },
    ],
  },
})
