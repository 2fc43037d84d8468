import { expect, test } from 'vitest'
import { TaskError } from '../task.ts'
import { isReadingStatement, mysqlError } from './mysql-rules.ts'

test.each([
  'select 1',
  '  SELECT * from t',
  '-- first\nselect 1',
  '# first\n/* second */ (select 1) union (select 2)',
  'with n as (select 1) select * from n',
  'table t',
  'values row(1)',
  'explain analyze select 1',
  'desc t',
  "select 'delete from t'",
])('%s may read', (text) => {
  expect(isReadingStatement(text)).toBe(true)
})

test.each([
  '',
  'insert into t values (1)',
  'call p()',
  'set global read_only = 0',
  'kill 1',
  'show grants',
  'lock tables t read',
  'do sleep(1)',
  'handler t open',
  'selection',
  '--x\nselect 1',
  '/*!50000 call p() */',
  '/*!call*/ p()',
  '/*M! set */ select 1',
  '/* never ends select 1',
  "select * from t into outfile '/tmp/x'",
  'select 1 INTO/**/DUMPFILE "x"',
  'load data infile "x" into table t',
  'commit',
  '`select`',
])('%s may not', (text) => {
  expect(isReadingStatement(text)).toBe(false)
})

const secret = "Access denied for user 'reporter'@'10.0.0.7' (using password: YES)"

test.each([
  [{ errno: 1045, sqlState: '28000', message: secret }, 'SQL_CONNECTION_FAILED', false],
  [{ errno: 1142, sqlState: '42000', message: secret }, 'SQL_NOT_PERMITTED', true],
  [{ errno: 1792, sqlState: '25006', message: secret }, 'SQL_REFUSED_WRITE', true],
  [{ errno: 3024, sqlState: 'HY000', message: secret }, 'SQL_TIMED_OUT', false],
  [{ errno: 1969, sqlState: '70100', message: secret }, 'SQL_TIMED_OUT', false],
  [{ errno: 1213, sqlState: '40001', message: secret }, 'SQL_FAILED', false],
  [{ errno: 9999, sqlState: 'HY000', message: secret }, 'SQL_FAILED', false],
  [{ errno: -111, code: 'ECONNREFUSED', message: secret }, 'SQL_CONNECTION_FAILED', false],
  [new Error(secret), 'SQL_CONNECTION_FAILED', false],
])('%j becomes %s, and nothing of what the server said is shown', (error, code, isFinal) => {
  const shown = mysqlError(error)
  expect(shown).toMatchObject({ code, isFinal })
  expect(shown.cause).toBeUndefined()
  expect(shown.message).not.toMatch(/reporter|10\.0\.0\.7|password/)
})

test('what only repeats the query is shown, and no attempt follows', () => {
  const message = "Unknown column 'pirce' in 'field list'"
  expect(mysqlError({ errno: 1054, sqlState: '42S22', message })).toMatchObject({
    code: 'SQL_FAILED',
    isFinal: true,
    message: expect.stringContaining(message),
  })
})

test('an error of ours stays what it is', () => {
  const error = new TaskError('SQL_TIMED_OUT', 'late')
  expect(mysqlError(error)).toBe(error)
})
