/**
 * Two projects: units lie beside their source and start no server, chain or database; what crosses rooms or starts
 * servers lies in test/.
 */
const project = (displayName, folder) => ({
  displayName,
  testEnvironment: 'node',
  roots: [`<rootDir>/${folder}`],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.test.json', diagnostics: false }] },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/build/'],
});

module.exports = {
  projects: [project('unit', 'src'), project('system', 'test')],
  testTimeout: 60_000,
  maxWorkers: 2,
};
