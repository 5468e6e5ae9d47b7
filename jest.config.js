/** Unit tests lie beside their source; what crosses rooms lies in test/. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.test.json', diagnostics: false }] },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/build/'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
