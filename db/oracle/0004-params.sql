-- What a task asks stands in one jsonb, whatever the task: a new task needs no columns, and no list of names in a
-- CHECK.

-- One rewrite of the table: n becomes the whole, the others are in it and go.
ALTER TABLE challenges
  ALTER COLUMN n TYPE jsonb USING jsonb_build_object('n', n, 'w', w, 'T', t, 'K', k, 'm', m);
ALTER TABLE challenges RENAME COLUMN n TO params;
ALTER TABLE challenges
  DROP COLUMN w,
  DROP COLUMN t,
  DROP COLUMN k,
  DROP COLUMN m,
  DROP CONSTRAINT challenges_task_check;
ALTER TABLE rounds DROP CONSTRAINT rounds_task_check;
COMMENT ON COLUMN challenges.params IS 'Sizes of the task as its node was told them, for instance {"n": 512, "w": 512, "T": 8, "K": 64, "m": 2}; what each means, the task says.';

-- The newest measured rate of a device, of whichever task.
DROP INDEX challenges_rate;
CREATE INDEX challenges_rate ON challenges (node_id, device, task, round DESC) WHERE verdict = 'OK';
