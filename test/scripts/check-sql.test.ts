const { sqlProblems } = require('../../scripts/check-sql.cjs') as {
  sqlProblems(file: string, code: string): string[];
};

describe('the check of SQL', () => {
  it.each([
    "db.query('select id from node')",
    "db.query('SELECT id FROM node')",
    'db.query(`WITH a AS (SELECT 1) SELECT * FROM a`)',
    'db.query(`${first}; DELETE FROM node`)',
    "db.query('insert into node values (1)')",
    'db.query(`UPDATE ${table} SET id = 1`)',
    "db.query('DROP TABLE node')",
    "db.query('LOCK TABLE node')",
    "db.query('alter table node add x int')",
    "db.query('TRUNCATE node')",
    "db.query('COPY node FROM STDIN')",
  ])('refuses %s outside the stores and lets it stand within', (code) => {
    expect(sqlProblems('oracle/rounds/run.ts', code)).toHaveLength(1);
    expect(sqlProblems('oracle/store/rounds.ts', code)).toEqual([]);
  });

  it.each(['SELECT 1 FROM oracle.rounds', 'SELECT 1 FROM "oracle"."rounds"', 'insert into public.node values (1)'])(
    'refuses a schema in %s even in a store',
    (sql) => {
      expect(sqlProblems('oracle/store/rounds.ts', `db.query('${sql}')`)).toHaveLength(1);
    },
  );

  it('is silent about comments, code and prose', () => {
    const code = `// SELECT id FROM oracle.rounds
      const a = oracle.rounds(); /* delete from node */
      const b = 'The index starts from its first block.';`;
    expect(sqlProblems('oracle/rounds/run.ts', code)).toEqual([]);
  });
});
